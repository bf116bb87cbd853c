"""Abilities and difficulties on one scale, in logits: the Rasch model, calibrated from the answers themselves.

Difficulties by marginal maximum likelihood: the EM algorithm of Bock and Aitkin (Psychometrika 46, 1981) with
Gauss-Hermite nodes for normally distributed abilities, whose spread is estimated too. Abilities by Warm's weighted
likelihood (Psychometrika 54, 1989), finite when everything or nothing was right. Whoever was asked other questions is
on the same scale: what was not asked is left out. Own code, because `girth` is not maintained and `py-irt` needs torch.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NODES = 31
_ROUNDS = 500
_CLOSE = 1e-4
_PRIOR = 9.0
"""Variance of a weak prior on difficulties: a question that all or none got right stays on the scale."""
_FARTHEST = 8.0
_INTERVAL = 1.96
"""Standard errors to either side that hold the true ability 95 times of 100."""
FEWEST_PEOPLE = 20
"""Below that difficulties are too uncertain to be called a scale; 30 is Linacre's usual minimum (Rasch Measurement
Transactions 7:4, 1994) for difficulties within a logit, and a class here is often a little smaller."""


@dataclass(frozen=True, slots=True)
class Estimate:
    value: float
    """Logits."""
    error: float
    """Standard error."""

    @property
    def interval(self) -> tuple[float, float]:
        """Of 95 %."""
        return self.value - _INTERVAL * self.error, self.value + _INTERVAL * self.error


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a group's answers say about the questions, and how the group's abilities are spread."""

    difficulties: Mapping[int, float]
    """By question, 0 on average."""
    mean: float
    spread: float
    people: int

    def scaled(self, estimate: Estimate) -> Estimate:
        """As national certificates present it: 50 for the group's mean, 10 for its standard deviation, 0 to 100.

        A T-score (McCall 1922). It is our assumption that this resembles the Milliy sertifikat, not its formula: whom
        that norms on, and how it weighs parts of a test, is left out here.
        """
        return Estimate(
            value=min(max(50 + 10 * (estimate.value - self.mean) / self.spread, 0.0), 100.0),
            error=10 * estimate.error / self.spread,
        )


def calibrate(marks: Sequence[Mapping[int, bool]]) -> Calibration | None:
    """From each student's answers, by question whether it was right. None when nobody was asked anything.

    Heavy: seconds for thousands of students. Students with equal answers are worked out once.
    """
    import numpy as np

    asked, right, questions = _table(marks)
    if not questions:
        return None
    difficulties, spread = _difficulties(asked, right)
    mean = -float(difficulties.mean())
    centred = difficulties + mean
    return Calibration(
        difficulties=dict(zip(questions, map(float, np.round(centred, 6)), strict=True)),
        mean=mean,
        spread=spread,
        people=len(asked),
    )


def estimate(marks: Sequence[Mapping[int, bool]]) -> tuple[list[Estimate | None], dict[int, float]]:
    """The abilities of a group, and the difficulties that it is calibrated to; None for who was asked nothing."""
    calibration = calibrate(marks)
    if calibration is None:
        return [None] * len(marks), {}
    return [ability(each, calibration.difficulties) for each in marks], dict(calibration.difficulties)


def ability(marks: Mapping[int, bool], difficulties: Mapping[int, float]) -> Estimate | None:
    """Warm's estimate from one student's answers; questions that are not on the scale are left out.

    By bisection: the equation has one solution, because its left side falls. None when no question is on the scale.
    """
    known = [(difficulties[question], is_right) for question, is_right in marks.items() if question in difficulties]
    if not known:
        return None
    score = sum(is_right for _difficulty, is_right in known)
    low, high = -_FARTHEST, _FARTHEST
    for _round in range(40):
        middle = (low + high) / 2
        expected, information, skew = _moments(middle, known)
        if score - expected + skew / (2 * information) > 0:
            low = middle
        else:
            high = middle
    value = (low + high) / 2
    return Estimate(value, 1 / math.sqrt(_moments(value, known)[1]))


def _moments(value: float, known: Sequence[tuple[float, bool]]) -> tuple[float, float, float]:
    expected = information = skew = 0.0
    for difficulty, _is_right in known:
        chance = 1 / (1 + math.exp(difficulty - value))
        variance = chance * (1 - chance)
        expected += chance
        information += variance
        skew += variance * (1 - 2 * chance)
    return expected, max(information, 1e-9), skew


def _table(marks: Sequence[Mapping[int, bool]]) -> "tuple[Floats, Floats, list[int]]":
    import numpy as np

    questions = sorted({question for each in marks for question in each})
    column = {question: number for number, question in enumerate(questions)}
    people = [each for each in marks if each]
    asked = np.zeros((len(people), len(questions)))
    right = np.zeros_like(asked)
    for row, each in enumerate(people):
        for question, is_right in each.items():
            asked[row, column[question]] = 1
            right[row, column[question]] = is_right
    return asked, right, questions


def _difficulties(asked: "Floats", right: "Floats") -> "tuple[Floats, float]":
    """For abilities with the mean 0, and their standard deviation."""
    import numpy as np

    # Of the physicists' polynomials; these nodes and weights are those of the standard normal distribution.
    raw, weights = np.polynomial.hermite.hermgauss(_NODES)
    nodes, weights = raw * math.sqrt(2), weights / weights.sum()
    # The likelihood depends on who was asked what and on the sum of right answers: equal people are counted, not
    # repeated.
    keys = np.concatenate([asked, right.sum(1, keepdims=True)], axis=1)
    groups, counts = np.unique(keys, axis=0, return_counts=True)
    patterns, scores, counts = groups[:, :-1], groups[:, -1], counts.astype(float)
    totals, shown = right.sum(0), asked.sum(0)
    spread = 1.0
    share = (totals + 0.5) / (shown + 1)
    difficulties = np.log((1 - share) / share)
    for _round in range(_ROUNDS):
        abilities = spread * nodes
        chance = 1 / (1 + np.exp(difficulties[None, :] - abilities[:, None]))
        # Equal for equal sums, up to what does not depend on the ability: sum * ability - sum of log(1 + e^(a - b)).
        likelihood = (
            scores[:, None] * abilities[None, :] + patterns @ np.log1p(-np.clip(chance, 0, 1 - 1e-12)).T
        ) + np.log(weights)
        posterior = np.exp(likelihood - likelihood.max(1, keepdims=True))
        posterior *= (counts / posterior.sum(1))[:, None]
        expected = posterior.T @ patterns
        surplus = (expected * chance).sum(0) - totals - difficulties / _PRIOR
        information = (expected * chance * (1 - chance)).sum(0) + 1 / _PRIOR
        step = np.clip(surplus / information, -1, 1)
        difficulties = difficulties + step
        before, spread = spread, float(np.clip(math.sqrt((posterior @ abilities**2).sum() / counts.sum()), 0.1, 5))
        if max(np.abs(step).max(), abs(spread - before)) < _CLOSE:
            break
    return difficulties, spread
