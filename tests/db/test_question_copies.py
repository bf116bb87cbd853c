"""Questions copied, labelled many at a time and taken away, on the real database; races with their controls."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from db.engine import Pool, create_pool
from db.question_imports import SqlQuestionImports
from db.unit_of_work import Database
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language
from domain.quizzes.bank_model import MAX_CHOSEN, Bank, Sieve
from domain.quizzes.banks import BankService
from domain.quizzes.copying import QuestionCopyService
from domain.quizzes.draft import Picture
from domain.quizzes.exporting.service import (
    EXPORT_QUESTIONS_JOB,
    ExportFormat,
    NothingToExport,
    QuestionExportService,
)
from domain.quizzes.importing.imports import Target
from domain.quizzes.keys import Ordering
from domain.quizzes.model import MAX_QUESTIONS, QuestionId
from domain.unit_of_work import Begin
from tests.db.quiz_world import ALI, NOON, TEACHER, World, add_people, draft

ROUNDS = 6


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture(scope="module")
def banks(begin: Begin) -> BankService:
    return BankService(begin=begin, read=begin, now=lambda: NOON)


@pytest.fixture(scope="module")
def copies(begin: Begin) -> QuestionCopyService:
    return QuestionCopyService(begin=begin, now=lambda: NOON)


@pytest.fixture(scope="module")
def exports(begin: Begin, read: Begin) -> QuestionExportService:
    return QuestionExportService(begin=begin, read=read)


@pytest.fixture(scope="module")
async def replicas(database_url: str, pool: Pool) -> AsyncIterator[list[Database]]:
    second = await create_pool(database_url, size=10)
    yield [Database(pool), Database(second)]
    await second.close()


async def filled(banks: BankService, world: World, *names: str) -> tuple[Bank, list[QuestionId]]:
    bank = await banks.add_bank(TEACHER, await world.course(), "Bank")
    return bank, [(await banks.add_question(TEACHER, bank.id, draft(name))).id for name in names]


async def names_in(banks: BankService, bank: Bank) -> set[str]:
    page = await banks.page(TEACHER, bank.id, Sieve())
    return {question.text.variants[Language.UZ] for question in page.questions}


async def test_questions_are_copied_into_a_bank_and_a_quiz_once_and_taken_back(
    banks: BankService, copies: QuestionCopyService, world: World
) -> None:
    bank, ids = await filled(banks, world, "a", "b", "c")
    other = Target(bank_id=(await banks.add_bank(TEACHER, bank.course_id, "Boshqa")).id)
    lesson_id = await world.lesson(bank.course_id, questions=1)
    here, quiz = Target(bank_id=bank.id), Target(lesson_id=lesson_id)

    copied = await copies.copy(TEACHER, here, ids[:2], other)
    again = await copies.copy(TEACHER, here, ids, other)
    into_quiz = await copies.copy(TEACHER, other, copied.ids, quiz)

    assert (len(copied.ids), copied.known, copied.left_out) == (2, 0, 0)
    assert (len(again.ids), again.known) == (1, 2)
    assert [question.draft for question in await world.questions(lesson_id)][1:] == [draft("a"), draft("b")]
    assert await copies.take_back(TEACHER, quiz, into_quiz.ids) == 2
    assert await copies.take_back(TEACHER, quiz, into_quiz.ids) == 0
    assert len(await world.questions(lesson_id)) == 1
    assert len(await names_in(banks, bank)) == 3, "what was copied is where it was"


async def test_only_questions_of_the_named_places_are_copied_and_taken_back(
    banks: BankService, copies: QuestionCopyService, world: World
) -> None:
    bank, ids = await filled(banks, world, "a")
    foreign, foreign_ids = await filled(banks, world, "f")

    copied = await copies.copy(TEACHER, Target(bank_id=bank.id), foreign_ids, Target(bank_id=bank.id))

    assert (copied.ids, copied.known) == ((), 0)
    assert await copies.take_back(TEACHER, Target(bank_id=bank.id), foreign_ids) == 0
    assert await names_in(banks, foreign) == {"Savol f"}
    with pytest.raises(NotAllowed):
        await copies.copy(ALI, Target(bank_id=bank.id), ids, Target(bank_id=foreign.id))
    with pytest.raises(InvalidInput):
        await copies.copy(TEACHER, Target(bank_id=bank.id), [QuestionId(1)] * (MAX_CHOSEN + 1), Target(bank_id=bank.id))


async def test_a_full_quiz_takes_what_it_has_room_for(
    banks: BankService, copies: QuestionCopyService, world: World
) -> None:
    bank, ids = await filled(banks, world, "a", "b", "c")
    lesson_id = await world.lesson(bank.course_id, questions=MAX_QUESTIONS - 1)

    copied = await copies.copy(TEACHER, Target(bank_id=bank.id), ids, Target(lesson_id=lesson_id))

    assert (len(copied.ids), copied.left_out) == (1, 2)


async def overfilled(replicas: list[Database], banks: BankService, world: World) -> int:
    """The most questions that a quiz with room for one has after four were copied into it at once."""
    most = 0
    for _round in range(ROUNDS):
        bank, ids = await filled(banks, world, "a", "b", "c", "d")
        lesson_id = await world.lesson(bank.course_id, questions=MAX_QUESTIONS - 1)
        services = [QuestionCopyService(begin=each.begin, now=lambda: NOON) for each in replicas]
        await asyncio.gather(
            *(
                services[number % 2].copy(TEACHER, Target(bank_id=bank.id), [each], Target(lesson_id=lesson_id))
                for number, each in enumerate(ids)
            ),
            return_exceptions=True,
        )
        most = max(most, len(await world.questions(lesson_id)))
    return most


async def test_copies_at_once_do_not_overfill_a_quiz(
    replicas: list[Database], banks: BankService, world: World
) -> None:
    assert await overfilled(replicas, banks, world) == MAX_QUESTIONS


async def test_without_the_lock_they_do(
    replicas: list[Database], banks: BankService, world: World, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nobody waits for anybody at the quiz, nor at a place in it."""

    async def unlocked(self: SqlQuestionImports, target: Target, now: datetime) -> int | None:
        place_id = await self._connection.fetchval("select id from quizzes where lesson_id = $1", target.lesson_id)
        await self._connection.execute("select pg_sleep(0.05)")
        return place_id

    original = SqlQuestionImports.present

    async def slowly(self: SqlQuestionImports, target: Target, fingerprints: frozenset[str]) -> object:
        known = await original(self, target, fingerprints)
        await self._connection.execute("select pg_sleep(0.05)")
        return known

    monkeypatch.setattr(SqlQuestionImports, "lock_place", unlocked)
    monkeypatch.setattr(SqlQuestionImports, "present", slowly)
    await pool.execute("drop index ix_questions_in_use")
    try:
        most = await overfilled(replicas, banks, world)
    finally:
        await pool.execute("truncate questions, question_imports, answers, attempts cascade")
        await pool.execute(
            "create unique index ix_questions_in_use on questions (quiz_id, position) where retired_at is null"
        )

    assert most > MAX_QUESTIONS


