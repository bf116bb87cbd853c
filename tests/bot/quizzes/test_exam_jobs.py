"""The job of an exam: it is there at the moment, whatever the clocks of the queue and of this process say."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.quizzes.exam_jobs import ExamJobs
from bot.services import Services
from domain.quizzes.exams.model import WAKE_BEFORE
from domain.quizzes.model import QuizId

OPENS = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Keeper:
    """Begins at its moment and not before."""

    def __init__(self, now: "Clock") -> None:
        self._now = now
        self.begun_at: datetime | None = None

    async def advance(self, _quiz_id: QuizId) -> datetime | None:
        if self._now() < OPENS:
            return OPENS
        self.begun_at = self._now()
        return None


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("early", [WAKE_BEFORE, WAKE_BEFORE + timedelta(milliseconds=40), timedelta(milliseconds=1)])
async def test_it_wakes_before_the_beginning_and_waits_for_the_very_moment(early: timedelta) -> None:
    clock = Clock(OPENS - early)
    keeper = Keeper(clock)

    await _jobs(keeper, clock).run({"quiz_id": 1})

    assert keeper.begun_at == OPENS


async def test_it_does_not_sit_in_the_queue_for_what_is_far_away() -> None:
    clock = Clock(OPENS - timedelta(minutes=4))
    keeper = Keeper(clock)

    await _jobs(keeper, clock).run({"quiz_id": 1})

    assert keeper.begun_at is None
    assert clock.now == OPENS - timedelta(minutes=4)


def _jobs(keeper: Any, clock: Clock) -> ExamJobs:
    services = cast("Services", SimpleNamespace(exam_keeper=keeper))
    return ExamJobs(services, now=clock, sleep=clock.sleep)
