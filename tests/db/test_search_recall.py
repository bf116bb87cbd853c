"""What people type is found among the first five, in whatever language, script, ending or spelling they type it."""

from datetime import UTC, datetime

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.language import Language
from domain.search.service import SearchService
from domain.users.model import UserId
from tests.db.search_world import QUERIES, STUDENT, Target, fill

LEAST_RECALL = 0.95


@pytest.fixture(scope="module")
async def search(pool: Pool, database: Database) -> SearchService:
    await fill(pool)
    await pool.execute("analyze")
    return SearchService(read=database.read, now=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))


async def _finds(search: SearchService, words: str, target: Target) -> bool:
    found = await search.search(UserId(STUDENT), words)
    if target.course is not None:
        return target.course in [each.entry.course.code for each in found.courses[:5]]
    return target.lesson in [each.lesson.title.read_in(Language.EN) for each in found.lessons[:5]]


async def test_nineteen_of_twenty_queries_find_what_they_mean(search: SearchService) -> None:
    missed = [words for words, target in QUERIES if not await _finds(search, words, target)]

    assert len(QUERIES) >= 60
    assert 1 - len(missed) / len(QUERIES) >= LEAST_RECALL, missed


async def test_what_nobody_teaches_is_not_found(search: SearchService) -> None:
    found = await search.search(UserId(STUDENT), "qwzxvbn")

    assert found.is_empty
    assert found.meant is None
