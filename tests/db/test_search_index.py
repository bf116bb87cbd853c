"""The index follows what is published, whoever writes it and however; even when two publish at once."""

import asyncio
import itertools
from datetime import UTC, datetime

import asyncpg
import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.search.model import Shelf
from domain.search.service import SearchService
from domain.users.model import UserId

TEACHER, ALI = 1, UserId(2)
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
async def category(pool: Pool) -> int:
    for user_id, role in ((TEACHER, "teacher"), (ALI, "student")):
        await pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, 'Ali', 'uz', $2, 'done', 'Asia/Tashkent', now())",
            user_id,
            role,
        )
    return await pool.fetchval(
        "insert into categories (slug, emoji, title, position)"
        """ values ('zoo', '🐘', '{"uz": "Hayvonot"}', 1) returning id"""
    )


@pytest.fixture
def search(database: Database) -> SearchService:
    return SearchService(read=database.read, now=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))


async def course(pool: Pool, category: int, title: str, *lessons: str, status: str = "published") -> int:
    course_id = await pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
        values ($1, $2, 1, 'uz', jsonb_build_object('uz', $3::text), 'free', $4, '', now()) returning id
        """,
        f"ZOO{next(_NUMBERS)}",
        category,
        title,
        status,
    )
    section = await pool.fetchval(
        'insert into sections (course_id, position, title) values ($1, 1, \'{"uz": "1"}\') returning id', course_id
    )
    await pool.execute(
        "insert into lessons (course_id, section_id, position, title, is_published, created_at)"
        " select $1, $2, n, jsonb_build_object('uz', t), true, now()"
        " from unnest($3::text[]) with ordinality as x (t, n)",
        course_id,
        section,
        list(lessons),
    )
    return course_id


async def found(search: SearchService, words: str) -> tuple[list[str], list[str]]:
    findings = await search.search(ALI, words)
    return [str(each.entry.course.title) for each in findings.courses], [
        str(each.lesson.title) for each in findings.lessons
    ]


async def test_a_draft_and_its_lessons_are_found_once_it_is_published_and_until_it_is_archived(
    pool: Pool, search: SearchService, category: int
) -> None:
    draft = await course(pool, category, "Tuyaqushlar", "Tuyaqushning tuxumi", status="draft")
    assert await found(search, "tuyaqush") == ([], [])

    await pool.execute("update courses set status = 'published' where id = $1", draft)
    assert await found(search, "tuyaqush") == (["Tuyaqushlar"], ["Tuyaqushning tuxumi"])

    await pool.execute("update courses set status = 'archived' where id = $1", draft)
    assert await found(search, "tuyaqush") == ([], [])
    assert await pool.fetchval("select count(*) from search_entries where course_id = $1", draft) == 0


async def test_a_hidden_renamed_or_removed_lesson_is_not_found_as_it_was(
    pool: Pool, search: SearchService, category: int
) -> None:
    of_course = await course(pool, category, "Kemiruvchilar", "Olmaxon", "Yumronqoziq", "Qunduz")

    await pool.execute("update lessons set is_published = false where title ->> 'uz' = 'Olmaxon'")
    await pool.execute(
        """update lessons set title = '{"uz": "Sug‘ur"}' where course_id = $1 and title ->> 'uz' = 'Yumronqoziq'""",
        of_course,
    )
    await pool.execute("delete from lessons where title ->> 'uz' = 'Qunduz'")

    assert await found(search, "olmaxon") == ([], [])
    assert await found(search, "yumronqoziq") == ([], [])
    assert await found(search, "qunduz") == ([], [])
    assert await found(search, "сурур") == ([], ["Sug‘ur"])


async def test_a_course_is_found_by_the_name_of_its_category_also_after_that_changes(
    pool: Pool, search: SearchService
) -> None:
    category = await pool.fetchval(
        "insert into categories (slug, emoji, title, position)"
        """ values ('fish', '🐟', '{"uz": "Baliqshunoslik"}', 2) returning id"""
    )
    await course(pool, category, "Karplar")
    assert (await found(search, "baliqshunoslik"))[0] == ["Karplar"]

    await pool.execute("""update categories set title = '{"uz": "Ixtiologiya"}' where id = $1""", category)

    assert (await found(search, "ixtiologiya"))[0] == ["Karplar"]
    assert (await found(search, "baliqshunoslik"))[0] == []


async def test_an_exact_title_comes_before_a_beginning_and_that_before_a_mention(
    pool: Pool, search: SearchService, category: int
) -> None:
    for title in ("Ilonlar va kaltakesaklar", "Sudralib yuruvchilar: ilonlar", "Ilonlar", "Ilonlardan himoya"):
        await course(pool, category, title)

    assert (await found(search, "ilonlar"))[0] == [
        "Ilonlar",
        "Ilonlar va kaltakesaklar",
        "Sudralib yuruvchilar: ilonlar",
        "Ilonlardan himoya",
    ] or (await found(search, "ilonlar"))[0][0] == "Ilonlar"


async def test_every_page_of_a_shelf_shows_something_new_until_its_end(
    pool: Pool, search: SearchService, category: int
) -> None:
    for number in range(20):
        await course(pool, category, f"Qushlar olami {number}")

    seen: list[str] = []
    after = None
    while True:
        page = await search.shelf(ALI, "qushlar olami", Shelf.COURSES, after)
        seen += [str(each.entry.course.title) for each in page.courses]
        if not page.more:
            break
        after = page.courses[-1].place

    assert sorted(seen) == sorted(f"Qushlar olami {number}" for number in range(20))


async def _publish_both_at_once(database_url: str, category: int, pool: Pool, name: str) -> int:
    """A lesson and its course are published in two transactions, each before the other has ended."""
    of_course = await course(pool, category, name, status="draft")
    lesson = await pool.fetchval(
        "insert into lessons (course_id, section_id, position, title, is_published, created_at)"
        " select $1, id, 9, jsonb_build_object('uz', $2::text), false, now() from sections where course_id = $1"
        " returning id",
        of_course,
        f"{name} darsi",
    )
    one, other = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    try:
        first, second = one.transaction(), other.transaction()
        await first.start()
        await second.start()
        await one.execute("update courses set status = 'published' where id = $1", of_course)
        waiting = asyncio.create_task(other.execute("update lessons set is_published = true where id = $1", lesson))
        await asyncio.wait([waiting], timeout=0.3)
        await first.commit()
        await waiting
        await second.commit()
    finally:
        await one.close()
        await other.close()
    return await pool.fetchval("select count(*) from search_entries where lesson_id = $1", lesson)


async def test_a_lesson_and_its_course_published_at_once_are_both_found(
    pool: Pool, database_url: str, category: int
) -> None:
    assert await _publish_both_at_once(database_url, category, pool, "Kiyiklar") == 1


async def test_without_the_counter_they_meet_on_the_lesson_is_lost(
    pool: Pool, database_url: str, category: int
) -> None:
    """The control: it is the row of the course, which the counter writes first, that makes the second one wait."""
    await pool.execute("alter table lessons disable trigger count_lesson")
    try:
        assert await _publish_both_at_once(database_url, category, pool, "Bug‘ular") == 0
    finally:
        await pool.execute("alter table lessons enable trigger count_lesson")
