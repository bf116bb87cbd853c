"""What meets at a bank and at the settings of a quiz that draws from it; each race has its negative control."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import asyncpg
import orjson
import pytest

from db.engine import Pool, create_pool
from db.question_imports import SqlQuestionImports
from db.unit_of_work import Database
from domain.quizzes.importing.import_service import QuestionImportService
from domain.quizzes.importing.imports import Target
from tests.db.quiz_world import NOON, TEACHER, World, add_people, draft
from tests.db.test_question_imports import by_lines, read_with, sent

_SOMEBODY_WAITS = """
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(database: Database, pool: Pool) -> World:
    return World(pool, database.begin)


@pytest.fixture(scope="module")
async def replicas(database_url: str, pool: Pool) -> AsyncIterator[list[Database]]:
    second = await create_pool(database_url, size=10)
    yield [Database(pool), Database(second)]
    await second.close()


def importing(database: Database) -> QuestionImportService:
    return QuestionImportService(
        begin=database.begin, read=database.read, now=lambda: NOON, read_text=by_lines, reads_photos=False
    )


async def somebody_waits(pool: Pool, for_whom: asyncio.Task[object]) -> None:
    """Until a statement waits for a lock of somebody else."""
    async with asyncio.timeout(10):
        while not await pool.fetchval(_SOMEBODY_WAITS):
            assert not for_whom.done()


async def hidden_while_filled(replicas: list[Database], world: World, pool: Pool) -> bool:
    """An import that made a bank is undone while a colleague adds a question to that bank; whether the bank was put
    away with the question in it."""
    first, other = replicas
    service = importing(first)
    import_id = await sent(service, Target(lesson_id=await world.lesson(questions=1)), read_with("A", "B"))
    bank_id = (await service.save(TEACHER, import_id, 20)).made_bank_id
    assert bank_id is not None
    async with other.begin() as uow:
        await uow.banks.add_to_bank(TEACHER, bank_id, draft("late"), NOON, limit=100)
        undoing = asyncio.create_task(service.undo(TEACHER, import_id))
        await somebody_waits(pool, undoing)
        await uow.commit()
    await undoing
    return await pool.fetchval("select archived_at is not null from question_banks where id = $1", bank_id)


async def test_a_bank_that_somebody_fills_is_not_put_away_by_the_undo_of_its_import(
    replicas: list[Database], world: World, pool: Pool
) -> None:
    assert not await hidden_while_filled(replicas, world, pool)


async def test_without_waiting_for_them_it_is(
    replicas: list[Database], world: World, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the statement that looks into the bank began before the question was there."""
    execute = asyncpg.Connection.execute

    async def without_lock(self: asyncpg.Connection, query: str, *values: object) -> str:
        if "for no key update of b" in query:
            return ""
        return await execute(self, query, *values)

    monkeypatch.setattr(asyncpg.Connection, "execute", without_lock)

    assert await hidden_while_filled(replicas, world, pool)


async def settings_after_both(replicas: list[Database], world: World, pool: Pool) -> tuple[object, int]:
    """A colleague sets the number of attempts while a test goes into a bank that the quiz draws from: the attempts,
    and how many draws."""
    first, other = replicas
    lesson_id = await world.lesson(questions=1)
    import_id = await sent(importing(first), Target(lesson_id=lesson_id), read_with("A", "B"))
    async with other.begin() as uow:
        settings = await uow.quiz_settings.lock_settings(lesson_id, NOON)
        adding = asyncio.create_task(importing(first).save(TEACHER, import_id, 20))
        await somebody_waits(pool, adding)
        await uow.quiz_settings.set_settings(lesson_id, replace(settings, max_attempts=3))
        await uow.commit()
    await adding
    kept = orjson.loads(await pool.fetchval("select settings from quizzes where lesson_id = $1", lesson_id))
    return kept.get("max_attempts"), len(kept.get("pools", ()))


async def test_the_card_of_a_quiz_and_an_import_into_a_bank_keep_what_the_other_has_set(
    replicas: list[Database], world: World, pool: Pool
) -> None:
    assert await settings_after_both(replicas, world, pool) == (3, 1)


async def test_without_the_lock_of_the_quiz_the_import_forgets_the_card(
    replicas: list[Database], world: World, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: it writes back what it has read before."""
    lock_place = SqlQuestionImports.lock_place

    async def unlocked(self: SqlQuestionImports, target: Target, now: datetime) -> int | None:
        if target.bank_id is not None:
            return await lock_place(self, target, now)
        return await self._connection.fetchval("select id from quizzes where lesson_id = $1", target.lesson_id)

    monkeypatch.setattr(SqlQuestionImports, "lock_place", unlocked)

    assert await settings_after_both(replicas, world, pool) == (None, 1)
