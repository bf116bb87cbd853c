"""The Rasch scale on simulated students, whose true abilities are known."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from domain.quizzes.rasch import ability, calibrate, estimate


class Simulated(NamedTuple):
    marks: list[Mapping[int, bool]]
    abilities: list[float]
    difficulties: list[float]


def simulate(seed: int, people: int, asked: int, bank: int | None = None, spread: float = 1.0) -> Simulated:
    """Each student gets `asked` questions out of a bank of `bank`, drawn for them."""
    rng = np.random.default_rng(seed)
    bank = bank or asked
    difficulties = rng.normal(0, 1, bank)
    abilities = rng.normal(0.3, spread, people)
    marks: list[Mapping[int, bool]] = []
    for each in abilities:
        drawn = rng.choice(bank, asked, replace=False)
        chances = 1 / (1 + np.exp(difficulties[drawn] - each))
        right = rng.random(asked) < chances
        marks.append({int(question): bool(is_right) for question, is_right in zip(drawn, right, strict=True)})
    return Simulated(marks, [float(each) for each in abilities], [float(each) for each in difficulties])


def covered(run: Simulated) -> int:
    """How many true abilities lie within their intervals; the scale's zero is the questions' mean."""
    zero = sum(run.difficulties) / len(run.difficulties)
    found, _difficulties = estimate(run.marks)
    inside = 0
    for each, true in zip(found, run.abilities, strict=True):
        assert each is not None
        low, high = each.interval
        inside += low <= true - zero <= high
    return inside


@pytest.mark.parametrize(
    ("asked", "bank", "spread"), [(20, None, 1.0), (30, None, 1.3), (50, None, 1.0), (25, 60, 1.0), (40, 200, 0.8)]
)
def test_known_abilities_lie_in_their_intervals_of_95_percent(asked: int, bank: int | None, spread: float) -> None:
    people, groups = 1_000, 4

    inside = sum(covered(simulate(seed, people, asked, bank, spread)) for seed in range(groups))

    assert 0.93 <= inside / (people * groups) <= 0.97


def test_without_the_square_root_of_the_information_the_intervals_do_not_hold() -> None:
    run = simulate(1, 1_000, 30)
    zero = sum(run.difficulties) / len(run.difficulties)
    found, _difficulties = estimate(run.marks)

    inside = sum(
        each is not None and abs(each.value - true + zero) <= 1.96 * each.error**2
        for each, true in zip(found, run.abilities, strict=True)
    )

    assert inside / len(found) < 0.8


def test_difficulties_come_back_without_bias() -> None:
    errors: list[float] = []
    slopes: list[float] = []
    for seed in range(10):
        run = simulate(seed, 1_000, 30, 45)
        calibration = calibrate(run.marks)
        assert calibration is not None
        zero = sum(run.difficulties) / len(run.difficulties)
        true = np.array(run.difficulties) - zero
        found = np.array([calibration.difficulties[question] for question in range(45)])
        errors += list(found - true)
        slopes.append(float(np.polyfit(true, found, 1)[0]))

    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors) < 0.15
    assert abs(np.mean(slopes) - 1) < 0.03


def test_the_spread_and_the_mean_of_the_group_come_back() -> None:
    run = simulate(3, 2_000, 40, spread=1.4)
    calibration = calibrate(run.marks)

    assert calibration is not None
    zero = sum(run.difficulties) / len(run.difficulties)
    assert abs(calibration.spread - 1.4) < 0.1
    assert abs(calibration.mean - (0.3 - zero)) < 0.15


def test_all_right_and_all_wrong_are_finite_and_more_right_is_never_less() -> None:
    difficulties = {number: (number - 5) / 3 for number in range(10)}
    values = []
    for score in range(11):
        found = ability({number: number < score for number in range(10)}, difficulties)
        assert found is not None
        assert abs(found.value) < 8
        values.append(found.value)

    assert all(lower < higher for lower, higher in pairwise(values))


def test_questions_that_all_or_none_got_right_stay_on_the_scale() -> None:
    calibration = calibrate([{1: True, 2: False, 3: number % 2 == 0} for number in range(30)])

    assert calibration is not None
    assert calibration.difficulties[1] < calibration.difficulties[3] < calibration.difficulties[2]
    assert all(abs(each) < 8 for each in calibration.difficulties.values())


def test_nobody_and_nothing_asked_make_no_scale() -> None:
    assert calibrate([]) is None
    assert estimate([{}, {}]) == ([None, None], {})
    assert ability({7: True}, {1: 0.0}) is None


def test_the_scaled_score_is_50_for_the_mean_of_the_group_and_stays_between_0_and_100() -> None:
    run = simulate(5, 1_000, 50)
    calibration = calibrate(run.marks)
    assert calibration is not None
    scaled = [calibration.scaled(each).value for each in estimate(run.marks)[0] if each is not None]

    assert abs(sum(scaled) / len(scaled) - 50) < 1
    assert 0 <= min(scaled) < 30
    assert 70 < max(scaled) <= 100


def test_abilities_lie_in_their_intervals_when_difficulties_are_no_bell_either() -> None:
    inside = total = 0
    for seed in range(3):
        rng = np.random.default_rng(seed)
        difficulties = rng.uniform(-1.5, 1.5, 30)
        difficulties -= difficulties.mean()
        abilities = rng.normal(0.3, 1.1, 1_000)
        right = rng.random((1_000, 30)) < 1 / (1 + np.exp(difficulties - abilities[:, None]))
        found, _difficulties = estimate([dict(enumerate(map(bool, each))) for each in right])
        for each, true in zip(found, abilities, strict=True):
            assert each is not None
            inside += each.interval[0] <= true <= each.interval[1]
            total += 1

    assert 0.93 <= inside / total <= 0.97
