"""What the clock does with bills."""

from domain.clock import Clock
from domain.tuition.issuing import issue_due
from domain.tuition.model import ScheduleId
from domain.tuition.ports import BILL_SCHEDULE_JOB
from domain.tuition.service import today_in
from domain.unit_of_work import Begin


class Billing:
    """Every method may be repeated, and may run in several processes at once: a month has one bill, a stage one
    message."""

    def __init__(self, *, begin: Begin, now: Clock, timezone: str = "Asia/Tashkent") -> None:
        self._begin = begin
        self._now = now
        self._timezone = timezone

    async def start_day(self) -> int:
        """Ask for one job a schedule, so that trouble with one keeps no other from being billed; how many."""
        async with self._begin() as uow:
            ids = await uow.tuition.ids()
            for schedule_id in ids:
                await uow.jobs.enqueue(
                    BILL_SCHEDULE_JOB, {"schedule_id": schedule_id}, key=f"{BILL_SCHEDULE_JOB}:{schedule_id}"
                )
            await uow.commit()
        return len(ids)

    async def bill(self, schedule_id: ScheduleId) -> None:
        """Issue what is due, remind of what is not paid, note what is late."""
        now = self._now()
        async with self._begin() as uow:
            if await uow.tuition.lock(schedule_id) is None:
                return
            accounts = await uow.tuition.accounts(schedule_id)
            await issue_due(uow, accounts, today_in(self._timezone, now), now)
            await uow.commit()
