"""The scale of an exam finds again what a simulation put in."""

import math
import random

import pytest

from domain.quizzes.exams.scale import estimate


def simulated(
    students: int, questions: int, asked: int, seed: int
) -> tuple[list[float], list[float], list[dict[int, bool]]]:
    chance = random.Random(seed)
    difficulties = [chance.uniform(-1.5, 1.5) for _ in range(questions)]
    mean = sum(difficulties) / questions
    difficulties = [difficulty - mean for difficulty in difficulties]
    abilities = [chance.gauss(0.3, 1.1) for _ in range(students)]
    marks = [
        {
            question: chance.random() < 1 / (1 + math.exp(difficulties[question] - ability))
            for question in chance.sample(range(questions), asked)
        }
        for ability in abilities
    ]
    return abilities, difficulties, marks


@pytest.mark.parametrize(("questions", "asked"), [(30, 30), (60, 25)], ids=["all", "drawn"])
def test_known_abilities_lie_in_their_intervals_95_times_of_100(questions: int, asked: int) -> None:
    inside = total = 0
    for seed in range(3):
        abilities, difficulties, marks = simulated(1_000, questions, asked, seed)
        estimates, found = estimate(marks)
        for ability, each in zip(abilities, estimates, strict=True):
            assert each is not None
            low, high = each.interval
            inside += low <= ability <= high
            total += 1
        errors = [found[number] - difficulty for number, difficulty in enumerate(difficulties)]
        assert abs(sum(errors) / len(errors)) < 0.01
        assert max(map(abs, errors)) < 0.45

    assert 0.93 <= inside / total <= 0.97


def test_all_right_and_all_wrong_have_finite_abilities() -> None:
    marks = [dict.fromkeys(range(5), True), dict.fromkeys(range(5), False), {0: True, 1: False}, {}]

    estimates, _difficulties = estimate(marks)

    best, worst, middle, nobody = estimates
    assert best and worst and middle  # noqa: PT018 - they are narrowed together
    assert nobody is None
    assert -8 < worst.value < middle.value < best.value < 8


def test_nothing_is_made_of_nothing() -> None:
    assert estimate([]) == ([], {})
    assert estimate([{}]) == ([None], {})
