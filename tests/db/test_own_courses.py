"""The list of those who teach: whole, in order, by keys, and of an admin everybody's."""

from collections.abc import AsyncIterator

import pytest

from db.engine import Pool
from domain.courses.model import CategoryId, CourseId
from domain.courses.own_courses import OWN_PAGE, OwnKey
from domain.courses.service import AuthoringService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.plans import Watched, watched
from tests.db.quiz_world import ADMIN, NOON, TEACHER, add_people

OTHER = UserId(61)
COURSES = 3_000


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    await pool.execute(
        "insert into users (id, full_name, language, role, timezone, created_at)"
        " values ($1, 'Teacher', 'uz', 'teacher', 'Asia/Tashkent', $2)",
        OTHER,
        NOON,
    )
    category_id = await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('own', '📐', '{"uz": "Own"}', 900)
        returning id"""
    )
    await pool.execute(
        f"""
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
        select 'own' || n, $1, case when n % 100 = 0 then $2::bigint else $3 end, 'uz', '{{"uz": "Kurs"}}', 'free',
            case when n % 7 = 0 then 'archived' else 'draft' end,
            case when n % 500 = 0 then 'kvadrat 100 kurs' when n = 7 then 'a_b kurs' else 'kurs' end, now()
        from generate_series(1, {COURSES}) n
        """,
        category_id,
        TEACHER,
        OTHER,
    )
    await pool.execute(
        "insert into course_teachers (course_id, user_id, added_at) select id, $1, now() from courses"
        " where code in ('own1', 'own7', 'own2001')",
        TEACHER,
    )
    await pool.execute("vacuum analyze")
    return category_id


@pytest.fixture
def authoring(begin: Begin, read: Begin) -> AuthoringService:
    return AuthoringService(begin=begin, read=read, now=lambda: NOON)


async def _all_pages(
    authoring: AuthoringService, user_id: UserId, typed: str = "", *, with_archived: bool = True
) -> list[CourseId]:
    found, behind = list[CourseId](), None
    while True:
        page = await authoring.my_courses(user_id, behind, typed=typed, with_archived=with_archived)
        found += [entry.course.id for entry in page.entries]
        if (behind := page.next_key) is None:
            return found
        assert len(page.entries) == OWN_PAGE


OWN = """
    select id from courses c where (owner_id = $1 or exists (
        select from course_teachers t where t.course_id = c.id and t.user_id = $1))
"""


@pytest.mark.usefixtures("maths")
async def test_the_pages_of_a_teacher_are_their_own_courses_and_those_they_help_with(
    authoring: AuthoringService, pool: Pool
) -> None:
    wanted = [row["id"] for row in await pool.fetch(f"{OWN} order by status = 'archived', id desc", TEACHER)]
    usable = [row["id"] for row in await pool.fetch(f"{OWN} and status <> 'archived' order by id desc", TEACHER)]

    assert await _all_pages(authoring, TEACHER) == wanted
    assert await _all_pages(authoring, TEACHER, with_archived=False) == usable
    assert COURSES // 100 < len(wanted) < 2 * COURSES // 100


@pytest.mark.usefixtures("maths")
async def test_an_admin_sees_everybodys_courses_their_own_first(authoring: AuthoringService, pool: Pool) -> None:
    one = await pool.fetchval("update courses set owner_id = $1 where code = 'own5' returning id", ADMIN)

    found = await _all_pages(authoring, ADMIN)

    others = "select id from courses where owner_id <> $1 order by status = 'archived', id desc"
    assert found == [one, *(row["id"] for row in await pool.fetch(others, ADMIN))]


@pytest.mark.usefixtures("maths")
async def test_a_part_of_a_name_finds_a_course_and_signs_stand_for_themselves(
    authoring: AuthoringService, pool: Pool
) -> None:
    squares = [row["id"] for row in await pool.fetch("select id from courses where search like 'kvadrat%'")]

    assert sorted(await _all_pages(authoring, ADMIN, "KVAD")) == sorted(squares)
    assert sorted(await _all_pages(authoring, ADMIN, "Квадрат 100")) == sorted(squares)
    assert await _all_pages(authoring, ADMIN, "a_b") == [
        await pool.fetchval("select id from courses where code = 'own7'")
    ]
    assert await _all_pages(authoring, OTHER, "%%%") == []
    assert await _all_pages(authoring, OTHER, "geometriya") == []
    assert await _all_pages(authoring, OTHER, "kvadrat") == [], "those are the other teacher's"


@pytest.fixture(scope="module")
async def seen(database_url: str, maths: CategoryId) -> AsyncIterator[Watched]:
    async with watched(database_url) as found:
        yield found


@pytest.mark.parametrize("user_id", [TEACHER, OTHER, ADMIN])
@pytest.mark.parametrize("is_far", [False, True])
async def test_a_page_is_two_statements_that_read_no_table_through(
    seen: Watched, pool: Pool, user_id: UserId, is_far: bool
) -> None:
    authoring = AuthoringService(begin=seen.database.begin, read=seen.database.read, now=lambda: NOON)
    first = await authoring.my_courses(user_id)
    assert first.next_key is not None
    middle = OwnKey(shelving=first.next_key.shelving, course_id=CourseId(first.next_key.course_id - COURSES // 2))
    seen.clear()

    await authoring.my_courses(user_id, middle if is_far else None)

    assert len(seen.asked) == 2
    assert await seen.full_scans(frozenset({"courses"})) == []
