"""No statement of a learner's screen reads a growing table through, and no screen needs more than three."""

import random

import pytest

from db.engine import Pool
from tests.bench.catalogue import MOST_STATEMENTS
from tests.bench.catalogue_screens import SCREENS, Services, Visit
from tests.bench.catalogue_world import FIRST_STUDENT, LARGE, build
from tests.bench.plans import GROWING, tables_read_through, watched

SIZE = LARGE.smaller(500)
CATALOGUE = frozenset({"courses", "lessons", "sections", "categories", "search_entries", "parts"})
"""These grow with what is taught: with so little in them PostgreSQL reads them through, unless it is told not to."""


@pytest.fixture(scope="module")
async def filled(pool: Pool) -> Pool:
    async with pool.acquire() as connection:
        await build(connection, SIZE)
    return pool


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_looks_up_what_it_shows(filled: Pool, screen: str) -> None:
    chance = random.Random(3)
    async with watched(filled) as (read, seen, connection):
        services = Services.on(read)
        await connection.execute("set enable_seqscan = off")
        try:
            visit = Visit.by_chance(chance, SIZE, FIRST_STUDENT + 1)
            await SCREENS[screen](services, visit)
            tables = [await tables_read_through(connection, *statement) for statement in seen.statements]
        finally:
            await connection.execute("reset enable_seqscan")

    assert 1 <= len(seen.statements) <= MOST_STATEMENTS
    assert set[str]().union(*tables) & (GROWING | CATALOGUE) == set()


async def test_a_statement_that_reads_people_through_is_noticed(filled: Pool) -> None:
    """The control: without an index for it nothing helps."""
    async with filled.acquire() as connection:
        await connection.execute("set enable_seqscan = off")
        try:
            tables = await tables_read_through(connection, "select * from users where full_name like $1", ("%a%",))
        finally:
            await connection.execute("reset enable_seqscan")

    assert tables == {"users"}
