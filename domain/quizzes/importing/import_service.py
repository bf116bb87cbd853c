"""A teacher looks at what was read of a test, and adds it to a quiz or a bank: once, and with a way back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from domain.courses.authorship import index, lock_lesson
from domain.courses.lessons import put_part
from domain.courses.model import Part, PartId
from domain.errors import InvalidInput
from domain.quizzes.bank_model import MAX_BANK_TITLE
from domain.quizzes.importing.import_errors import NothingToAdd, NotReadYet, QuestionImportGone
from domain.quizzes.importing.import_intake import QuestionIntake
from domain.quizzes.importing.import_rights import own_import
from domain.quizzes.importing.imports import (
    Destination,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
    Target,
)
from domain.quizzes.importing.previewing import (
    ImportPreview,
    fingerprints,
    most_of,
    open_questions,
    questions_of,
    sort_out,
    stands_still,
    with_key,
)
from domain.quizzes.model import QuestionId
from domain.quizzes.settings import BankId, Pool
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId


class QuestionImportService(QuestionIntake):
    """Every method asks anew whether the actor may write for the target.

    Raises QuestionImportGone for an import that is not theirs: nobody else sees what somebody has sent, not even an
    admin.
    """

    async def name_right_answer(
        self, actor_id: UserId, import_id: QuestionImportId, place: str, option: int | None
    ) -> None:
        """Which option of an `OpenQuestion` is right, counting from 0; None leaves the question out.

        The first answer counts: for a question that is not open nothing happens. Raises InvalidInput("correct",
        "unknown").
        """
        async with self._begin() as uow:
            imported, destination = await own_import(uow, actor_id, import_id)
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

    async def preview(self, actor_id: UserId, import_id: QuestionImportId) -> ImportPreview:
        """What would be added now: what is there already is looked up anew."""
        async with self._read() as uow:
            imported, destination = await own_import(uow, actor_id, import_id)
            questions = questions_of(imported, destination.language)
            wanted = await asyncio.to_thread(fingerprints, questions)
            present, count = await uow.question_imports.present(imported.target, wanted)
        heaps = await asyncio.to_thread(sort_out, questions, present)
        room = max(most_of(imported.target) - count, 0)
        return ImportPreview(imported=imported, destination=destination, heaps=heaps, room=room)

    async def save(self, actor_id: UserId, import_id: QuestionImportId, draw: int | None = None) -> QuestionImport:
        """Add what can be added, as many as there is room for: all in one transaction, once.

        `draw`: all of them go into a new bank of the course instead, and each attempt draws so many of it. Confirmed
        again, it is what came of it. A file that was a part of the lesson is taken out of it: its key would be read
        there. Raises NotReadYet, NothingToAdd, InvalidInput for "pools" (too_many, count).
        """
        async with self._begin() as uow:
            imported, destination = await own_import(uow, actor_id, import_id)
            if imported.state is QuestionImportState.ADDED:
                return imported
            if imported.state is QuestionImportState.WAITING:
                raise NotReadYet
            if not await uow.question_imports.claim(import_id):
                # Somebody was faster, or there is nothing to add in it: what is there now tells which.
                imported, _destination = await own_import(uow, actor_id, import_id)
                if imported.state is QuestionImportState.ADDED:
                    return imported
                raise NothingToAdd
            # Read again: until the claim, right answers were still being named.
            imported = await uow.question_imports.get(import_id) or imported
            bank_id = None
            if draw is None:
                ids = await self._add(uow, actor_id, imported, destination)
            else:
                ids, bank_id = await self._add_to_new_bank(uow, actor_id, imported, destination, draw)
            await uow.question_imports.note_added(import_id, ids, bank_id)
            if imported.part_id is not None:
                await _take_out(uow, actor_id, imported.part_id)
            await uow.commit()
        return replace(imported, made_bank_id=bank_id, added_count=len(ids), test=None)

    async def _add(
        self, uow: UnitOfWork, actor_id: UserId, imported: QuestionImport, destination: Destination
    ) -> Sequence[QuestionId]:
        target = destination.target
        place_id = await uow.question_imports.lock_place(target, self._now())
        if place_id is None:
            raise QuestionImportGone(imported.id)
        questions = questions_of(imported, destination.language)
        wanted = await asyncio.to_thread(fingerprints, questions)
        present, count = await uow.question_imports.present(target, wanted)
        heaps = await asyncio.to_thread(sort_out, questions, present)
        drafts = heaps.new[: max(most_of(target) - count, 0)]
        if not drafts:
            raise NothingToAdd
        if target.bank_id is None and stands_still(drafts):
            await _mix_answers(uow, place_id)
        return await uow.question_imports.insert(actor_id, target, place_id, drafts, self._now())

    async def _add_to_new_bank(
        self, uow: UnitOfWork, actor_id: UserId, imported: QuestionImport, destination: Destination, draw: int
    ) -> tuple[Sequence[QuestionId], BankId]:
        quiz_id = await uow.question_imports.lock_place(imported.target, self._now())
        if quiz_id is None or imported.target.lesson_id is None:
            raise QuestionImportGone(imported.id)
        name = PurePosixPath(imported.sent.name).stem or destination.title.read_in(destination.language)
        bank_id = await uow.question_imports.make_bank(
            actor_id, destination.course_id, name[:MAX_BANK_TITLE], self._now()
        )
        bank = replace(destination, target=Target(bank_id=bank_id))
        ids = await self._add(uow, actor_id, imported, bank)
        settings = await uow.question_imports.settings(quiz_id)
        pool = Pool(bank_id=bank_id, count=min(draw, len(ids)))
        read = [question.draft for question in questions_of(imported, destination.language) if question.draft]
        drawn = replace(
            settings,
            pools=(*settings.pools, pool),
            shuffles_options=settings.shuffles_options or stands_still(read),
        )
        await uow.question_imports.set_settings(quiz_id, drawn.checked())
        return ids, bank_id

    async def undo(self, actor_id: UserId, import_id: QuestionImportId) -> int:
        """Take back exactly what it added: what was changed since stays as it is now. How many; again, 0."""
        async with self._begin() as uow:
            await own_import(uow, actor_id, import_id)
            count = await uow.question_imports.take_back(import_id, self._now())
            await uow.commit()
        return count or 0

    async def keep_as_file(self, actor_id: UserId, import_id: QuestionImportId) -> Part | None:
        """It is no test: it becomes the next part of its lesson, once. None when it is one already.

        Raises what adding material to a lesson raises.
        """
        async with self._begin() as uow:
            imported, _destination = await own_import(uow, actor_id, import_id)
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
            await own_import(uow, actor_id, import_id)
            await uow.question_imports.put_away(import_id)
            await uow.commit()


async def _mix_answers(uow: UnitOfWork, quiz_id: int) -> None:
    settings = await uow.question_imports.settings(quiz_id)
    if not settings.shuffles_options:
        mixed = replace(settings, shuffles_options=True).checked()
        await uow.question_imports.set_settings(quiz_id, mixed)


async def _take_out(uow: UnitOfWork, actor_id: UserId, part_id: PartId) -> None:
    """What is out already, or of a lesson that is another one's now, stays as it is."""
    lesson_id = await uow.courses.lesson_with(part_id)
    if lesson_id is None:
        return
    _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
    await uow.courses.remove_part(part_id)
    if lesson.is_published:
        await index(uow, lesson_id)
