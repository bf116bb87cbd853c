"""What follows from a finished attempt: everybody who asked hears of it, and the attempt is counted."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from bot.quizzes.finished_jobs import FinishedJobs


def jobs_of(*follow: Any) -> tuple[FinishedJobs, Any]:
    services: Any = SimpleNamespace(
        quiz_statistics=SimpleNamespace(fold=AsyncMock(return_value=1), calibrate=AsyncMock(return_value=True)),
        quizzes=SimpleNamespace(close_overdue=AsyncMock(return_value=2)),
    )
    return FinishedJobs(services, follow), services


async def test_a_finished_attempt_is_told_to_all_who_asked_and_counted() -> None:
    first, second = AsyncMock(), AsyncMock()
    jobs, services = jobs_of(first, second)

    await jobs.finished({"attempt_id": 7})

    first.assert_awaited_once_with(7)
    second.assert_awaited_once_with(7)
    services.quiz_statistics.fold.assert_awaited_once_with()


async def test_every_minute_late_attempts_end_before_the_rest_is_counted() -> None:
    jobs, services = jobs_of()

    await jobs.sweep({})
    await jobs.calibrate({"quiz_id": 3})

    services.quizzes.close_overdue.assert_awaited_once_with()
    services.quiz_statistics.fold.assert_awaited_once_with()
    services.quiz_statistics.calibrate.assert_awaited_once_with(3)
