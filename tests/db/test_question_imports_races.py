"""Double taps and two replicas: each race is also run without the rule that decides it, and must then go wrong."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import pytest

from db.engine import Pool, create_pool
from db.question_imports import SqlQuestionImports
from db.unit_of_work import Database
from domain.errors import DomainError
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.importing.imports import QuestionImportId, Target
from domain.quizzes.model import MAX_QUESTIONS
from tests.db.quiz_world import NOON, TEACHER, World, add_people
from tests.db.test_question_imports import by_lines, poll, read_with, sent

TAPS = 8
ROUNDS = 8
_numbers = itertools.count()


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(database: Database, pool: Pool) -> World:
    return World(pool, database.begin)


@pytest.fixture(scope="module")
async def replicas(database_url: str, pool: Pool) -> AsyncIterator[list[QuestionImportService]]:
    second = await create_pool(database_url, size=10)
    yield [
        QuestionImportService(
            begin=database.begin, read=database.read, now=lambda: NOON, read_text=by_lines, reads_photos=False
        )
        for database in (Database(pool), Database(second))
    ]
    await second.close()


async def tapped(
    replicas: Sequence[QuestionImportService], import_ids: Sequence[QuestionImportId]
) -> list[DomainError]:
    """Confirm them all at once, at both replicas; the refusals."""
    results = await asyncio.gather(
        *(replicas[tap % 2].save(TEACHER, import_id) for tap, import_id in enumerate(import_ids)),
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, DomainError):
            raise result
    return [result for result in results if isinstance(result, DomainError)]


async def texts(pool: Pool, target: Target) -> list[str]:
    rows = await pool.fetch(
        "select q.text ->> 'uz' as text from questions q join quizzes z on z.id = q.quiz_id"
        " where z.lesson_id = $1 and q.retired_at is null",
        target.lesson_id,
    )
    return [row["text"] for row in rows]


async def one_import_tapped_often(
    replicas: Sequence[QuestionImportService], world: World, pool: Pool
) -> tuple[list[int], list[DomainError]]:
    """How many questions each round has made of one question and a test of two, and what taps were refused."""
    made: list[int] = []
    refused: list[DomainError] = []
    for _round in range(ROUNDS):
        target = Target(lesson_id=await world.lesson(questions=1))
        import_id = await sent(replicas[0], target, read_with("A", "B"))
        refused += await tapped(replicas, [import_id] * TAPS)
        made.append(len(await texts(pool, target)))
    return made, refused


async def test_many_taps_on_add_at_two_replicas_add_once(
    replicas: list[QuestionImportService], world: World, pool: Pool
) -> None:
    made, refused = await one_import_tapped_often(replicas, world, pool)

    assert made == [1 + 2] * ROUNDS
    assert refused == [], "whoever is later gets what came of it"


async def test_without_the_claim_and_the_lock_many_taps_add_often(
    replicas: list[QuestionImportService], world: World, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: whoever asks may add, and nobody waits for anybody at the quiz."""
    _without_lock(monkeypatch)

    async def always(self: SqlQuestionImports, import_id: QuestionImportId) -> bool:
        return True

    async def nothing(self: SqlQuestionImports, *_what: object) -> None:
        return None

    monkeypatch.setattr(SqlQuestionImports, "claim", always)
    monkeypatch.setattr(SqlQuestionImports, "note_added", nothing)
    await pool.execute("drop index ix_questions_in_use")
    try:
        made, _refused = await one_import_tapped_often(replicas, world, pool)
    finally:
        await _restore(pool)

    assert max(made) > 1 + 2


async def full_quiz_raced(replicas: Sequence[QuestionImportService], world: World, pool: Pool) -> list[list[str]]:
    """Several different tests with one question in common, confirmed at once into a quiz with room for some."""
    quizzes: list[list[str]] = []
    for _round in range(ROUNDS // 2):
        target = Target(lesson_id=await world.lesson(questions=1))
        names = [[f"N{next(_numbers)}" for _ in range(30)] + ["Umumiy"] for _ in range(4)]
        ids = [await sent(replicas[0], target, read_with(*each)) for each in names]
        await tapped(replicas, ids)
        quizzes.append(await texts(pool, target))
    return quizzes


async def test_tests_that_are_added_at_once_neither_overfill_a_quiz_nor_repeat_a_question(
    replicas: list[QuestionImportService], world: World, pool: Pool
) -> None:
    for quiz in await full_quiz_raced(replicas, world, pool):
        assert len(quiz) == MAX_QUESTIONS
        assert len(set(quiz)) == len(quiz)


async def test_without_the_lock_they_do(
    replicas: list[QuestionImportService], world: World, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_lock(monkeypatch)
    await pool.execute("drop index ix_questions_in_use")
    try:
        quizzes = await full_quiz_raced(replicas, world, pool)
    finally:
        await _restore(pool)

    assert any(len(quiz) > MAX_QUESTIONS or len(set(quiz)) < len(quiz) for quiz in quizzes)


async def test_polls_that_arrive_at_once_are_one_collection(
    replicas: list[QuestionImportService], world: World, pool: Pool
) -> None:
    for _round in range(ROUNDS):
        target = Target(lesson_id=await world.lesson(questions=0))
        polls = [poll(f"P{number}", 0) for number in range(TAPS)]
        results = await asyncio.gather(
            *(replicas[tap % 2].collect(TEACHER, target, each) for tap, each in enumerate(polls * 2)),
            return_exceptions=True,
        )
        # Whoever met another one's first poll tries again, as an update that failed does.
        for each, result in zip(polls * 2, results, strict=True):
            if isinstance(result, BaseException):
                await replicas[0].collect(TEACHER, target, each)
        open_ones = "select count(*) from question_imports where lesson_id = $1"
        assert await pool.fetchval(open_ones, target.lesson_id) == 1
        imported = await replicas[0].collect(TEACHER, target, polls[0])
        assert len(imported.polls) == TAPS


def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unlocked(self: SqlQuestionImports, target: Target, now: datetime) -> int | None:
        return await self._connection.fetchval("select id from quizzes where lesson_id = $1", target.lesson_id)

    original = SqlQuestionImports.present

    async def slowly(self: SqlQuestionImports, target: Target, fingerprints: frozenset[str]) -> object:
        known = await original(self, target, fingerprints)
        # Long enough for the others to have read the same.
        await self._connection.execute("select pg_sleep(0.05)")
        return known

    monkeypatch.setattr(SqlQuestionImports, "lock_place", unlocked)
    monkeypatch.setattr(SqlQuestionImports, "present", slowly)


async def _restore(pool: Pool) -> None:
    await pool.execute("truncate questions, question_imports, answers, attempts cascade")
    await pool.execute(
        "create unique index ix_questions_in_use on questions (quiz_id, position) where retired_at is null"
    )
