"""A student's own courses on PostgreSQL: sections, pages by keys, and where to go on."""

import itertools
from datetime import timedelta

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.learning.model import EnrolmentStatus
from domain.learning.shelf import PROGRESS_PAGE, SHELF_PAGE
from domain.learning.shelf_model import ShelfKey, ShelfPage
from domain.users.model import UserId
from tests.db.study_world import NOON, Hands, School, add_people

_people = itertools.count(5000)


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def school(pool: Pool, database: Database) -> School:
    return School(pool, database, Hands())


@pytest.fixture
async def student(pool: Pool) -> UserId:
    """Somebody new, with nothing on the shelf."""
    user_id = UserId(next(_people))
    await pool.execute(
        "insert into users (id, full_name, language, step, timezone, created_at)"
        " values ($1, 'Ali', 'uz', 'done', 'Asia/Tashkent', now())",
        user_id,
    )
    return user_id


async def test_every_course_is_in_one_section(school: School, student: UserId) -> None:
    begun, done, left = [await school.course(2) for _number in range(3)]
    await school.finish(student, begun[1][0])
    await school.finish(student, *done[1])
    await school.finish(student, left[1][0])
    await school.learning.leave(student, left[0])

    found = {
        status: [(entry.course.id, entry.done_count) for entry in (await school.shelf.courses(student, status)).entries]
        for status in EnrolmentStatus
    }

    assert found == {
        EnrolmentStatus.ACTIVE: [(begun[0], 1)],
        EnrolmentStatus.COMPLETED: [(done[0], 2)],
        EnrolmentStatus.CANCELLED: [(left[0], 1)],
    }
    progress = (await school.shelf.progress(student)).entries
    assert {entry.course.id: (entry.done_count, entry.sections[0].lesson_count) for entry in progress} == {
        begun[0]: (1, 2),
        done[0]: (2, 2),
    }


@pytest.mark.parametrize("size", [SHELF_PAGE, PROGRESS_PAGE])
async def test_pages_show_every_course_once_also_those_that_were_joined_at_one_moment(
    school: School, student: UserId, size: int
) -> None:
    made: list[int] = []
    for number in range(2 * size + 1):
        course_id, _ = await school.course(1)
        school.clock.turn(number % 2)
        await school.learning.enrol(student, course_id)
        made.append(course_id)

    async def page(behind: ShelfKey | None) -> ShelfPage:
        if size == PROGRESS_PAGE:
            return await school.shelf.progress(student, behind)
        return await school.shelf.courses(student, EnrolmentStatus.ACTIVE, behind)

    seen, behind = list[int](), None
    for _page in range(3):
        shown = await page(behind)
        seen += [entry.course.id for entry in shown.entries]
        behind = shown.next_key

    assert behind is None
    assert seen == made[::-1]


async def test_one_goes_on_with_the_course_studied_last_and_there_with_the_lesson_seen_last(
    school: School, student: UserId
) -> None:
    _, older = await school.course(2)
    _, newer = await school.course(3)
    await school.send(student, older[0])
    school.clock.turn(60)
    await school.send(student, newer[1])
    school.clock.turn(60)
    await school.finish(student, newer[0])

    place = await school.shelf.place(student)
    assert place is not None
    assert (place.lesson_id, place.position_seconds) == (newer[1], None)

    await school.finish(student, newer[1])
    place = await school.shelf.place(student)
    assert place is not None
    assert place.lesson_id == newer[2], "then the next that was not opened yet"

    await school.finish(student, newer[2])
    place = await school.shelf.place(student)
    assert place is not None
    assert place.lesson_id == older[0], "a finished course gives way to the one before"


async def test_a_course_that_was_only_joined_begins_with_its_first_lesson(school: School, student: UserId) -> None:
    course_id, lessons = await school.course(2)

    await school.learning.enrol(student, course_id)

    place = await school.shelf.place(student)
    assert place is not None
    assert place.lesson_id == lessons[0]


async def test_a_course_one_takes_is_found_behind_any_number_of_finished_ones(school: School, student: UserId) -> None:
    taken, [first, _] = await school.course(2)
    await school.learning.enrol(student, taken)
    for _number in range(55):
        school.clock.turn(60)
        _, [only] = await school.course(1)
        await school.finish(student, only)

    place = await school.shelf.place(student)

    assert place is not None
    assert place.lesson_id == first


async def test_nobody_is_sent_where_they_may_not_or_do_not_want_to_go(school: School, student: UserId) -> None:
    left, archived, draft = [await school.course(2) for _number in range(3)]
    for _course_id, lessons in (left, archived, draft):
        await school.send(student, lessons[0])
    await school.learning.leave(student, left[0])
    await school.pool.execute("update courses set status = 'archived' where id = $1", archived[0])
    await school.pool.execute("update courses set status = 'draft' where id = $1", draft[0])

    assert await school.shelf.place(student) is None
    assert await school.learning.lesson_to_continue(student) is None


async def test_whoever_paid_goes_on_in_an_archived_course(school: School, student: UserId) -> None:
    course_id, lessons = await school.course(2, sale="course")
    await school.grant(student, course_id)
    await school.send(student, lessons[0])
    await school.pool.execute("update courses set status = 'archived' where id = $1", course_id)

    place = await school.shelf.place(student)

    assert place is not None
    assert place.lesson_id == lessons[0]


async def test_the_time_spent_is_that_of_all_lessons_of_the_course(school: School, student: UserId) -> None:
    _, lessons = await school.course(2)
    for lesson_id in lessons:
        await school.send(student, lesson_id)
        school.clock.turn(timedelta(minutes=5).total_seconds())
        await school.learning.finish_lesson(student, lesson_id)

    [entry] = (await school.shelf.progress(student)).entries

    assert entry.seconds == 600
    assert entry.enrolled_at == NOON
