"""When cards come back: FSRS's own interval, within its range the day with the least load, never a quiet one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import DEFAULT_PARAMETERS
from hypothesis import given
from hypothesis import strategies as st

from domain.review.calendar import day_of, days_ahead, start_of
from domain.review.model import Grade, Memory, ReviewPlan
from domain.review.scheduling import (
    FIRST_DECAY,
    FIRST_DIFFICULTY,
    FIRST_STABILITY,
    chosen_day,
    fuzz_range,
    graded,
    outlook,
    predicted,
    widest_range,
)

TASHKENT = "Asia/Tashkent"
TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 7, tzinfo=UTC)
PLAN = ReviewPlan()
quiet_weeks = st.frozensets(st.integers(1, 7), max_size=6)


def test_what_the_schema_computes_with_is_what_fsrs_has_by_default() -> None:
    assert (DEFAULT_PARAMETERS[0], DEFAULT_PARAMETERS[20]) == (FIRST_STABILITY, FIRST_DECAY)
    after, _days = graded(None, Grade.AGAIN, PLAN, NOON, TASHKENT)
    assert (after.stability, after.difficulty) == (FIRST_STABILITY, FIRST_DIFFICULTY)


@given(
    grades=st.lists(st.tuples(st.sampled_from(Grade), st.integers(1, 200)), min_size=1, max_size=12),
    retention=st.sampled_from([80, 85, 90, 95]),
)
def test_a_history_leads_where_the_library_says(grades: list[tuple[Grade, int]], retention: int) -> None:
    library = Scheduler(
        desired_retention=retention / 100,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=3650,
        enable_fuzzing=False,
    )
    card, memory, days = Card(card_id=1, state=State.Learning, due=NOON), None, 0
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for grade, pause in grades:
        card, _log = library.review_card(card, Rating(int(grade)), moment)
        memory, days = graded(memory, grade, ReviewPlan(retention=retention), moment, "UTC")
        assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
        assert days == (card.due - moment).days
        moment += timedelta(days=pause)


def test_a_night_is_a_day_however_few_its_hours() -> None:
    evening = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    memory, _days = graded(None, Grade.GOOD, PLAN, evening, TASHKENT)
    morning = evening + timedelta(hours=8)

    assert predicted(memory, PLAN, day_of(evening, TASHKENT), TASHKENT) is None
    chance = predicted(memory, PLAN, day_of(morning, TASHKENT), TASHKENT)
    assert chance is not None
    assert 0.9 < chance < 1


@given(days=st.integers(1, 4000))
def test_the_range_is_fsrss(days: int) -> None:
    days = min(days, 3650)
    found = fuzz_range(days)

    assert found.start <= days < found.stop
    assert (len(found) == 1) == (days < 3)
    assert found.stop - 1 <= 3650


@given(days=st.integers(1, 400), quiet=quiet_weeks, loads=st.dictionaries(st.integers(1, 450), st.integers(0, 99)))
def test_a_card_never_lands_on_a_quiet_day_and_is_never_far_from_its_day(
    days: int, quiet: frozenset[int], loads: dict[int, int]
) -> None:
    plan = ReviewPlan(quiet_days=quiet)
    found = chosen_day(TODAY, days, plan, {TODAY + timedelta(days=ahead): load for ahead, load in loads.items()})
    ahead = (found - TODAY).days

    assert found.isoweekday() not in quiet
    assert found > TODAY
    assert ahead in widest_range(days)
    if ahead not in fuzz_range(days):
        assert all((TODAY + timedelta(days=each)).isoweekday() in quiet for each in fuzz_range(days))


def test_the_day_with_the_least_load_takes_the_card_and_among_equals_the_one_that_fsrs_says() -> None:
    def day(ahead: int) -> date:
        return TODAY + timedelta(days=ahead)

    assert chosen_day(TODAY, 10, PLAN, {}) == day(10)
    assert chosen_day(TODAY, 10, PLAN, {day(10): 3, day(11): 2, day(9): 2, day(8): 1, day(12): 2}) == day(8)
    assert chosen_day(TODAY, 1, PLAN, {day(1): 500}) == day(1)


def test_what_would_come_back_on_a_quiet_tomorrow_comes_the_day_after() -> None:
    tuesday_off = ReviewPlan(quiet_days=frozenset({2}))

    assert chosen_day(TODAY, 1, tuesday_off, {}) == date(2026, 3, 4)


def test_better_grades_lead_further() -> None:
    memory = Memory(10.0, 5.0, NOON - timedelta(days=10))
    days = [outlook(memory, grade, PLAN, NOON, TASHKENT, {})[1].days for grade in Grade]

    assert days == sorted(days)
    assert days[0] < days[-1]


def test_a_higher_aim_brings_cards_back_sooner() -> None:
    memory = Memory(50.0, 5.0, NOON - timedelta(days=50))
    days = [graded(memory, Grade.GOOD, ReviewPlan(retention=aim), NOON, TASHKENT)[1] for aim in (80, 85, 90, 95)]

    assert days == sorted(days, reverse=True)


def test_a_card_that_is_known_for_ever_has_a_day_in_the_calendar() -> None:
    assert days_ahead(date(9999, 12, 1), 365) == date.max
    assert graded(Memory(30_000.0, 1.0, NOON - timedelta(days=900)), Grade.EASY, PLAN, NOON, TASHKENT)[1] == 3650


@pytest.mark.parametrize("timezone", ["Asia/Tashkent", "Africa/Cairo", "America/New_York", "Pacific/Kiritimati"])
@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_the_start_of_a_day_is_in_that_day(timezone: str, day: date) -> None:
    start = start_of(day, timezone)

    assert day_of(start, timezone) == day
    assert day_of(start - timedelta(seconds=1), timezone) == day - timedelta(days=1)
