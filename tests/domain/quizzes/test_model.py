from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quizzes.model import LONGEST_THOUGHT, Score, time_spent
from tests.domain.quizzes.fakes import NOON


@pytest.mark.parametrize(
    ("correct", "total", "percent"),
    [(0, 3, 0), (1, 3, 33), (2, 3, 67), (3, 3, 100), (199, 200, 99), (1, 300, 1), (1, 200, 1), (1, 2, 50)],
)
def test_a_percent_is_rounded_but_never_up_to_perfect_nor_down_to_nothing(
    correct: int, total: int, percent: int
) -> None:
    assert Score(correct, total).percent == percent


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_a_percent_is_never_off_by_more_than_one(counts: tuple[int, int]) -> None:
    correct, total = counts
    percent = Score(correct, total).percent

    assert abs(percent - 100 * correct / total) <= 1
    assert (percent == 100) == (correct == total)
    assert (percent == 0) == (correct == 0)


def test_a_break_is_not_counted_as_work() -> None:
    answered = [NOON + timedelta(minutes=1), NOON + timedelta(days=1), NOON + timedelta(days=1, minutes=2)]

    assert time_spent(NOON, answered) == timedelta(minutes=1) + LONGEST_THOUGHT + timedelta(minutes=2)


@given(st.lists(st.integers(-(10**6), 10**6)))
def test_the_time_is_never_negative_however_the_clock_jumps(seconds: list[int]) -> None:
    spent = time_spent(NOON, [NOON + timedelta(seconds=offset) for offset in seconds])

    assert timedelta() <= spent <= LONGEST_THOUGHT * len(seconds)
