"""The jobs of exams: each step at its moment, and what is worked out at the end."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.services import Services
from domain.clock import Clock, utc_now
from domain.identity import UserId
from domain.jobs import JobPayload
from domain.notifications.model import Notification
from domain.quizzes.exams.judging import judge
from domain.quizzes.exams.model import WAKE_BEFORE
from domain.quizzes.model import QuizId

log = structlog.get_logger()


class ExamJobs:
    def __init__(
        self,
        services: Services,
        *,
        now: Clock = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._services = services
        self._now = now
        self._sleep = sleep

    async def run(self, payload: JobPayload) -> None:
        """What is due of one exam. The queue may look seconds late, so it wakes this up early, and this waits."""
        quiz_id = QuizId(int(payload["quiz_id"] or 0))
        while (due := await self._services.exam_keeper.advance(quiz_id)) is not None:
            left = due - self._now()
            # The database's clock decides when the job is taken up; ours may still be a little behind it. Whoever went
            # away then would be missed: while this job runs, another with its key is not added.
            if left > 2 * WAKE_BEFORE:
                return
            await self._sleep(max(left / timedelta(seconds=1), 0.0))

    async def sweep(self, _payload: JobPayload) -> None:
        """Every minute: exams whose job was lost or is not there yet go on.

        Attempts whose own time is over are ended by the sweep of all quizzes, exams or not.
        """
        due = await self._services.exam_keeper.due()
        if due:
            log.info("exams.sweep", due=len(due))
        for quiz_id in due:
            await self._services.exam_keeper.ask(quiz_id)

    async def judge(self, payload: JobPayload) -> None:
        """In a thread: the answers of a thousand students take seconds."""
        quiz_id = QuizId(int(payload["quiz_id"] or 0))
        answers = await self._services.exam_keeper.answers(quiz_id)
        if answers is not None:
            await self._services.exam_keeper.keep_judgement(quiz_id, await asyncio.to_thread(judge, answers))

    async def follow_beginning(self, notification: Notification) -> None:
        """It has reached a student that the exam begins: the skew is measured by this."""
        await self._services.exam_keeper.note_told(
            UserId(notification.user_id), QuizId(int(notification.data["quiz_id"] or 0))
        )
