"""TIM-1: a slot of the clock runs once, whatever was down and however many processes there are."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from bot.jobs.scheduler import Clockwork, Fire, Slot, last_slot
from bot.jobs.slots import SLOTS
from db.clock import SqlClock
from db.engine import Pool

TASHKENT = ZoneInfo("Asia/Tashkent")
DAILY = Slot(job="tidy", cron="30 4 * * *", stale_after=timedelta(days=2))
EACH_MINUTE = Slot(job="sweep", cron="* * * * *", stale_after=timedelta(minutes=2))
WEEKLY = Slot(job="leaders", cron="0 9 * * mon", stale_after=timedelta(hours=12))


def at(text: str) -> datetime:
    """A moment of Tashkent's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=TASHKENT).astimezone(UTC)


@pytest.mark.parametrize(
    ("slot", "now", "found"),
    [
        (DAILY, "2026-03-10T04:30:00", "2026-03-10T04:30:00"),
        (DAILY, "2026-03-10T04:29:59", "2026-03-09T04:30:00"),
        (DAILY, "2026-03-10T23:59:59", "2026-03-10T04:30:00"),
        (DAILY, "2026-03-01T00:00:00", "2026-02-28T04:30:00"),
        (EACH_MINUTE, "2026-03-10T12:00:00", "2026-03-10T12:00:00"),
        (EACH_MINUTE, "2026-03-10T12:00:59", "2026-03-10T12:00:00"),
        (EACH_MINUTE, "2026-01-01T00:00:00", "2026-01-01T00:00:00"),
        (WEEKLY, "2026-03-09T09:00:00", "2026-03-09T09:00:00"),
        (WEEKLY, "2026-03-09T20:59:59", "2026-03-09T09:00:00"),
        (WEEKLY, "2026-03-09T21:00:00", "2026-03-09T09:00:00"),
        (WEEKLY, "2026-03-09T21:00:01", None),
        (WEEKLY, "2026-03-11T12:00:00", None),
    ],
)
def test_the_newest_slot_counts_unless_it_is_stale(slot: Slot, now: str, found: str | None) -> None:
    """TIM-1: the table of borders."""
    assert last_slot(slot, at(now), TASHKENT) == (at(found) if found else None)


