"""What the clock starts: reminders, and fits of the memory model."""

import structlog

from bot.services import Services
from domain.jobs import JobPayload
from domain.review.tuning import ReviewTuning
from domain.users.model import UserId

log = structlog.get_logger()


class ReviewJobs:
    def __init__(self, services: Services, tuning: ReviewTuning) -> None:
        self._services = services
        self._tuning = tuning

    async def remind(self, _payload: JobPayload) -> None:
        told = await self._services.review_reminders.remind_due()
        if told:
            log.info("review.reminded", students=told)

    async def tune(self, _payload: JobPayload) -> None:
        log.info("review.to_tune", students=await self._tuning.start())

    async def tune_student(self, payload: JobPayload) -> None:
        user_id = UserId(int(payload["user_id"] or 0))
        log.info("review.tuned", user_id=user_id, is_better=await self._tuning.tune(user_id))
