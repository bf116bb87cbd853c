"""Pairs of students in one exam whose *wrong* answers agree more than chance explains: a reason to look, no verdict.

Right answers agree because they are right, so only questions count that both answered, and both wrongly. How likely it
is that two such answers are the same follows from what the others chose: the share of pairs among those who were wrong
that chose alike. The number of agreements is then a sum of independent chances with a different probability each, and
its tail is computed exactly. This is the generalised binomial test (van der Linden and Sotaridona, Journal of
Educational and Behavioral Statistics 31, 2006) on wrong answers only, as in Holland's K-index (ETS RR-96-7, 1996), with
the response model replaced by the choices of this very exam.

It is careful in four ways. Weak students may share their favourite mistakes, so the shares are taken among all and
among each third of the class, and the largest counts. Little data counts as if two more had agreed. No agreement is
taken to be rarer than `RAREST`. And the more pairs are compared, the less likely each has to be: of honest exams, one
in ten flags a pair by accident, however large it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.identity import UserId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FALSE_FLAGS = 0.1
"""Pairs that are expected to be flagged by accident in an exam of honest students."""
FEWEST = 5
"""Same mistakes below which nothing is said, however rare they are."""
RAREST = 0.05
"""The probability of an agreement is never taken to be lower."""
MOST = 50
"""Pairs that are shown, the least likely first."""
_THIRDS = 3
_ENOUGH = 30
"""Wrong answers to a question in a third of the class that its own shares need."""
_SCREEN = 2.0
"""Standard deviations above the mean from which on the exact tail is computed."""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What a student answered wrongly: by question, the choice in the kept order, in any fixed spelling."""

    user_id: UserId
    right: int
    """Right answers; they only tell how strong a student is."""
    wrong: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two students to look at, and why."""

    first: UserId
    second: UserId
    same: tuple[int, ...]
    """Questions that both answered wrongly, and in the same way; the rarest agreement first."""
    both_wrong: int
    """Questions that both answered wrongly."""
    expected: float
    """How many of these would be the same by chance."""
    chance: float
    """The probability that chance makes a given pair agree so often."""


def lookalikes(exam: Sequence[Mistakes]) -> tuple[Lookalike, ...]:
    """At most `MOST` pairs, the least likely first; parallel versions are compared in what they have in common.

    Seconds of work for a thousand students: not for an event loop.
    """
    import numpy as np

    students = sorted((each for each in exam if len(each.wrong) >= FEWEST), key=lambda each: (each.right, each.user_id))
    if len(students) < 2:
        return ()
    pairs = len(exam) * (len(exam) - 1) / 2
    limit = FALSE_FLAGS / pairs
    items = sorted({question for each in students for question in each.wrong})
    place = {question: column for column, question in enumerate(items)}
    codes = np.full((len(students), len(items)), -1, dtype=np.int64)
    spellings: list[dict[str, int]] = [{} for _ in items]
    for row, each in enumerate(students):
        for question, choice in each.wrong.items():
            column = place[question]
            codes[row, column] = spellings[column].setdefault(choice, len(spellings[column]))
    groups = np.array_split(np.arange(len(students)), _THIRDS)
    overall = _agreement(codes, fewest=0)
    shares = [np.maximum(overall, _agreement(codes[group], fewest=_ENOUGH)) for group in groups]
    found: list[Lookalike] = []
    for number, rows in enumerate(groups):
        for other in range(number, _THIRDS):
            probability = np.clip(np.maximum(shares[number], shares[other]), RAREST, 1.0)
            for first, second in _suspects(codes, rows, groups[other], probability):
                pair = _judged(codes, first, second, probability, items, students)
                if pair.chance <= limit and len(pair.same) >= FEWEST:
                    found.append(pair)
    return tuple(sorted(found, key=lambda pair: (pair.chance, pair.first, pair.second))[:MOST])


def _agreement(codes: Any, *, fewest: int) -> "Floats":
    """By question, the share of pairs of wrong answers that are the same; 0 where fewer than `fewest` were wrong."""
    import numpy as np

    shares = np.zeros(codes.shape[1])
    for column in range(codes.shape[1]):
        chosen = codes[codes[:, column] >= 0, column]
        if len(chosen) < max(fewest, 1):
            continue
        counts = np.bincount(chosen)
        alike = (counts * (counts - 1)).sum() / 2
        pairs = len(chosen) * (len(chosen) - 1) / 2
        shares[column] = (alike + 1) / (pairs + 1)
    return shares


def _suspects(codes: Any, rows: Any, others: Any, probability: "Floats") -> list[tuple[int, int]]:
    """Pairs, one of each group, that agree so often that their exact tail is worth computing."""
    import numpy as np

    wrong = (codes >= 0).astype(np.float64)
    mean = (wrong[rows] * probability) @ wrong[others].T
    variance = (wrong[rows] * probability * (1 - probability)) @ wrong[others].T
    alike = np.zeros_like(mean)
    for column in range(codes.shape[1]):
        mine, theirs = codes[rows, column], codes[others, column]
        for code in range(int(codes[:, column].max()) + 1):
            left, right = np.flatnonzero(mine == code), np.flatnonzero(theirs == code)
            if len(left) and len(right):
                alike[np.ix_(left, right)] += 1
    is_suspect = (alike >= FEWEST) & (alike >= mean + _SCREEN * np.sqrt(variance))
    return [
        (int(rows[left]), int(others[right]))
        for left, right in zip(*np.nonzero(is_suspect), strict=True)
        if rows[left] < others[right]
    ]


def _judged(
    codes: Any, first: int, second: int, probability: "Floats", items: Sequence[int], students: Sequence[Mistakes]
) -> Lookalike:
    import numpy as np

    mine, theirs = codes[first], codes[second]
    both: list[int] = np.flatnonzero((mine >= 0) & (theirs >= 0)).tolist()
    same = [column for column in both if mine[column] == theirs[column]]
    chances: list[float] = probability[both].tolist()
    one, other = sorted((students[first].user_id, students[second].user_id))
    return Lookalike(
        first=one,
        second=other,
        same=tuple(items[column] for column in sorted(same, key=lambda column: (probability[column], items[column]))),
        both_wrong=len(both),
        expected=sum(chances),
        chance=tail(chances, len(same)),
    )


def tail(chances: Sequence[float], count: int) -> float:
    """The probability that at least `count` of independent events happen, each with a chance of its own.

    The terms are all positive, so even the smallest tail keeps its digits: it is summed, not subtracted from 1.
    """
    import numpy as np

    distribution = np.zeros(len(chances) + 1)
    distribution[0] = 1.0
    for chance in chances:
        distribution[1:] = distribution[1:] * (1 - chance) + distribution[:-1] * chance
        distribution[0] *= 1 - chance
    return float(distribution[count:].sum())