class Ledger:
    """Slots that were taken, as the table does it; it may be away."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, datetime]] = set()
        self.fired: list[tuple[str, datetime]] = []
        self.is_away = False
        self.news = asyncio.Event()

    async def fire(self, job: str, moment: datetime) -> bool:
        if self.is_away:
            raise ConnectionError
        if (job, moment) in self.taken:
            return False
        self.taken.add((job, moment))
        self.fired.append((job, moment))
        self.news.set()
        return True


async def started(fire: Fire, now: str, slots: Sequence[Slot] = (DAILY,)) -> None:
    """A process starts at this moment, and ends."""
    clockwork = Clockwork(slots, fire, "Asia/Tashkent", lambda: at(now))
    await clockwork.start()
    clockwork.close()


@pytest.mark.parametrize("down", [timedelta(minutes=5), timedelta(hours=7), timedelta(days=1), timedelta(days=3)])
async def test_a_slot_that_passed_while_the_program_was_down_runs_once_after_the_start(down: timedelta) -> None:
    """TIM-1: one run for the newest missed slot, however many were missed; none for later starts."""
    ledger = Ledger()
    missed = datetime.fromisoformat("2026-03-10T04:30:00")
    await started(ledger.fire, (missed - timedelta(minutes=1)).isoformat())
    before = len(ledger.fired)

    for _ in range(3):
        await started(ledger.fire, (missed + down).isoformat())

    assert len(ledger.fired) == before + 1
    assert ledger.fired[-1][1] == last_slot(DAILY, at((missed + down).isoformat()), TASHKENT)


async def test_a_stale_slot_is_left_out() -> None:
    """TIM-1: what is worth nothing any more by its own rule."""
    ledger = Ledger()

    await started(ledger.fire, "2026-03-11T12:00:00", [WEEKLY])

    assert ledger.fired == []


async def test_a_slot_whose_database_was_away_runs_at_the_next_start() -> None:
    """TIM-1."""
    ledger = Ledger()
    ledger.is_away = True
    await started(ledger.fire, "2026-03-10T04:31:00")
    ledger.is_away = False

    await started(ledger.fire, "2026-03-10T09:00:00")

    assert ledger.fired == [("tidy", at("2026-03-10T04:30:00"))]


async def test_a_slot_whose_database_was_away_runs_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """TIM-1: without a restart, and long before the next slot of the job."""
    monkeypatch.setattr("bot.jobs.scheduler.AGAIN_SECONDS", 0.05)
    ledger = Ledger()
    ledger.is_away = True
    clockwork = Clockwork([DAILY], ledger.fire, "Asia/Tashkent", lambda: at("2026-03-10T04:31:00"))
    await clockwork.start()

    ledger.is_away = False
    async with asyncio.timeout(5):
        await ledger.news.wait()

    clockwork.close()
    assert ledger.fired == [("tidy", at("2026-03-10T04:30:00"))]


async def test_a_clock_that_jumps_back_repeats_no_slot() -> None:
    """TIM-1."""
    ledger = Ledger()

    for now in ("2026-03-10T05:00:00", "2026-03-10T04:00:00", "2026-03-10T04:45:00"):
        await started(ledger.fire, now)

    assert sorted(ledger.fired) == [("tidy", at("2026-03-09T04:30:00")), ("tidy", at("2026-03-10T04:30:00"))]


async def test_of_many_processes_one_takes_the_slot_and_its_job_is_queued_once(pool: Pool) -> None:
    """TIM-1: on PostgreSQL, 20 at once; 30 slots."""
    await pool.execute("truncate schedule_fires, pgqueuer")
    clock = SqlClock(pool)
    moments = [at("2026-03-10T00:00:00") + timedelta(minutes=number) for number in range(30)]

    for moment in moments:
        taken = await asyncio.gather(*(clock.fire("sweep", moment) for _ in range(20)))
        assert sum(taken) == 1

    assert await pool.fetchval("select count(*) from pgqueuer") == 30
    assert await pool.fetchval("select count(*) from schedule_fires") == 30


async def test_looking_before_taking_would_run_a_slot_several_times(pool: Pool) -> None:
    """TIM-1, the control: the row's uniqueness is what makes it once."""
    await pool.execute("create table if not exists unguarded (job text, at timestamptz)")
    moment = at("2026-03-10T00:00:00")
    everybody_looked = asyncio.Barrier(10)

    async def fire() -> bool:
        async with pool.acquire() as connection:
            if await connection.fetchval("select true from unguarded where job = 'sweep' and at = $1", moment):
                return False
            await everybody_looked.wait()
            await connection.execute("insert into unguarded values ('sweep', $1)", moment)
        return True

    taken = await asyncio.gather(*(fire() for _ in range(10)))

    await pool.execute("drop table unguarded")
    assert sum(taken) > 1


async def test_a_process_that_dies_before_its_commit_leaves_the_slot_to_the_next(pool: Pool) -> None:
    """TIM-1: slot and job are one transaction."""
    await pool.execute("truncate schedule_fires, pgqueuer")
    moment = at("2026-03-10T00:00:00")
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("insert into schedule_fires (job, at) values ('sweep', $1)", moment)
        await transaction.rollback()

    assert await SqlClock(pool).fire("sweep", moment)


def test_the_products_slots_are_distinct_and_never_stale_before_the_next_one() -> None:
    """A slot that is stale sooner than the job comes again would sometimes be lost in a short restart."""
    assert len({slot.job for slot in SLOTS}) == len(SLOTS)
    for slot in SLOTS:
        trigger = CronTrigger.from_crontab(slot.cron, TASHKENT)
        first = trigger.get_next_fire_time(None, datetime(2026, 3, 10, tzinfo=TASHKENT))
        assert first is not None
        second = trigger.get_next_fire_time(None, first + timedelta(seconds=1))
        assert second is not None
        assert second - first <= slot.stale_after
