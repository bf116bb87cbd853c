"""Wakes the workers of the queue, once for all jobs of a moment."""

import asyncio
from contextlib import suppress

import asyncpg

from db.engine import Pool

_DELAY = 0.05
"""Seconds. Workers look by themselves every five."""

# The trigger that notifies is one of statements: it also fires for one that adds nothing.
_RING = "insert into pgqueuer (priority, entrypoint, status) select 0, '', 'queued' where false"


class JobBell:
    """For transactions that add jobs and have told the trigger of `pgqueuer` not to notify (`ustoz.bell` is `later`).

    A transaction that notifies holds a lock of the whole database until its commit is on the disk, so payments would be
    committed one after another instead of many at once.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._is_waiting = False
        self._rings: set[asyncio.Task[None]] = set()

    def ring(self) -> None:
        """Returns at once. What was committed before is seen by those who wake up."""
        if self._is_waiting:
            return
        self._is_waiting = True
        ring = asyncio.create_task(self._ring(), name="job_bell")
        self._rings.add(ring)
        ring.add_done_callback(self._rings.discard)

    async def _ring(self) -> None:
        await asyncio.sleep(_DELAY)
        self._is_waiting = False
        # A database that is away cannot be asked for jobs either.
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            await self._pool.execute(_RING)
