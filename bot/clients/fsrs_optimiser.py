"""Fits the parameters of the memory model with FSRS's own optimiser, in Rust, in a thread: ten thousand reviews take it
a fraction of a second."""

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import structlog

from domain.review.model import Grade, LoggedReview
from domain.review.tuning import histories

if TYPE_CHECKING:
    from fsrs_rs_python import FSRSItem

log = structlog.get_logger()


class RustOptimiser:
    """One fit at a time, so that it takes one core at most."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def optimise(self, reviews: Sequence[LoggedReview]) -> Sequence[float] | None:
        async with self._one_at_a_time:
            return await asyncio.to_thread(_fit, reviews)


def _fit(reviews: Sequence[LoggedReview]) -> Sequence[float] | None:
    from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS
    from fsrs_rs_python import DEFAULT_PARAMETERS, FSRS

    items = [item for history in histories(reviews).values() for item in _items(history)]
    try:
        found = FSRS(DEFAULT_PARAMETERS).compute_parameters(items)
    except ValueError as error:
        log.warning("review.not_fitted", cause=type(error).__name__, items=len(items))
        return None
    # It counts in single precision, which may leave a bound by a hair.
    bounds = zip(found, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    return [min(max(value, lowest), highest) for value, lowest, highest in bounds]


def _items(history: Sequence[tuple[date, Grade]]) -> "list[FSRSItem]":
    """One for each beginning of the history that ends with a review on a later day: that is what is predicted."""
    from fsrs_rs_python import FSRSItem, FSRSReview

    gaps = [0, *(max((later - earlier).days, 0) for (earlier, _), (later, _) in pairwise(history))]
    asked = [FSRSReview(int(grade), gap) for (_day, grade), gap in zip(history, gaps, strict=True)]
    return [FSRSItem(asked[: end + 1]) for end in range(1, len(asked)) if gaps[end] > 0]
