"""The jobs that issue bills and remind of them."""

import structlog

from domain.jobs import JobPayload
from domain.tuition.billing import Billing
from domain.tuition.model import ScheduleId

log = structlog.get_logger()


class TuitionJobs:
    def __init__(self, billing: Billing) -> None:
        self._billing = billing

    async def start_day(self, payload: JobPayload) -> None:
        log.info("tuition.day", schedules=await self._billing.start_day())

    async def bill_schedule(self, payload: JobPayload) -> None:
        await self._billing.bill(ScheduleId(int(payload["schedule_id"] or 0)))
