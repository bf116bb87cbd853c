"""A student is reminded at the usual hour, once a day at most, and only when something is due."""

from datetime import UTC, date, datetime, timedelta

import pytest

from db.engine import Pool
from domain.review.planning import with_choice
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import add_people
from tests.db.review_world import MovableClock, Reviewers

TUESDAY_8 = datetime(2026, 3, 3, 3, tzinfo=UTC)
"""08:00 in Tashkent."""


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
async def clock(pool: Pool) -> MovableClock:
    await pool.execute("update review_plans set reminds = false")
    return MovableClock()


@pytest.fixture
def reviewers(pool: Pool, begin: Begin, read: Begin, clock: MovableClock) -> Reviewers:
    return Reviewers(pool, begin, read, clock)


async def told(pool: Pool, user_id: UserId) -> list[str]:
    rows = await pool.fetch(
        "select key from notifications where user_id = $1 and kind = 'review_due' order by id", user_id
    )
    return [row["key"] for row in rows]


async def test_the_first_reminder_comes_at_eight_the_next_morning(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)

    clock.now = TUESDAY_8 - timedelta(seconds=1)
    assert await reviewers.reminders.remind_due() == 0
    clock.now = TUESDAY_8
    assert await reviewers.reminders.remind_due() == 1

    assert await told(pool, user_id) == ["review:2026-03-03"]
    assert await reviewers.reminders.count_left(user_id, date(2026, 3, 3)) == 1


async def test_one_message_a_day_whatever_is_run_again_or_chosen_anew(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.now = TUESDAY_8
    await reviewers.reminders.remind_due()

    for hour in ("9", "12", "20"):
        await reviewers.plans.change(user_id, lambda plan, hour=hour: with_choice(plan, "hour", hour))
        clock.now = datetime(2026, 3, 3, int(hour) - 5, tzinfo=UTC)
        await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == ["review:2026-03-03"]
    clock.forward(days=1)
    await reviewers.reminders.remind_due()
    assert await told(pool, user_id) == ["review:2026-03-03", "review:2026-03-04"]


async def test_a_reminder_that_was_missed_while_the_program_was_down_comes_once(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    """TIM-1."""
    user_id, _questions = await reviewers.student_with_mistakes(1)

    clock.now = TUESDAY_8 + timedelta(days=3, hours=5)
    await reviewers.reminders.remind_due()
    await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == ["review:2026-03-06"]


async def test_a_reminder_that_is_late_at_night_waits_for_the_next_day(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)

    clock.now = datetime(2026, 3, 3, 16, 30, tzinfo=UTC)
    await reviewers.reminders.remind_due()
    assert await told(pool, user_id) == []
    assert await reviewers.reminders.count_left(user_id, date(2026, 3, 3)) == 0
    clock.now = datetime(2026, 3, 4, 14, tzinfo=UTC)
    await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == ["review:2026-03-04"]


async def test_nobody_is_reminded_of_nothing(reviewers: Reviewers, clock: MovableClock, pool: Pool) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    await pool.execute("update review_cards set due_at = due_at + interval '9 days' where user_id = $1", user_id)

    clock.now = TUESDAY_8
    await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == []


@pytest.mark.parametrize("silence", ["is_muted = true", "is_reachable = false"])
async def test_who_asked_for_silence_or_is_away_is_not_reminded(
    reviewers: Reviewers, clock: MovableClock, pool: Pool, silence: str
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    await pool.execute(f"update users set {silence} where id = $1", user_id)

    clock.now = TUESDAY_8
    await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == []


async def test_the_usual_hour_is_the_one_with_most_answers_and_nobody_is_woken_for_a_habit_of_the_night(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    evening, _questions = await reviewers.student_with_mistakes(3)
    clock.now = datetime(2026, 3, 2, 20, tzinfo=UTC)
    owl, _questions = await reviewers.student_with_mistakes(3)

    clock.now = TUESDAY_8 + timedelta(days=1)
    await reviewers.reminders.remind_due()

    rows = await pool.fetch(
        "select user_id, extract(hour from next_reminder_at at time zone 'Asia/Tashkent')::int as extract"
        " from review_plans where user_id = any ($1)",
        [evening, owl],
    )
    hours = {row["user_id"]: row["extract"] for row in rows}
    assert hours == {evening: 19, owl: 7}


async def test_no_reminder_falls_on_a_quiet_day_and_none_comes_when_they_are_off(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    quiet, _questions = await reviewers.student_with_mistakes(1)
    off, _questions = await reviewers.student_with_mistakes(1)
    await reviewers.plans.change(quiet, lambda plan: with_choice(plan, "quiet", "2"))
    await reviewers.plans.change(off, lambda plan: with_choice(plan, "hour", "off"))

    for day in (0, 1):
        clock.now = TUESDAY_8 + timedelta(days=day, hours=12)
        await reviewers.reminders.remind_due()

    assert await told(pool, quiet) == ["review:2026-03-04"]
    assert await told(pool, off) == []


async def test_a_clock_that_is_set_back_reminds_nobody_again(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    """TIM-3."""
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.now = TUESDAY_8 + timedelta(minutes=10)
    await reviewers.reminders.remind_due()

    for minutes in (-70, -10, 0, 10):
        clock.now = TUESDAY_8 + timedelta(minutes=minutes)
        await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == ["review:2026-03-03"]


async def test_the_next_message_has_its_own_zone(reviewers: Reviewers, clock: MovableClock, pool: Pool) -> None:
    user_id = await reviewers.student("America/New_York")
    await reviewers.attempt(user_id, await reviewers.world.lesson(questions=1))

    clock.now = datetime(2026, 3, 3, 12, 59, tzinfo=UTC)
    await reviewers.reminders.remind_due()
    assert await told(pool, user_id) == []
    clock.now = datetime(2026, 3, 3, 13, tzinfo=UTC)
    await reviewers.reminders.remind_due()

    assert await told(pool, user_id) == ["review:2026-03-03"]
