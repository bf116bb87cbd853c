"""The slots of the clock, and housekeeping that the clock starts."""

from datetime import datetime

from db.engine import Pool
from db.jobs import SqlJobs


class SqlClock:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fire(self, job: str, at: datetime) -> bool:
        """Take the slot and enqueue its job in one transaction; False when the slot was taken before."""
        async with self._pool.acquire() as connection, connection.transaction():
            taken = await connection.fetchval(
                "insert into schedule_fires (job, at) values ($1, $2) on conflict do nothing returning true", job, at
            )
            if not taken:
                return False
            await SqlJobs(connection).enqueue(job, {"at": at.isoformat()}, key=f"clock:{job}:{at.isoformat()}")
        return True

    async def tidy(self) -> None:
        """Forget finished updates after three days (Telegram repeats one for a day at most), and what else is old."""
        await self._pool.execute("delete from inbox where status = 1 and done_at < now() - interval '3 days'")
        await self._pool.execute("delete from notes where deleted_at < now() - interval '7 days'")
        await self._pool.execute("delete from schedule_fires where at < now() - interval '90 days'")
        await self._pool.execute("delete from pgqueuer_log where created < now() - interval '14 days'")
        await self._pool.execute("delete from pgqueuer_statistics where created < now() - interval '90 days'")

    async def outbox(self) -> tuple[int, float, int]:
        """How many jobs are due, for how many seconds the oldest has been, and how many were given up."""
        row = await self._pool.fetchrow(
            """
            select count(*) filter (where status = 'queued') as waiting,
                coalesce(extract(epoch from now() - min(execute_after) filter (where status = 'queued')), 0)::float
                    as lag,
                count(*) filter (where status = 'failed') as held
            from pgqueuer where status = 'failed' or (status = 'queued' and execute_after <= now())
            """
        )
        return (row["waiting"], row["lag"], row["held"]) if row else (0, 0.0, 0)

    async def is_up(self) -> bool:
        return await self._pool.fetchval("select true") is True
