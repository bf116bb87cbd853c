"""What follows from finished attempts, and what the clock does for quizzes."""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.services import Services
from domain.jobs import JobPayload
from domain.quizzes.model import AttemptId, QuizId
from domain.quizzes.service import OVERDUE_AT_ONCE

log = structlog.get_logger()

Follow = Callable[[AttemptId], Awaitable[object]]
"""May be run twice for the same attempt."""


class FinishedJobs:
    def __init__(self, services: Services, follow: Sequence[Follow] = ()) -> None:
        """`follow`: what else wants to hear of each finished attempt."""
        self._services = services
        self._follow = follow

    async def finished(self, payload: JobPayload) -> None:
        attempt_id = AttemptId(int(payload["attempt_id"] or 0))
        for follow in self._follow:
            await follow(attempt_id)
        await self._services.quiz_statistics.fold()

    async def calibrate(self, payload: JobPayload) -> None:
        quiz_id = QuizId(int(payload["quiz_id"] or 0))
        if await self._services.quiz_statistics.calibrate(quiz_id):
            log.info("quizzes.calibrated", quiz_id=quiz_id)

    async def sweep(self, _payload: JobPayload) -> None:
        """Every minute: attempts whose time is over end, and what was marked since is counted.

        All of them at once: after an hour in which the program was down nobody waits for the next minute.
        """
        closed = 0
        while ended := await self._services.quizzes.close_overdue():
            closed += ended
            if ended < OVERDUE_AT_ONCE:
                break
        folded = await self._services.quiz_statistics.fold()
        if closed or folded:
            log.info("quizzes.sweep", closed=closed, folded=folded)
