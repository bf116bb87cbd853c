"""Ratings: one a student a course, counted on the course by the database."""

import asyncio
import itertools

import asyncpg
import pytest

from db.engine import Pool
from domain.courses.model import CourseId, LessonId
from domain.errors import InvalidInput, NotAllowed
from domain.learning.ratings import NotFinished, NotRated, RatingGone, RatingId
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.certificate_world import Certified
from tests.db.quiz_world import ADMIN, TEACHER, VALI, add_people

_numbers = itertools.count(5000)


@pytest.fixture
async def world(pool: Pool, begin: Begin, read: Begin) -> Certified:
    await add_people(pool)
    return Certified(pool, begin, read)


async def finished(world: Certified, course: tuple[CourseId, list[LessonId]], name: str = "Sardor Rasulov") -> UserId:
    student = await world.student(next(_numbers), name)
    await world.finish(student, course[1])
    return student


async def sums(pool: Pool, course_id: CourseId) -> tuple[int, int]:
    row = await pool.fetchrow("select rating_count, rating_sum from courses where id = $1", course_id)
    counted = await pool.fetchrow(
        "select count(*), coalesce(sum(stars), 0) from ratings where course_id = $1 and hidden_at is null", course_id
    )
    assert row is not None
    assert counted is not None
    assert tuple(row) == tuple(counted)
    return row["rating_count"], row["rating_sum"]


async def test_only_who_has_finished_rates(world: Certified, pool: Pool) -> None:
    course = await world.certified_course()
    student = await world.student(next(_numbers), "Sardor Rasulov")
    with pytest.raises(NotFinished):
        await world.ratings.rate(student, course[0], 5)
    await world.finish(student, course[1][:1])
    with pytest.raises(NotFinished):
        await world.ratings.rate(student, course[0], 5)
    with pytest.raises(NotRated):
        await world.ratings.comment(student, course[0], "Good")
    await world.finish(student, course[1][1:])
    await world.finish(TEACHER, course[1])
    with pytest.raises(NotFinished):
        await world.ratings.rate(TEACHER, course[0], 5)

    await world.ratings.rate(student, course[0], 5)

    assert await sums(pool, course[0]) == (1, 5)


async def test_a_rating_is_changed_said_more_about_and_deleted(world: Certified, pool: Pool) -> None:
    course = await world.certified_course()
    student = await finished(world, course)

    first = await world.ratings.rate(student, course[0], 5)
    await world.ratings.comment(student, course[0], "  <b>Good</b>\n\u202ebut\u200b   short ")
    changed = await world.ratings.rate(student, course[0], 2)

    assert (changed.id, changed.stars, changed.comment) == (first.id, 2, "<b>Good</b> but short")
    assert await sums(pool, course[0]) == (1, 2)
    assert await world.ratings.remove(student, course[0])
    assert not await world.ratings.remove(student, course[0])
    assert await sums(pool, course[0]) == (0, 0)
    assert (await world.ratings.facts(student, course[0])).own is None


@pytest.mark.parametrize("stars", [0, 6, -1, 10**9])
async def test_stars_are_one_to_five(world: Certified, stars: int) -> None:
    course = await world.certified_course()
    student = await finished(world, course)

    with pytest.raises(InvalidInput):
        await world.ratings.rate(student, course[0], stars)


@pytest.mark.parametrize(
    ("text", "reason"), [("\u200b \n", "empty"), ("x" * 501, "too_long"), ("x" * 5000, "too_long")]
)
async def test_a_sentence_has_its_limits(world: Certified, text: str, reason: str) -> None:
    course = await world.certified_course()
    student = await finished(world, course)
    await world.ratings.rate(student, course[0], 4)

    with pytest.raises(InvalidInput) as refusal:
        await world.ratings.comment(student, course[0], text)

    assert refusal.value.reason == reason


async def test_ratings_at_once_are_one_each_and_the_sums_agree(world: Certified, pool: Pool) -> None:
    course = await world.certified_course(1)
    students = [await finished(world, course) for _ in range(6)]

    await asyncio.gather(
        *(world.ratings.rate(student, course[0], stars) for student in students for stars in (1, 3, 5))
    )

    assert (await sums(pool, course[0]))[0] == 6
    assert await pool.fetchval("select count(*) from ratings where course_id = $1", course[0]) == 6


async def test_without_the_constraint_one_student_would_count_twice(world: Certified, pool: Pool) -> None:
    course = await world.certified_course(1)
    student = await finished(world, course)
    insert = "insert into ratings (course_id, user_id, stars, created_at, updated_at) values ($1, $2, 5, now(), now())"
    await pool.execute(insert, course[0], student)
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(insert, course[0], student)

    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("alter table ratings drop constraint uq_ratings_user_id_course_id")
        await connection.execute(insert, course[0], student)
        count = await connection.fetchval("select rating_count from courses where id = $1", course[0])
        await undone.rollback()
    assert count == 2


async def test_a_hidden_review_is_seen_by_admins_only_and_counts_for_nothing(world: Certified, pool: Pool) -> None:
    course = await world.certified_course(1)
    author, reader = await finished(world, course, "Nodira Ganieva"), await finished(world, course)
    rating = await world.ratings.rate(author, course[0], 1)
    await world.ratings.comment(author, course[0], "Insults")

    await world.ratings.hide(ADMIN, rating.id, "It insults the teacher")
    await world.ratings.hide(ADMIN, rating.id, "Another reason")
    await world.ratings.rate(author, course[0], 5)

    assert await sums(pool, course[0]) == (0, 0)
    assert (await world.ratings.reviews(reader, course[0])).reviews == []
    [shown] = (await world.ratings.reviews(ADMIN, course[0])).reviews
    assert (shown.author, shown.rating.hide_reason) == ("Nodira G.", "It insults the teacher")
    assert await world.ratings.remove(author, course[0])
    kept = (await world.ratings.facts(author, course[0])).own
    assert kept is not None
    assert (kept.is_hidden, kept.comment) == (True, None)
    await world.ratings.unhide(ADMIN, rating.id)
    assert await sums(pool, course[0]) == (1, 5)
    log = await pool.fetch(
        "select actor_id, action from audit_log where subject_id = $1 and action like 'rating%' order by id", author
    )
    assert [tuple(row) for row in log] == [(ADMIN, "rating_hidden"), (ADMIN, "rating_shown")]


@pytest.mark.parametrize("actor", [TEACHER, VALI, UserId(987_654_321)])
async def test_hiding_is_for_admins(world: Certified, actor: UserId) -> None:
    course = await world.certified_course(1)
    rating = await world.ratings.rate(await finished(world, course), course[0], 1)

    for attempt in (
        world.ratings.hide(actor, rating.id, "Because"),
        world.ratings.unhide(actor, rating.id),
        world.ratings.review(actor, rating.id),
        world.ratings.hide(actor, RatingId(0), "Because"),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    with pytest.raises(RatingGone):
        await world.ratings.hide(ADMIN, RatingId(0), "Because")


async def test_reviews_come_newest_first_page_by_page(world: Certified) -> None:
    course = await world.certified_course(1)
    students = [await finished(world, course, f"Talaba{number} Karimov") for number in range(7)]
    for student in students:
        await world.ratings.rate(student, course[0], 4)

    first = await world.ratings.reviews(VALI, course[0])
    second = await world.ratings.reviews(VALI, course[0], first.older)

    assert [review.author for review in first.reviews] == [f"Talaba{number} K." for number in (6, 5, 4, 3, 2)]
    assert [review.author for review in second.reviews] == ["Talaba1 K.", "Talaba0 K."]
    assert second.older is None
    assert first.course.rating == 4.0
