"""Abilities and difficulties of one exam on one scale, in logits: the Rasch model, calibrated from the exam itself.

Difficulties by marginal maximum likelihood: the EM algorithm of Bock and Aitkin (Psychometrika 46, 1981) for normally
distributed abilities, whose spread is estimated too. Abilities by Warm's weighted likelihood (Psychometrika 54, 1989),
which stays finite when everything or nothing was right. Students may have been asked different questions. Numpy only:
the packages that do this are unmaintained or bring a deep-learning library along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NODES = 31
"""Of the normal distribution, spaced evenly over six standard deviations to either side."""
_ROUNDS = 500
_CLOSE = 1e-4
_PRIOR = 9.0
"""Variance of a weak prior on difficulties: a question that all or none got right stays on the scale."""
_FARTHEST = 8.0
_INTERVAL = 1.96
"""Standard errors to either side that hold the true ability 95 times of 100."""


@dataclass(frozen=True, slots=True)
class Estimate:
    value: float
    error: float
    """Standard error."""

    @property
    def interval(self) -> tuple[float, float]:
        return self.value - _INTERVAL * self.error, self.value + _INTERVAL * self.error


def estimate(marks: Sequence[Mapping[int, bool]]) -> tuple[list[Estimate | None], dict[int, float]]:
    """For each student, by question whether it was right, the ability; and the questions' difficulties, 0 on average.

    None for whoever was asked nothing.
    """
    import numpy as np

    questions = sorted({question for each in marks for question in each})
    if not questions:
        return [None] * len(marks), {}
    column = {question: number for number, question in enumerate(questions)}
    asked = np.zeros((len(marks), len(questions)))
    right = np.zeros_like(asked)
    for row, each in enumerate(marks):
        for question, is_right in each.items():
            asked[row, column[question]] = 1
            right[row, column[question]] = is_right
    difficulties = _difficulties(asked, right)
    values, errors = _abilities(asked, right, difficulties)
    estimates = [
        Estimate(float(value), float(error)) if each else None
        for each, value, error in zip(marks, values, errors, strict=True)
    ]
    return estimates, dict(zip(questions, map(float, difficulties), strict=True))


def _difficulties(asked: "Floats", right: "Floats") -> "Floats":
    import numpy as np

    nodes = np.linspace(-6, 6, _NODES)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    spread = 1.0
    share = (right.sum(0) + 0.5) / (asked.sum(0) + 1)
    difficulties = np.log((1 - share) / share)
    for _round in range(_ROUNDS):
        chance = _sigmoid(spread * nodes[:, None] - difficulties[None, :])
        likelihood = right @ np.log(chance).T + (asked - right) @ np.log(1 - chance).T + np.log(weights)
        posterior = np.exp(likelihood - likelihood.max(1, keepdims=True))
        posterior /= posterior.sum(1, keepdims=True)
        expected = posterior.T @ asked
        surplus = (expected * chance).sum(0) - right.sum(0) - difficulties / _PRIOR
        information = (expected * chance * (1 - chance)).sum(0) + 1 / _PRIOR
        step = np.clip(surplus / information, -1, 1)
        difficulties = difficulties + step
        spread = float(np.clip(np.sqrt((posterior @ (spread * nodes) ** 2).mean()), 0.1, 5))
        if np.abs(step).max() < _CLOSE:
            break
    return difficulties - difficulties.mean()


def _abilities(asked: "Floats", right: "Floats", difficulties: "Floats") -> "tuple[Floats, Floats]":
    """By bisection: Warm's equation has one solution, because its left side falls."""
    import numpy as np

    score = right.sum(1)
    low, high = np.full(len(asked), -_FARTHEST), np.full(len(asked), _FARTHEST)
    for _round in range(50):
        middle = (low + high) / 2
        chance = _sigmoid(middle[:, None] - difficulties[None, :])
        variance = asked * chance * (1 - chance)
        information = np.maximum(variance.sum(1), 1e-9)
        slope = score - (asked * chance).sum(1) + (variance * (1 - 2 * chance)).sum(1) / (2 * information)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    value = (low + high) / 2
    chance = _sigmoid(value[:, None] - difficulties[None, :])
    information = np.maximum((asked * chance * (1 - chance)).sum(1), 1e-9)
    return value, 1 / np.sqrt(information)


def _sigmoid(x: "Floats") -> "Floats":
    import numpy as np

    return np.clip(1 / (1 + np.exp(-x)), 1e-12, 1 - 1e-12)
