"""Cards of teachers: what they teach and how it is liked, from the courses' own counters."""

import itertools

import pytest

from db.engine import Pool
from domain.courses.model import CourseId, CourseStatus
from domain.identity import UserId
from domain.learning.errors import CourseGone
from domain.learning.teachers import PublicProfile, TeacherGone, TeacherService
from domain.unit_of_work import Begin
from tests.db.certificate_world import Certified
from tests.db.quiz_world import ALI, NOON, add_people

_numbers = itertools.count(8000)


@pytest.fixture
async def world(pool: Pool, begin: Begin, read: Begin) -> Certified:
    await add_people(pool)
    return Certified(pool, begin, read)


@pytest.fixture
def teachers(read: Begin) -> TeacherService:
    return TeacherService(read=read)


async def taught(world: Certified, pool: Pool, owner: UserId, *others: UserId) -> CourseId:
    course_id, _lessons = await world.certified_course(1)
    await pool.execute("update courses set owner_id = $2 where id = $1", course_id, owner)
    for other in others:
        await pool.execute("insert into course_teachers values ($1, $2, $3)", course_id, other, NOON)
    return course_id


async def new_teacher(world: Certified, name: str, role: str = "teacher") -> UserId:
    return await world.student(next(_numbers), name, role)


async def test_a_card_sums_up_the_published_courses(world: Certified, pool: Pool, teachers: TeacherService) -> None:
    owner, other = await new_teacher(world, "Dilnoza"), await new_teacher(world, "Botir")
    first, second = await taught(world, pool, owner, other), await taught(world, pool, owner)
    draft = await taught(world, pool, owner)
    await pool.execute("update courses set status = 'draft' where id = $1", draft)
    await pool.execute("update courses set student_count = 5, rating_count = 3, rating_sum = 14 where id = $1", first)
    await pool.execute("update courses set student_count = 7, rating_count = 1, rating_sum = 2 where id = $1", second)

    card, others = await teachers.card(owner), await teachers.card(other)

    assert (card.teacher.course_count, card.teacher.student_count, card.teacher.rating) == (2, 12, 4.0)
    assert [course.id for course in card.courses] == [second, first]
    assert (others.teacher.course_count, others.teacher.student_count) == (1, 5)
    assert [entry.id for entry in await teachers.of_course(first)] == [owner, other]


async def test_whoever_teaches_nothing_public_has_no_card(
    world: Certified, pool: Pool, teachers: TeacherService
) -> None:
    owner, former = await new_teacher(world, "Dilnoza"), await new_teacher(world, "Botir", "student")
    course_id = await taught(world, pool, owner, former)
    for nobody in (ALI, former, UserId(123_456_789), UserId(-1)):
        with pytest.raises(TeacherGone):
            await teachers.card(nobody)
    await pool.execute("update courses set status = $2 where id = $1", course_id, CourseStatus.ARCHIVED)

    with pytest.raises(TeacherGone):
        await teachers.card(owner)
    with pytest.raises(CourseGone):
        await teachers.of_course(course_id)


async def test_teachers_are_listed_once_each_page_by_page(
    world: Certified, pool: Pool, teachers: TeacherService
) -> None:
    await pool.execute("update courses set status = 'draft'")
    people = [await new_teacher(world, f"Teacher {number}") for number in range(9)]
    for person in people[:7]:
        await taught(world, pool, person, people[8])
        await taught(world, pool, person)
    unpublished = await taught(world, pool, people[7])
    await pool.execute("update courses set status = 'draft' where id = $1", unpublished)

    first = await teachers.teachers()
    second = await teachers.teachers(first.following)

    assert [entry.id for entry in first.teachers] == people[:6]
    assert [entry.id for entry in second.teachers] == [people[6], people[8]]
    assert second.following is None
    assert second.teachers[1].course_count == 7


async def test_courses_of_a_card_are_paged(world: Certified, pool: Pool, teachers: TeacherService) -> None:
    owner = await new_teacher(world, "Dilnoza")
    courses = [await taught(world, pool, owner) for _ in range(8)]

    first = await teachers.card(owner)
    second = await teachers.card(owner, first.older)

    assert [course.id for course in [*first.courses, *second.courses]] == courses[::-1]
    assert second.older is None


async def test_a_profile_comes_from_where_profiles_are_kept(world: Certified, pool: Pool, read: Begin) -> None:
    class Known:
        async def public_profile(self, user_id: UserId) -> PublicProfile | None:
            return PublicProfile(bio="I teach", link="u_x")

    owner = await new_teacher(world, "Dilnoza")
    await taught(world, pool, owner)

    card = await TeacherService(read=read, profiles=Known()).card(owner)

    assert card.profile == PublicProfile(bio="I teach", link="u_x")
