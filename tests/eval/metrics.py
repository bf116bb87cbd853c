"""How good a ranking or a set of citations is. Pure functions."""

import math
from collections.abc import Collection, Sequence
from typing import TypeVar

T = TypeVar("T")


def recall_at(ranked: Sequence[T], right: Collection[T], count: int) -> float:
    """Whether one of the right places is among the first `count`: 1 or 0.

    The evaluation's questions have one answer, and finding one of its places is enough to give it.
    """
    return float(any(place in right for place in ranked[:count]))


def ndcg_at(gains: Sequence[float], ideal: Sequence[float], count: int) -> float:
    """Normalised discounted cumulative gain, from 0 to 1: `gains` as they were ranked beside the best that there are.

    Gains as they are, log2(place + 1) as discount: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
    techniques", 2002.
    """
    best = _discounted(sorted(ideal, reverse=True)[:count])
    return _discounted(gains[:count]) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def precision(cited: Collection[T], right: Collection[T]) -> float | None:
    """The share of what is cited that is right; None when nothing is."""
    return len(set(cited) & set(right)) / len(set(cited)) if cited else None


def recall(cited: Collection[T], right: Collection[T]) -> float | None:
    """Whether what is right was cited, in parts; None when there was nothing to cite."""
    return len(set(cited) & set(right)) / len(set(right)) if right else None


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(math.ceil(share * len(ordered)), len(ordered)) - 1] if ordered else None
