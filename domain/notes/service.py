"""A student takes notes, finds them again, and takes them along."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from domain.clock import Clock
from domain.courses.model import CourseId
from domain.learning.errors import LessonGone
from domain.learning.model import SentPart
from domain.notes.errors import NoteGone
from domain.notes.model import (
    PAGE,
    Note,
    NoteCourse,
    NoteDraft,
    NoteFilter,
    NoteId,
    NotePage,
    OpenNote,
    Voice,
    searched_words,
    writing_of,
)
from domain.notes.ports import KEEP_VOICE_JOB, Reading
from domain.unit_of_work import Begin
from domain.users.model import UserId

EXPORT_BATCH = 200


class NoteService:
    """A notebook is its owner's alone, whatever anybody's role: others' notes are like those that do not exist.

    The text is the student's own, so it stays readable when its lesson closes or disappears.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, reading: Reading) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._reading = reading

    async def add(self, user_id: UserId, draft: NoteDraft, answered: int | None = None) -> Note:
        """Take a note: about the part that the `answered` message showed, if that may still be read.

        The same message again is the same note. Raises InvalidInput("note", …), TooManyNotes.
        """
        writing = writing_of(draft.text, draft.markdown, may_be_empty=draft.voice is not None)
        about = None if answered is None else await self._part_shown_by(user_id, answered)
        async with self._begin() as uow:
            note, is_new = await uow.notes.add(user_id, draft, writing, about, self._now())
            if is_new and note.voice is not None:
                await uow.jobs.enqueue(KEEP_VOICE_JOB, {"note_id": note.id}, key=f"note_voice:{note.id}")
            await uow.commit()
        return note

    async def open(self, user_id: UserId, note_id: NoteId) -> OpenNote:
        """Raises NoteGone."""
        note = await self.note(user_id, note_id)
        return OpenNote(note=note, may_open_lesson=await self._may_open_lesson(user_id, note))

    async def note(self, user_id: UserId, note_id: NoteId) -> Note:
        """Raises NoteGone."""
        async with self._read() as uow:
            note = await uow.notes.get(user_id, note_id)
        if note is None:
            raise NoteGone(note_id)
        return note

    async def rewrite(self, user_id: UserId, note_id: NoteId, text: str, markdown: str) -> None:
        """Other words for a note; a recording stays beside them. Raises InvalidInput("note", …), NoteGone."""
        writing = writing_of(text, markdown, may_be_empty=False)
        async with self._begin() as uow:
            if not await uow.notes.rewrite(user_id, note_id, writing, self._now()):
                raise NoteGone(note_id)
            await uow.commit()

    async def delete(self, user_id: UserId, note_id: NoteId) -> None:
        """It may be brought back for a while. Twice is once. Raises NoteGone."""
        async with self._begin() as uow:
            if not await uow.notes.delete(user_id, note_id, self._now()):
                raise NoteGone(note_id)
            await uow.commit()

    async def restore(self, user_id: UserId, note_id: NoteId) -> None:
        """Bring a deleted one back. Twice is once. Raises NoteGone, TooManyNotes."""
        async with self._begin() as uow:
            if not await uow.notes.restore(user_id, note_id):
                raise NoteGone(note_id)
            await uow.commit()

    async def page(
        self, user_id: UserId, *, course_id: CourseId | None = None, words: str = "", before: NoteId | None = None
    ) -> NotePage:
        """One page, newest first; words in either Uzbek alphabet. When no note has them, similar ones count."""
        asked = searched_words(words)
        if words.strip() and not asked:
            return NotePage(notes=(), has_more=False, total=await self._total(user_id))
        wanted = NoteFilter(course_id=course_id, words=tuple((word,) for word in asked))
        is_near = False
        async with self._read() as uow:
            total, notes = await uow.notes.newest(user_id, wanted, before=before, limit=PAGE + 1)
            if asked and total and not notes:
                like = await uow.notes.words_like(user_id, asked)
                wanted = replace(wanted, words=tuple((word, *like.get(word, ())) for word in asked))
                is_near = True
                total, notes = await uow.notes.newest(user_id, wanted, before=before, limit=PAGE + 1)
        return NotePage(notes=notes[:PAGE], has_more=len(notes) > PAGE, total=total, is_near=is_near)

    async def _total(self, user_id: UserId) -> int:
        async with self._read() as uow:
            total, _notes = await uow.notes.newest(user_id, NoteFilter(), before=None, limit=1)
        return total

    async def courses(self, user_id: UserId) -> Sequence[NoteCourse]:
        """The courses that the user has notes about."""
        async with self._read() as uow:
            return await uow.notes.courses(user_id)

    async def export(self, user_id: UserId, course_id: CourseId | None = None) -> AsyncIterator[Sequence[Note]]:
        """All notes, or those about one course, oldest first; no connection is held between two batches."""
        wanted = NoteFilter(course_id=course_id)
        after: NoteId | None = None
        while True:
            async with self._read() as uow:
                notes = await uow.notes.oldest(user_id, wanted, after=after, limit=EXPORT_BATCH)
            if not notes:
                return
            yield notes
            after = notes[-1].id

    async def unkept_voice(self, note_id: NoteId) -> Voice | None:
        """For the job: a recording of which no original is kept yet."""
        async with self._read() as uow:
            return await uow.notes.unkept_voice(note_id)

    async def note_kept(self, note_id: NoteId, sha256: str) -> None:
        """For the job: the original is in the storage under this name."""
        async with self._begin() as uow:
            await uow.notes.note_kept(note_id, sha256)
            await uow.commit()

    async def _part_shown_by(self, user_id: UserId, message_id: int) -> SentPart | None:
        try:
            return await self._reading.part_shown_by(user_id, message_id)
        except LessonGone:
            return None

    async def _may_open_lesson(self, user_id: UserId, note: Note) -> bool:
        if note.place is None or note.place.lesson_id is None:
            return False
        try:
            page = await self._reading.lesson(user_id, note.place.lesson_id)
        except LessonGone:
            return False
        return page.lock is None
