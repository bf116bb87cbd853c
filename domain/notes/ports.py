"""What the rules about notes need kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import LessonId, LessonPage
from domain.learning.model import SentPart
from domain.notes.model import Note, NoteCourse, NoteDraft, NoteFilter, NoteId, Voice, Writing
from domain.users.model import UserId

KEEP_VOICE_JOB = "keep_note_voice"
"""Payload: `note_id`."""


class Notes(Protocol):
    """Notebooks. Every method but those of the job asks for the owner: nobody reads anybody else's notes."""

    async def add(
        self, user_id: UserId, draft: NoteDraft, writing: Writing, about: SentPart | None, now: datetime
    ) -> tuple[Note, bool]:
        """The note and True; the one that this message made before, even if it is deleted now, and False.

        Raises TooManyNotes.
        """
        ...

    async def get(self, user_id: UserId, note_id: NoteId) -> Note | None: ...

    async def rewrite(self, user_id: UserId, note_id: NoteId, writing: Writing, now: datetime) -> bool: ...

    async def delete(self, user_id: UserId, note_id: NoteId, now: datetime) -> bool:
        """Hide it, to be forgotten later; True also when it was hidden before, False when there is none."""
        ...

    async def restore(self, user_id: UserId, note_id: NoteId) -> bool:
        """As `delete`, back. Raises TooManyNotes."""
        ...

    async def newest(
        self, user_id: UserId, wanted: NoteFilter, *, before: NoteId | None, limit: int
    ) -> tuple[int, Sequence[Note]]:
        """How many notes the user has at all, and those that are wanted: newest first, from behind `before` on."""
        ...

    async def words_like(self, user_id: UserId, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Words of the user's notes that are spelt nearly like each of these, the nearest first."""
        ...

    async def oldest(
        self, user_id: UserId, wanted: NoteFilter, *, after: NoteId | None, limit: int
    ) -> Sequence[Note]: ...

    async def courses(self, user_id: UserId) -> Sequence[NoteCourse]: ...

    async def unkept_voice(self, note_id: NoteId) -> Voice | None:
        """The recording of a living note of which no original is kept."""
        ...

    async def note_kept(self, note_id: NoteId, sha256: str) -> None: ...


class Reading(Protocol):
    """What may be read: a note is taken about nothing else, and leads nowhere else."""

    async def part_shown_by(self, user_id: UserId, message_id: int) -> SentPart | None: ...

    async def lesson(self, user_id: UserId, lesson_id: LessonId) -> LessonPage: ...
