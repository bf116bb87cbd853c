"""The settings of courses on PostgreSQL: addresses, prerequisites, covers, and drafts that publish themselves."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from db.course_settings import SqlCourseSettings
from db.engine import Pool
from domain.courses.errors import PrerequisiteCircle, TooManyPrerequisites, WorkGone
from domain.courses.materials import Upload, Writing
from domain.courses.model import CategoryId, CourseId, CourseStatus, Level, PartKind, Sale
from domain.courses.publishing import PublicationSchedule
from domain.courses.service import AuthoringService
from domain.courses.settings import MAX_PREREQUISITES, CourseSettings
from domain.errors import InvalidInput
from domain.language import Language
from domain.learning.service import LearningService
from domain.unit_of_work import Begin
from tests.db.quiz_world import ALI, NOON, TEACHER, add_people

_numbers = itertools.count(1)
PHOTO = Upload(kind=PartKind.PHOTO, name="", mime="image/jpeg", size=5, telegram_file_id="P1", bot_id=7)


class Time:
    """A clock that the test moves."""

    now = NOON


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    return await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('maths', '➗', '{"uz": "Matematika"}', 1)
        returning id"""
    )


@pytest.fixture
def settings(begin: Begin, read: Begin) -> CourseSettings:
    return CourseSettings(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture
def schedule(begin: Begin, read: Begin, time: Time) -> PublicationSchedule:
    return PublicationSchedule(begin=begin, read=read, now=lambda: time.now)


@pytest.fixture
def authoring(begin: Begin, read: Begin, time: Time) -> AuthoringService:
    return AuthoringService(begin=begin, read=read, now=lambda: time.now)


async def draft(authoring: AuthoringService, maths: CategoryId, *, is_filled: bool = True) -> CourseId:
    course = await authoring.new_course(TEACHER, maths, f"Kurs {next(_numbers)}")
    lesson = await authoring.add_lesson(TEACHER, course.id, "Dars")
    if is_filled:
        await authoring.add_part(TEACHER, lesson.id, Writing(text="x"))
    return course.id


async def public(authoring: AuthoringService, maths: CategoryId) -> CourseId:
    course_id = await draft(authoring, maths)
    await authoring.publish(TEACHER, course_id)
    return course_id


async def test_what_is_set_is_shown_on_one_page(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId, pool: Pool
) -> None:
    course_id = await draft(authoring, maths)
    branch = await pool.fetchval(
        """insert into categories (slug, emoji, title, position, parent_id)
        values ('algebra', '📂', '{"uz": "Algebra"}', 1, $1) returning id""",
        maths,
    )

    await settings.move(TEACHER, course_id, branch)
    await settings.set_level(TEACHER, course_id, Level.BEGINNER)
    await settings.set_language(TEACHER, course_id, Language.EN)
    await settings.set_slug(TEACHER, course_id, " Oson-Algebra ")
    await settings.set_certificate(TEACHER, course_id, has_certificate=True, percent=80)
    await settings.set_cover(TEACHER, course_id, PHOTO)

    page = await settings.page(TEACHER, course_id)
    course = page.course
    assert [category.id for category in page.path] == [maths, branch]
    assert (course.level, course.language, course.slug) == (Level.BEGINNER, Language.EN, "oson-algebra")
    assert (course.has_certificate, course.certificate_percent) == (True, 80)
    cover = await settings.cover(TEACHER, course_id)
    assert cover is not None
    assert (cover.id, cover.telegram_file_id) == (course.cover_id, "P1")


async def test_the_same_cover_twice_is_one_picture_and_it_can_be_taken_away(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId, pool: Pool
) -> None:
    course_id = await draft(authoring, maths)
    await settings.set_cover(TEACHER, course_id, PHOTO)
    pictures = await pool.fetchval("select count(*) from media")

    await settings.set_cover(TEACHER, course_id, PHOTO)

    assert await pool.fetchval("select count(*) from media") == pictures
    await settings.remove_cover(TEACHER, course_id)
    assert (await settings.page(TEACHER, course_id)).course.cover_id is None


async def test_a_slug_opens_the_course_beside_its_code(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId, begin: Begin, read: Begin
) -> None:
    learning = LearningService(begin=begin, read=read, now=lambda: NOON)
    course_id = await public(authoring, maths)
    course = await settings.set_slug(TEACHER, course_id, "fractions-for-all")

    assert (await learning.course_with_code(ALI, "fractions-for-all")).course.id == course_id
    assert (await learning.course_with_code(ALI, course.code)).course.id == course_id


async def test_a_taken_slug_and_one_that_is_a_code_are_refused(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId, pool: Pool
) -> None:
    one, other = await draft(authoring, maths), await draft(authoring, maths)
    await settings.set_slug(TEACHER, one, "taken")
    await pool.execute("update courses set code = 'lower' where id = $1", one)

    for slug in ("taken", "lower"):
        with pytest.raises(InvalidInput) as refused:
            await settings.set_slug(TEACHER, other, slug)
        assert refused.value.reason == "taken"

    await settings.set_slug(TEACHER, one, None)
    assert (await settings.set_slug(TEACHER, other, "taken")).slug == "taken"


async def test_of_many_who_want_one_slug_at_once_one_gets_it(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId
) -> None:
    courses = [await draft(authoring, maths) for _ in range(6)]

    outcomes = await asyncio.gather(
        *(settings.set_slug(TEACHER, course_id, "wanted-by-all") for course_id in courses), return_exceptions=True
    )

    assert sum(not isinstance(outcome, InvalidInput) for outcome in outcomes) == 1


async def test_a_course_asks_for_another_one_first(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId
) -> None:
    first, second = await public(authoring, maths), await public(authoring, maths)
    await settings.require(TEACHER, second, first)
    await settings.require(TEACHER, second, first)

    page = await settings.page(TEACHER, second)
    assert [each.course_id for each in page.prerequisites] == [first]
    assert first not in [each.id for each in await settings.candidates(TEACHER, second)]
    await settings.unrequire(TEACHER, second, first)
    assert (await settings.page(TEACHER, second)).prerequisites == ()


async def test_candidates_are_paged_and_found_by_words(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId
) -> None:
    courses = [await public(authoring, maths) for _ in range(10)]
    await authoring.rename(TEACHER, courses[0], "Stereometriya")

    first = await settings.candidates(TEACHER, courses[5])
    second = await settings.candidates(TEACHER, courses[5], before=first[-1].id)
    found = await settings.candidates(TEACHER, courses[5], words="стереометрия")

    assert len({each.id for each in [*first, *second]} & set(courses)) == 9
    assert [each.id for each in found] == [courses[0]]


async def test_prerequisites_form_no_circle_and_are_public_and_few(
    settings: CourseSettings, authoring: AuthoringService, maths: CategoryId
) -> None:
    chain = [await public(authoring, maths) for _ in range(3)]
    await settings.require(TEACHER, chain[1], chain[0])
    await settings.require(TEACHER, chain[2], chain[1])

    for required in (chain[0], chain[1], chain[2]):
        with pytest.raises(PrerequisiteCircle):
            await settings.require(TEACHER, chain[0], required)
    with pytest.raises(WorkGone):
        await settings.require(TEACHER, chain[0], await draft(authoring, maths))
    greedy = await draft(authoring, maths)
    for _ in range(MAX_PREREQUISITES):
        await settings.require(TEACHER, greedy, await public(authoring, maths))
    with pytest.raises(TooManyPrerequisites):
        await settings.require(TEACHER, greedy, chain[0])


async def close_circle(pool: Pool, left: CourseId, right: CourseId) -> BaseException | None:
    """Two who each close one half of a circle: the second begins before the first is committed."""
    async with pool.acquire() as one, pool.acquire() as other:
        ahead = one.transaction()
        await ahead.start()
        await SqlCourseSettings(one).require(left, right)

        async def follow() -> None:
            async with other.transaction():
                await SqlCourseSettings(other).require(right, left)

        follower = asyncio.create_task(follow())
        await asyncio.wait([follower], timeout=0.3)
        await ahead.commit()
        (outcome,) = await asyncio.gather(follower, return_exceptions=True)
        return outcome


async def test_two_at_once_close_no_circle(pool: Pool, authoring: AuthoringService, maths: CategoryId) -> None:
    outcome = await close_circle(pool, await public(authoring, maths), await public(authoring, maths))

    assert isinstance(outcome, PrerequisiteCircle)


async def test_the_control_without_the_trigger_has_its_circle(
    pool: Pool, authoring: AuthoringService, maths: CategoryId
) -> None:
    await pool.execute("alter table course_prerequisites disable trigger refuse_circle")
    try:
        outcome = await close_circle(pool, await public(authoring, maths), await public(authoring, maths))
    finally:
        await pool.execute("delete from course_prerequisites")
        await pool.execute("alter table course_prerequisites enable trigger refuse_circle")

    assert outcome is None


async def notices(pool: Pool, course_id: CourseId) -> list[tuple[int, str]]:
    rows = await pool.fetch(
        "select user_id, kind from notifications where (data ->> 'course_id')::bigint = $1 order by user_id", course_id
    )
    return [(row["user_id"], row["kind"]) for row in rows]


async def test_a_draft_publishes_itself_at_its_moment_and_its_teachers_are_told(
    schedule: PublicationSchedule, authoring: AuthoringService, maths: CategoryId, pool: Pool, time: Time
) -> None:
    course_id = await draft(authoring, maths)
    await pool.execute(
        "insert into users (id, full_name, language, role, timezone, created_at)"
        " values (50, 'Co', 'uz', 'teacher', 'Asia/Tashkent', $1)",
        NOON,
    )
    await pool.execute("insert into course_teachers values ($1, 50, $2)", course_id, NOON)
    plan = await schedule.plan(TEACHER, course_id, "3.3 9:00")
    assert plan.missing == ()
    assert plan.course.publish_at == NOON.replace(day=3, hour=4)

    assert await schedule.publish_due() == 0
    time.now = NOON.replace(day=3, hour=4)
    assert await schedule.publish_due() == 1
    assert await schedule.publish_due() == 0

    course = (await authoring.outline(TEACHER, course_id)).course
    assert (course.status, course.publish_at) == (CourseStatus.PUBLISHED, None)
    assert course.lesson_count == 1
    assert await notices(pool, course_id) == [(TEACHER, "course_published"), (50, "course_published")]


async def test_a_draft_that_is_not_ready_is_told_instead_and_waits(
    schedule: PublicationSchedule, authoring: AuthoringService, maths: CategoryId, pool: Pool, time: Time
) -> None:
    course_id = await draft(authoring, maths, is_filled=False)
    plan = await schedule.plan(TEACHER, course_id, "tomorrow 9:00")
    assert len(plan.missing) == 1

    time.now = NOON + timedelta(days=2)
    assert await schedule.publish_due() == 0

    course = (await authoring.outline(TEACHER, course_id)).course
    assert (course.status, course.publish_at) == (CourseStatus.DRAFT, None)
    assert await notices(pool, course_id) == [(TEACHER, "publication_held")]


async def test_many_workers_publish_and_tell_once(
    schedule: PublicationSchedule, authoring: AuthoringService, maths: CategoryId, pool: Pool, time: Time
) -> None:
    courses = [await draft(authoring, maths) for _ in range(3)]
    for course_id in courses:
        await schedule.plan(TEACHER, course_id, "tomorrow 9:00")
    time.now = NOON + timedelta(days=2)

    published = await asyncio.gather(*(schedule.publish_due() for _ in range(5)))

    assert sum(published) == 3
    assert [await notices(pool, course_id) for course_id in courses] == [[(TEACHER, "course_published")]] * 3


@pytest.mark.parametrize("deed", ["cancel", "publish", "archive", "demote"])
async def test_a_plan_ends_when_it_is_cancelled_or_overtaken(
    schedule: PublicationSchedule,
    authoring: AuthoringService,
    maths: CategoryId,
    pool: Pool,
    time: Time,
    deed: str,
) -> None:
    course_id = await draft(authoring, maths)
    await schedule.plan(TEACHER, course_id, "tomorrow 9:00")
    match deed:
        case "cancel":
            await schedule.cancel(TEACHER, course_id)
        case "publish":
            await authoring.publish(TEACHER, course_id)
        case "archive":
            await authoring.archive(TEACHER, course_id)
            await authoring.restore(TEACHER, course_id)
        case _:
            await pool.execute("update users set role = 'student' where id = $1", TEACHER)
    time.now = NOON + timedelta(days=2)

    try:
        assert await schedule.publish_due() == 0
    finally:
        await pool.execute("update users set role = 'teacher' where id = $1", TEACHER)

    assert await notices(pool, course_id) == []
    assert await pool.fetchval("select publish_at from courses where id = $1", course_id) is None


async def test_a_lesson_sold_course_without_prices_is_not_forced_out(
    schedule: PublicationSchedule, authoring: AuthoringService, maths: CategoryId, time: Time
) -> None:
    course_id = await draft(authoring, maths)
    await authoring.set_course_price(TEACHER, course_id, Sale.LESSONS)
    await schedule.plan(TEACHER, course_id, "tomorrow")
    time.now = NOON + timedelta(days=2)

    assert await schedule.publish_due() == 0
