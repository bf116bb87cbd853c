"""A teacher sends a test, looks at what was read, and adds it to a quiz or a bank: once, and with a way back."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from domain.clock import Clock
from domain.courses.authorship import index, lock_lesson
from domain.courses.lessons import put_part
from domain.courses.model import Part, PartId
from domain.courses.wording import clean_file_name
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language
from domain.quizzes.importing.import_errors import NothingToAdd, NotReadYet, PhotosNotRead, QuestionImportGone
from domain.quizzes.importing.imports import (
    READ_QUESTIONS_JOB,
    TELL_POLLS_JOB,
    Destination,
    ImportRefusal,
    ImportSource,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
    SentPoll,
    SentTest,
    Target,
)
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.importing.previewing import (
    ImportPreview,
    checked_poll,
    checked_questions,
    fingerprints,
    most_of,
    open_questions,
    questions_of,
    sort_out,
    with_key,
)
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

LIFETIME = timedelta(days=7)
"""How long an import that nobody confirms is kept."""
PAUSE = timedelta(seconds=1)
"""Polls that arrive within this time of each other are told of together."""
TOLD_EVERY = 10
"""Polls of a long row after which it is told how many there are."""

ReadText = Callable[[str, Language], ReadTest]


class QuestionImportService:
    """Every method with an actor asks anew whether they may write for the target.

    Raises NotAllowed for a target that is not theirs or not there, QuestionImportGone for such an import: nobody else
    sees what somebody has sent, not even an admin.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, read_text: ReadText, reads_photos: bool) -> None:
        """`read_text`: the parser of typed tests; `reads_photos`: a model is connected that looks at pictures."""
        self._begin = begin
        self._read = read
        self._now = now
        self._read_text = read_text
        self.reads_photos = reads_photos

    async def admit(self, actor_id: UserId, target: Target) -> Destination:
        """Let in whoever may import into the target."""
        async with self._read() as uow:
            return await _admitted(uow, actor_id, target)

    async def looks_like_a_test(self, actor_id: UserId, target: Target, text: str) -> bool:
        """Whether a text that came as material holds several questions with their keys."""
        destination = await self.admit(actor_id, target)
        test = await asyncio.to_thread(self._read_text, text, destination.language)
        return len(test.drafts) > 1

    async def receive(
        self,
        actor_id: UserId,
        target: Target,
        sent: SentTest,
        *,
        asks: bool = False,
        part_id: PartId | None = None,
    ) -> QuestionImport:
        """Keep that the test came, and have it read; a typed one is read at once. The same message is one import.

        `asks`: it came as material, so its sender is asked what it is. `part_id`: the part that it is already.
        Raises PhotosNotRead.
        """
        if sent.source is ImportSource.PHOTO and not self.reads_photos:
            raise PhotosNotRead
        sent = replace(sent, name=clean_file_name(sent.name) if sent.name else "")
        destination = await self.admit(actor_id, target)
        test = None
        if sent.text is not None:
            test = _checked(await asyncio.to_thread(self._read_text, sent.text, destination.language))
        async with self._begin() as uow:
            await _admitted(uow, actor_id, target)
            imported = await uow.question_imports.add(actor_id, target, sent, self._now(), asks=asks, part_id=part_id)
            if imported.state is QuestionImportState.WAITING and test is not None:
                await _note(uow, imported.id, test)
            elif imported.state is QuestionImportState.WAITING:
                key = f"{READ_QUESTIONS_JOB}:{imported.id}"
                await uow.jobs.enqueue(READ_QUESTIONS_JOB, {"import_id": imported.id}, key=key)
            imported = await uow.question_imports.get(imported.id) or imported
            await uow.commit()
        return imported

    async def collect(self, actor_id: UserId, target: Target, poll: SentPoll) -> QuestionImport:
        """Put a forwarded poll to the others of its sender. How many there are is told by a job, not for each one.

        Raises InvalidInput for a poll that can never be a question.
        """
        destination = await self.admit(actor_id, target)
        checked_poll(poll, destination.language)
        async with self._begin() as uow:
            await _admitted(uow, actor_id, target)
            imported = await uow.question_imports.collect(actor_id, target, poll, self._now())
            count = len(imported.polls)
            is_told_now = count == 1 or count % TOLD_EVERY == 0
            await uow.jobs.enqueue(
                TELL_POLLS_JOB,
                {"import_id": imported.id, "count": count},
                key=f"{TELL_POLLS_JOB}:{imported.id}:{count}",
                after=None if is_told_now else self._now() + PAUSE,
            )
            await uow.commit()
        return imported

    async def name_right_answer(
        self, actor_id: UserId, import_id: QuestionImportId, place: str, option: int | None
    ) -> None:
        """Which option of an `OpenQuestion` is right, counting from 0; None leaves the question out.

        The first answer counts: for a question that is not open nothing happens. Raises InvalidInput("correct",
        "unknown").
        """
        async with self._begin() as uow:
            imported, destination = await _own(uow, actor_id, import_id)
            found = [each for each in open_questions(imported, destination.language) if each.place == place]
            if not found:
                return
            if option is not None and not 0 <= option < len(found[0].options):
                raise InvalidInput("correct", "unknown")
            number = int(place[1:])
            if place.startswith("p"):
                await uow.question_imports.answer_poll(import_id, number, option)
            elif imported.test is not None:
                settled = with_key(imported.test.questions[number], option)
                await uow.question_imports.settle_question(import_id, number, settled)
            await uow.commit()

    async def waiting(self, import_id: QuestionImportId) -> tuple[QuestionImport, Destination, User] | None:
        """An import whose test is still to be read, or whose sender waits for what came of it.

        None when nothing is left to do, or they may not write for the target now.
        """
        async with self._read() as uow:
            imported = await uow.question_imports.get(import_id)
            if imported is None or not (imported.is_open or imported.is_untold):
                return None
            destination = await uow.question_imports.destination(imported.owner_id, imported.target)
            owner = await uow.users.get(imported.owner_id)
        if owner is None or destination is None or not destination.is_author:
            return None
        return imported, destination, owner

    async def note_progress(self, import_id: QuestionImportId, message_id: int | None) -> None:
        """Which message says how far it is; None once its sender was told what came of it."""
        async with self._begin() as uow:
            await uow.question_imports.note_progress(import_id, message_id)
            await uow.commit()

    async def refuse(self, import_id: QuestionImportId, refusal: ImportRefusal) -> None:
        async with self._begin() as uow:
            await uow.question_imports.refuse(import_id, refusal)
            await uow.commit()

    async def note_read(self, import_id: QuestionImportId, test: ReadTest) -> None:
        """Keep what was read; once, and checked by the rules of questions whoever has read it."""
        test = await asyncio.to_thread(_checked, test)
        async with self._begin() as uow:
            await _note(uow, import_id, test)
            await uow.commit()

    async def preview(self, actor_id: UserId, import_id: QuestionImportId) -> ImportPreview:
        """What would be added now: what is there already is looked up anew."""
        async with self._read() as uow:
            imported, destination = await _own(uow, actor_id, import_id)
            questions = questions_of(imported, destination.language)
            wanted = await asyncio.to_thread(fingerprints, questions)
            present, count = await uow.question_imports.present(imported.target, wanted)
        heaps = await asyncio.to_thread(sort_out, questions, present)
        room = max(most_of(imported.target) - count, 0)
        return ImportPreview(imported=imported, destination=destination, heaps=heaps, room=room)

    async def save(self, actor_id: UserId, import_id: QuestionImportId) -> QuestionImport:
        """Add what can be added, as many as there is room for: all in one transaction, once.

        Confirmed again, it is what came of it. A file that was a part of the lesson is taken out of it: its key would
        be read there. Raises NotReadYet, NothingToAdd.
        """
        async with self._begin() as uow:
            imported, destination = await _own(uow, actor_id, import_id)
            if imported.state is QuestionImportState.ADDED:
                return imported
            if imported.state is QuestionImportState.WAITING:
                raise NotReadYet
            if not await uow.question_imports.claim(import_id):
                # Somebody was faster, or there is nothing to add in it: what is there now tells which.
                imported, _destination = await _own(uow, actor_id, import_id)
                if imported.state is QuestionImportState.ADDED:
                    return imported
                raise NothingToAdd
            place_id = await uow.question_imports.lock_place(imported.target, self._now())
            if place_id is None:
                raise QuestionImportGone(import_id)
            # Read again: until the claim, polls were still being answered.
            imported = await uow.question_imports.get(import_id) or imported
            questions = questions_of(imported, destination.language)
            wanted = await asyncio.to_thread(fingerprints, questions)
            present, count = await uow.question_imports.present(imported.target, wanted)
            heaps = await asyncio.to_thread(sort_out, questions, present)
            drafts = heaps.new[: max(most_of(imported.target) - count, 0)]
            if not drafts:
                raise NothingToAdd
            ids = await uow.question_imports.insert(actor_id, imported.target, place_id, drafts, self._now())
            await uow.question_imports.note_added(import_id, ids)
            if imported.part_id is not None:
                await _take_out(uow, actor_id, imported.part_id)
            await uow.commit()
        return replace(imported, state=QuestionImportState.ADDED, added_count=len(ids), test=None)

    async def undo(self, actor_id: UserId, import_id: QuestionImportId) -> int:
        """Take back exactly what it added: what was changed since stays as it is now. How many; again, 0."""
        async with self._begin() as uow:
            await _own(uow, actor_id, import_id)
            count = await uow.question_imports.take_back(import_id, self._now())
            await uow.commit()
        return count or 0

    async def keep_as_file(self, actor_id: UserId, import_id: QuestionImportId) -> Part | None:
        """It is no test: it becomes the next part of its lesson, once. None when it is one already.

        Raises what adding material to a lesson raises.
        """
        async with self._begin() as uow:
            imported, _destination = await _own(uow, actor_id, import_id)
            material, lesson_id = imported.sent.material, imported.target.lesson_id
            if imported.state is QuestionImportState.FILED:
                return None
            if not imported.is_open or material is None or lesson_id is None:
                raise QuestionImportGone(import_id)
            if not await uow.question_imports.file_away(import_id):
                return None
            part = None
            if imported.part_id is None:
                course, lesson = await lock_lesson(uow, actor_id, lesson_id)
                part = await put_part(uow, actor_id, course, lesson, material, self._now())
            await uow.commit()
        return part

    async def put_away(self, actor_id: UserId, import_id: QuestionImportId) -> None:
        """Forget it; nothing of it was added."""
        async with self._begin() as uow:
            await _own(uow, actor_id, import_id)
            await uow.question_imports.put_away(import_id)
            await uow.commit()

    async def tidy(self) -> int:
        """Put away imports that nobody confirmed for a week."""
        async with self._begin() as uow:
            count = await uow.question_imports.expire(self._now() - LIFETIME)
            await uow.commit()
        return count


