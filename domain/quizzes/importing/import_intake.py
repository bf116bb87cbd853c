"""A test comes in: it is kept, read by a job, and its reader's mistakes are those of the rules of questions."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from domain.clock import Clock
from domain.courses.model import PartId
from domain.courses.wording import clean_file_name
from domain.language import Language
from domain.quizzes.importing.import_errors import PhotosNotRead
from domain.quizzes.importing.import_rights import admitted
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
from domain.quizzes.importing.previewing import checked_poll, checked_questions
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

LIFETIME = timedelta(days=7)
"""How long an import that nobody confirms is kept."""
PAUSE = timedelta(seconds=1)
"""Polls that arrive within this time of each other are told of together."""
GOES_ON = 2_500
"""Characters of a message that may have been cut: Telegram cuts texts over 4,096, where a line or a word ends."""
GOES_ON_WITHIN = timedelta(seconds=30)
"""Of its first message: the apps send the pieces at once after each other."""
TOLD_EVERY = 10
"""Polls of a long row after which it is told how many there are."""

ReadText = Callable[[str, Language], ReadTest]


class QuestionIntake:
    """Raises NotAllowed for a target that is not the actor's or not there."""

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
            return await admitted(uow, actor_id, target)

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
        if sent.text is not None:
            return await self._receive_text(actor_id, target, sent, asks=asks)
        sent = replace(sent, name=clean_file_name(sent.name) if sent.name else "")
        async with self._begin() as uow:
            await admitted(uow, actor_id, target)
            imported = await uow.question_imports.add(actor_id, target, sent, self._now(), asks=asks, part_id=part_id)
            if imported.state is QuestionImportState.WAITING:
                key = f"{READ_QUESTIONS_JOB}:{imported.id}"
                await uow.jobs.enqueue(READ_QUESTIONS_JOB, {"import_id": imported.id}, key=key)
            await uow.commit()
        return imported

    async def _receive_text(self, actor_id: UserId, target: Target, sent: SentTest, *, asks: bool) -> QuestionImport:
        """A text that is longer than a message comes in several, at once after each other: they are one."""
        async with self._begin() as uow:
            destination = await admitted(uow, actor_id, target)
            since = self._now() - GOES_ON_WITHIN
            imported = await uow.question_imports.join(actor_id, target, sent, since, GOES_ON)
            if imported is None:
                imported = await uow.question_imports.add(actor_id, target, sent, self._now(), asks=asks, part_id=None)
            if imported.state is QuestionImportState.WAITING:
                read = await asyncio.to_thread(self._read_text, imported.sent.text or "", destination.language)
                await _note(uow, imported.id, await asyncio.to_thread(_checked, read))
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
            await admitted(uow, actor_id, target)
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

    async def tidy(self) -> int:
        """Put away imports that nobody confirmed for a week."""
        async with self._begin() as uow:
            count = await uow.question_imports.expire(self._now() - LIFETIME)
            await uow.commit()
        return count


async def _note(uow: UnitOfWork, import_id: QuestionImportId, test: ReadTest) -> None:
    if test.questions:
        await uow.question_imports.note_read(import_id, test)
    else:
        await uow.question_imports.refuse(import_id, ImportRefusal.NO_QUESTIONS)


def _checked(test: ReadTest) -> ReadTest:
    return replace(test, questions=checked_questions(test.questions))
