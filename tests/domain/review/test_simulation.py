"""The benchmark's simulation, small: it fails when scheduling is broken. The whole one: `make bench-review`."""

from datetime import UTC, datetime, time
from statistics import mean

import pytest

from domain.review import scheduling
from domain.review.model import Grade, Memory, ReviewPlan
from tests.bench.review_simulation import ALL_SORTS, DEFAULTS, Habits, Student, TrueMemory
from tests.domain.review.logs import log_of

SEEDS = (0, 1, 2)
HABITS = Habits(days=200, new_days=100, new_a_day=1, firsts=ALL_SORTS)


def mean_gain() -> float:
    """In the same time, over the students that the benchmark has first."""
    students = [Student(seed, HABITS) for seed in SEEDS]
    return mean(each.at_equal_time(each.fixed)[1] - each.fixed.retention for each in students)


def test_fsrs_keeps_more_in_mind_than_fixed_intervals_in_the_same_time() -> None:
    assert mean_gain() > 0


def test_and_the_simulation_notices_when_scheduling_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = scheduling.graded

    def broken(
        memory: Memory | None, grade: Grade, plan: ReviewPlan, now: datetime, timezone: str
    ) -> tuple[Memory, int]:
        """Grades are mixed up: what was forgotten comes late, what is known comes soon."""
        mixed = {Grade.AGAIN: Grade.EASY, Grade.GOOD: Grade.HARD, Grade.EASY: Grade.AGAIN}.get(grade, grade)
        return sound(memory, mixed, plan, now, timezone)

    monkeypatch.setattr("tests.bench.review_simulation.graded", broken)
    assert mean_gain() < 0


def test_the_memory_of_the_simulation_is_fsrss() -> None:
    """Written anew from the formulas; with the same parameters both have to agree."""
    memories: dict[int, Memory] = {}
    heads: dict[int, TrueMemory] = {}
    for review in log_of(seed=1, days=60):
        day = review.day.toordinal()
        moment = datetime.combine(review.day, time(), UTC)
        if review.card_id in heads:
            heads[review.card_id].review(day, int(review.grade))
        else:
            heads[review.card_id] = TrueMemory(DEFAULTS)
            heads[review.card_id].learn(day, int(review.grade))
        memories[review.card_id], _days = scheduling.graded(
            memories.get(review.card_id), review.grade, ReviewPlan(), moment, "UTC"
        )

    for card_id, memory in memories.items():
        assert heads[card_id].stability == pytest.approx(memory.stability)
        assert heads[card_id].difficulty == pytest.approx(memory.difficulty)
