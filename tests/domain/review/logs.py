"""A log of somebody whose memory is not the one that FSRS takes for granted."""

import random
from datetime import UTC, date, datetime, time, timedelta

from domain.review.model import Grade, LoggedReview, Memory, ReviewCardId, ReviewPlan
from domain.review.scheduling import graded
from tests.bench.review_simulation import DEFAULTS, TrueMemory

FIRST_DAY = date(2026, 3, 2)
STRONG = (2.0, 4.0, 8.0, 20.0, *DEFAULTS[4:8], 2.4, *DEFAULTS[9:20], 0.3)
"""Remembers a mistake for days, and everything for longer."""


def log_of(*, seed: int, days: int, w: tuple[float, ...] = STRONG) -> list[LoggedReview]:
    """Four mistakes a day in the first half, reviewed on the days that the defaults say."""
    rng = random.Random(seed)
    heads: dict[int, TrueMemory] = {}
    memories: dict[int, Memory] = {}
    due: dict[int, int] = {}
    log: list[LoggedReview] = []
    for day in range(days):
        if day < days // 2:
            due |= dict.fromkeys(range(4 * day, 4 * day + 4), day)
        today = FIRST_DAY + timedelta(days=day)
        for card in [card for card, at in due.items() if at <= day]:
            if card in heads:
                grade = Grade.GOOD if rng.random() < heads[card].recall(day) else Grade.AGAIN
                heads[card].review(day, int(grade))
            else:
                grade = Grade.AGAIN
                heads[card] = TrueMemory(w)
                heads[card].learn(day, int(grade))
            moment = datetime.combine(today, time(), UTC)
            memories[card], ahead = graded(memories.get(card), grade, ReviewPlan(), moment, "UTC")
            due[card] = day + ahead
            log.append(LoggedReview(ReviewCardId(card), today, grade))
    return log
