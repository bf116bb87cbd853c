"""Parameters of the memory model, learnt from one student's own log.

FSRS's defaults were fitted to hundreds of millions of reviews. Below some hundred reviews of one person, 21 parameters
follow chance more than the person, so nothing is fitted before MIN_REVIEWS, which is also what FSRS's authors ask for.
Fitted ones are taken only if they predict reviews that they were not fitted to better than those in use do: the last
fifth of the log, judged by the mean log loss of its predictions.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from math import log

from domain.clock import Clock
from domain.review.model import Grade, LoggedReview, Memory, ReviewCardId, ReviewPlan
from domain.review.ports import TUNE_STUDENT_JOB, Optimiser
from domain.review.scheduling import graded, predicted
from domain.unit_of_work import Begin
from domain.users.model import UserId

MIN_REVIEWS = 400
"""The partial index of the schema says the same number."""
MAX_REVIEWS = 10_000
"""The newest ones; older habits of a memory say less, and fitting takes time."""
HELD_OUT = 0.2
AT_ONCE = 500
_SURE = 1e-4
"""Predictions are kept away from 0 and 1, whose log loss has no end."""


class ReviewTuning:
    def __init__(self, *, begin: Begin, read: Begin, now: Clock, optimiser: Optimiser) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._optimiser = optimiser

    async def start(self) -> int:
        """Enqueue a fit for each student whose log has grown by a hundred reviews since the last; how many."""
        count, after = 0, None
        while True:
            async with self._begin() as uow:
                users = await uow.review.to_tune(after, AT_ONCE)
                for user_id in users:
                    await uow.jobs.enqueue(TUNE_STUDENT_JOB, {"user_id": user_id}, key=f"{TUNE_STUDENT_JOB}:{user_id}")
                await uow.commit()
            count += len(users)
            if len(users) < AT_ONCE:
                return count
            after = users[-1]

    async def tune(self, user_id: UserId) -> bool:
        """Fit the student's parameters and keep them if they predict better; whether they did.

        No connection is held while it fits. Running it twice costs time only.
        """
        async with self._read() as uow:
            plan, timezone = await uow.review.plan(user_id)
            reviews = await uow.review.log(user_id, timezone, MAX_REVIEWS)
        better: Sequence[float] | None = None
        if len(reviews) >= MIN_REVIEWS:
            learnt = reviews[: round(len(reviews) * (1 - HELD_OUT))]
            found = await self._optimiser.optimise(learnt)
            if found is not None and is_better(tuple(found), plan.parameters, reviews, len(learnt)):
                better = found
        async with self._begin() as uow:
            await uow.review.note_tuning(user_id, better, self._now())
            await uow.commit()
        return better is not None


def is_better(
    found: tuple[float, ...], used: tuple[float, ...] | None, reviews: Sequence[LoggedReview], learnt: int
) -> bool:
    """Whether `found` predicts the reviews from `learnt` on better. Parameters out of FSRS's bounds never do."""
    try:
        return log_loss(found, reviews, learnt) < log_loss(used, reviews, learnt)
    except ValueError:
        return False


def log_loss(parameters: tuple[float, ...] | None, reviews: Sequence[LoggedReview], first: int = 0) -> float:
    """The mean of -ln(the probability that was given to what happened), over reviews from number `first` on.

    A card's first grade and a second one on the same day are not predicted, but remembered. Raises ValueError for
    parameters out of bounds.
    """
    losses = [
        -log(min(max(chance if grade is not Grade.AGAIN else 1 - chance, _SURE), 1))
        for number, (chance, grade) in enumerate(_predictions(parameters, reviews))
        if number >= first and chance is not None
    ]
    return sum(losses) / len(losses) if losses else 0.0


def histories(reviews: Sequence[LoggedReview]) -> dict[ReviewCardId, list[tuple[date, Grade]]]:
    """By card, oldest first."""
    cards: dict[ReviewCardId, list[tuple[date, Grade]]] = defaultdict(list)
    for review in reviews:
        cards[review.card_id].append((review.day, review.grade))
    return cards


def _predictions(
    parameters: tuple[float, ...] | None, reviews: Sequence[LoggedReview]
) -> Iterator[tuple[float | None, Grade]]:
    plan = ReviewPlan(parameters=parameters)
    memories: dict[ReviewCardId, Memory] = {}
    for review in reviews:
        memory = memories.get(review.card_id)
        yield predicted(memory, plan, review.day, "UTC") if memory else None, review.grade
        moment = datetime.combine(review.day, time(), UTC)
        memories[review.card_id] = graded(memory, review.grade, plan, moment, "UTC")[0]