async def test_many_questions_are_labelled_and_their_labels_come_back(banks: BankService, world: World) -> None:
    bank, ids = await filled(banks, world, "a", "b", "c")
    await banks.relabel(TEACHER, bank.id, ids[:1], topic="Eski", difficulty=1, source="DTM")
    ids = list(reversed(await banks.found(TEACHER, bank.id, Sieve())))

    versions = await banks.relabel(TEACHER, bank.id, ids, topic=" Yangi\x00  mavzu ", source="Kitob")

    labelled = (await banks.page(TEACHER, bank.id, Sieve())).questions
    assert {(each.topic, each.source) for each in labelled} == {("Yangi mavzu", "Kitob")}
    assert sorted(each.difficulty or 0 for each in labelled) == [0, 0, 1]
    assert await banks.relabel(TEACHER, bank.id, versions, topic="Yangi mavzu") == []
    changed = await banks.change_question(TEACHER, versions[0], replace(draft("b"), topic="Boshqa"))
    assert await banks.unlabel(TEACHER, bank.id, versions) == 2
    assert await banks.unlabel(TEACHER, bank.id, versions) == 0
    before = {each.id: each for each in (await banks.page(TEACHER, bank.id, Sieve())).questions}
    assert before[changed.id].topic == "Boshqa"
    assert sorted((each.topic or "", each.source or "") for each in before.values() if each.id != changed.id) == [
        ("", ""),
        ("Eski", "DTM"),
    ]
    with pytest.raises(InvalidInput):
        await banks.relabel(TEACHER, bank.id, versions, topic=" \x00")
    with pytest.raises(InvalidInput):
        await banks.relabel(TEACHER, bank.id, versions, source="x" * 121)
    with pytest.raises(InvalidInput):
        await banks.relabel(TEACHER, bank.id, versions, difficulty=6)


async def test_a_package_has_every_question_of_a_bank_in_its_order(
    banks: BankService, exports: QuestionExportService, world: World, pool: Pool
) -> None:
    bank, _ids = await filled(banks, world, "first")
    await pool.execute(
        """
        insert into questions (bank_id, position, kind, text, options, key, fingerprint, created_by, created_at)
        select bank_id, 0, kind, jsonb_build_object('uz', 'K' || n), options, key, 'f' || n, created_by, created_at
        from questions cross join generate_series(1, 999) n where bank_id = $1
        """,
        bank.id,
    )

    package = await exports.package(TEACHER, Target(bank_id=bank.id))

    texts = [each.text.variants[Language.UZ] for each in package.drafts]
    assert texts == ["Savol first", *(f"K{number}" for number in range(1, 1000))]


async def test_what_a_file_does_not_hold_is_counted(
    banks: BankService, exports: QuestionExportService, world: World, pool: Pool
) -> None:
    bank, ids = await filled(banks, world, "a")
    pictured = replace(draft("b"), picture=Picture(file_id="F"), key=Ordering())
    await banks.add_question(TEACHER, bank.id, pictured)
    await banks.retire_question(TEACHER, ids[0])
    lesson_id = await world.lesson(bank.course_id, questions=0)

    contents = (await exports.offer(TEACHER, Target(bank_id=bank.id))).contents

    assert (contents.count, contents.pictures, contents.translated, contents.orderings) == (1, 1, 1, 1)
    with pytest.raises(NothingToExport):
        await exports.ask(TEACHER, Target(lesson_id=lesson_id), ExportFormat.PDF)
    await exports.ask(TEACHER, Target(bank_id=bank.id), ExportFormat.PDF)
    await exports.ask(TEACHER, Target(bank_id=bank.id), ExportFormat.PDF)
    asked = "select count(*) from pgqueuer where entrypoint = $1 and convert_from(payload, 'utf8') like $2"
    assert await pool.fetchval(asked, EXPORT_QUESTIONS_JOB, f'%"bank_id":{bank.id},%') == 1