async def _admitted(uow: UnitOfWork, actor_id: UserId, target: Target) -> Destination:
    destination = await uow.question_imports.destination(actor_id, target)
    if destination is None or not destination.is_author:
        raise NotAllowed
    return destination


async def _own(uow: UnitOfWork, actor_id: UserId, import_id: QuestionImportId) -> tuple[QuestionImport, Destination]:
    imported = await uow.question_imports.get(import_id)
    if imported is None or imported.owner_id != actor_id or imported.state is QuestionImportState.EXPIRED:
        raise QuestionImportGone(import_id)
    destination = await uow.question_imports.destination(actor_id, imported.target)
    if destination is None or not destination.is_author:
        raise QuestionImportGone(import_id)
    return imported, destination


async def _note(uow: UnitOfWork, import_id: QuestionImportId, test: ReadTest) -> None:
    if test.questions:
        await uow.question_imports.note_read(import_id, test)
    else:
        await uow.question_imports.refuse(import_id, ImportRefusal.NO_QUESTIONS)


async def _take_out(uow: UnitOfWork, actor_id: UserId, part_id: PartId) -> None:
    """What is out already, or of a lesson that is another one's now, stays as it is."""
    lesson_id = await uow.courses.lesson_with(part_id)
    if lesson_id is None:
        return
    _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
    await uow.courses.remove_part(part_id)
    if lesson.is_published:
        await index(uow, lesson_id)


def _checked(test: ReadTest) -> ReadTest:
    return replace(test, questions=checked_questions(test.questions))
