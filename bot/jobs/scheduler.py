"""Work that the clock starts: APScheduler in every process, and one row a slot, so that each slot runs once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from bot.metrics import ERRORS
from domain.clock import Clock

log = structlog.get_logger()

AGAIN_SECONDS = 30.0
"""After so long a slot that could not be taken, because the database was away, is tried again."""

Fire = Callable[[str, datetime], Awaitable[bool]]
"""Take the slot and enqueue its job in one transaction; False when another process, or this one, took it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A job of the clock: its name in the queue, when it is due (cron, in the centre's time zone), and for how long
    a slot that was missed while the program was down is still worth running."""

    job: str
    cron: str
    stale_after: timedelta


class Clockwork:
    def __init__(self, slots: Sequence[Slot], fire: Fire, timezone: str, now: Clock) -> None:
        self._slots = slots
        self._fire = fire
        self._zone = ZoneInfo(timezone)
        self._now = now
        self._scheduler = AsyncIOScheduler(
            timezone=self._zone,
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": 3600, "max_instances": 1},
        )

    async def start(self) -> None:
        """First the newest slot that was missed, then the clock."""
        for slot in self._slots:
            if (missed := last_slot(slot, self._now(), self._zone)) is not None:
                await self._take(slot, missed)
            self._scheduler.add_job(
                self._due, CronTrigger.from_crontab(slot.cron, self._zone), args=[slot], id=slot.job
            )
        self._scheduler.start()

    def close(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _due(self, slot: Slot) -> None:
        if (at := last_slot(slot, self._now() + timedelta(seconds=1), self._zone)) is not None:
            await self._take(slot, at)

    async def _take(self, slot: Slot, at: datetime) -> None:
        try:
            if await self._fire(slot.job, at):
                log.debug("clock.fired", job=slot.job, at=at.isoformat())
        except Exception as error:
            ERRORS.labels("clock").inc()
            log.warning("clock.failed", job=slot.job, cause=type(error).__name__)
            again = DateTrigger(datetime.now(self._zone) + timedelta(seconds=AGAIN_SECONDS))
            self._scheduler.add_job(self._due, again, args=[slot], id=f"{slot.job} again", replace_existing=True)


def last_slot(slot: Slot, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The newest moment at or before `now` at which the job was due, unless that is too long ago."""
    trigger = CronTrigger.from_crontab(slot.cron, zone)
    found: datetime | None = None
    moment = now - slot.stale_after
    while (due := trigger.get_next_fire_time(None, moment.astimezone(zone))) is not None and due <= now:
        found = due
        moment = due + timedelta(seconds=1)
    return found
