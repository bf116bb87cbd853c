"""When a card comes back: FSRS by the `fsrs` library, in whole days of the student's calendar.

The library counts days as periods of 24 hours from the last review. A student who answers on Monday evening and reviews
on Tuesday morning has slept over it, so both moments are given to it as dates. There are no steps of minutes inside of
a day: a set is taken once a day, and what was forgotten comes back in the next one.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from domain.review.calendar import day_of, days_ahead
from domain.review.model import Grade, Memory, Outlook, ReviewPlan

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

MAX_DAYS = 3_650
"""The longest interval: ten years."""
FIRST_STABILITY, FIRST_DIFFICULTY, FIRST_DECAY = 0.212, 6.4133, 0.1542
"""FSRS's defaults for a first grade "again", and of its forgetting curve: w0, w4 and w20 of `fsrs.scheduler`."""
FUZZ_FROM = 3
"""Days; FSRS leaves shorter intervals as they are."""
_FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))
"""FSRS's own: from and to which interval, what share of it is added to the range. Source: `fsrs.scheduler`."""


@lru_cache(maxsize=256)
def scheduler_of(parameters: tuple[float, ...] | None, retention: int) -> "Scheduler":
    """Without fuzz: chance would break the load's balance, which needs the range only."""
    from fsrs import Scheduler
    from fsrs.scheduler import DEFAULT_PARAMETERS

    return Scheduler(
        parameters=parameters or DEFAULT_PARAMETERS,
        desired_retention=retention / 100,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=MAX_DAYS,
        enable_fuzzing=False,
    )


def predicted(memory: Memory, plan: ReviewPlan, today: date, timezone: str) -> float | None:
    """The probability that the card is remembered today; None within its own day, when nothing can be forgotten yet."""
    if day_of(memory.reviewed_at, timezone) >= today:
        return None
    recall = scheduler_of(plan.parameters, plan.retention).get_card_retrievability(
        _card(memory, timezone), _moment(today)
    )
    return min(max(recall, 0.0), 1.0)


def graded(memory: Memory | None, grade: Grade, plan: ReviewPlan, now: datetime, timezone: str) -> tuple[Memory, int]:
    """What is known after the grade, and FSRS's interval in days, 1 at least."""
    from fsrs import Rating

    today = day_of(now, timezone)
    if memory is not None:
        # A clock that was set back is no time at all.
        today = max(today, day_of(memory.reviewed_at, timezone))
    after, _log = scheduler_of(plan.parameters, plan.retention).review_card(
        _card(memory, timezone), Rating(int(grade)), _moment(today)
    )
    if after.stability is None or after.difficulty is None:
        raise ValueError("the scheduler left a graded card without a memory")
    return Memory(after.stability, after.difficulty, now), max((after.due - _moment(today)).days, 1)


def fuzz_range(days: int) -> range:
    """The intervals that are as good as this one, by FSRS's rule."""
    if days < FUZZ_FROM:
        return range(days, days + 1)
    delta = 1.0 + sum(share * max(min(days, end) - start, 0.0) for start, end, share in _FUZZ)
    first, last = max(2, round(days - delta)), min(round(days + delta), MAX_DAYS)
    return range(min(first, last), last + 1)


def widest_range(days: int) -> range:
    """Everything that `chosen_day` may look at: the range, and a week behind it for quiet days."""
    spread = fuzz_range(days)
    return range(max(spread.start - 7, 1), spread.stop + 7)


def chosen_day(today: date, days: int, plan: ReviewPlan, loads: Mapping[date, int]) -> date:
    """The day with the fewest cards within FSRS's range, the nearest to its interval among equals, the earlier of two.

    Quiet days get none: when the whole range is quiet, the nearest other day takes the card, a later one first for what
    would come back the next day anyway.
    """
    allowed = [each for each in fuzz_range(days) if not plan.is_quiet(days_ahead(today, each))]
    if not allowed:
        near = (days + step for distance in range(1, 8) for step in (distance, -distance))
        allowed = [next(each for each in near if each >= 1 and not plan.is_quiet(days_ahead(today, each)))]
    best = min(allowed, key=lambda each: (loads.get(days_ahead(today, each), 0), abs(each - days), each))
    return days_ahead(today, best)


def outlook(
    memory: Memory | None,
    grade: Grade,
    plan: ReviewPlan,
    now: datetime,
    timezone: str,
    loads: Mapping[date, int],
) -> tuple[Memory, Outlook]:
    """What a grade leads to, on the day that the load leaves for it."""
    after, days = graded(memory, grade, plan, now, timezone)
    today = day_of(now, timezone)
    due_on = chosen_day(today, days, plan, loads)
    return after, Outlook(grade, due_on, (due_on - today).days)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _card(memory: Memory | None, timezone: str) -> "Card":
    from fsrs import Card, State

    # An id and a date are given because the library would else make them of the clock, and sleep for a millisecond.
    if memory is None:
        return Card(card_id=0, state=State.Learning, step=0, due=datetime.min.replace(tzinfo=UTC))
    return Card(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=datetime.min.replace(tzinfo=UTC),
        last_review=_moment(day_of(memory.reviewed_at, timezone)),
    )
