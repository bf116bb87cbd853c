"""Jobs are rows of PgQueuer, added on the connection, and so in the transaction, of their cause."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import orjson
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from db.engine import Connection, connect
from domain.clock import utc_now
from domain.jobs import JobPayload


class SqlJobs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def enqueue(
        self, name: str, payload: JobPayload, *, key: str | None = None, after: datetime | None = None
    ) -> None:
        delay = max(after - utc_now(), timedelta()) if after else timedelta()
        # The driver only fetches on the connection that it is given, so the pool's proxy serves as well.
        queries = Queries(AsyncpgDriver(self._connection))  # pyright: ignore[reportArgumentType]
        await queries.enqueue(
            name, orjson.dumps(dict(payload)), execute_after=delay, dedupe_key=key, on_conflict="skip"
        )

    async def enqueue_all(self, name: str, payloads: Sequence[JobPayload], *, after: datetime | None = None) -> None:
        """Many runs of one job in one statement; they are taken up in this order."""
        if not payloads:
            return
        count = len(payloads)
        delay = max(after - utc_now(), timedelta()) if after else timedelta()
        delays: list[timedelta | None] = [delay] * count
        queries = Queries(AsyncpgDriver(self._connection))  # pyright: ignore[reportArgumentType]
        await queries.enqueue(
            [name] * count, [orjson.dumps(dict(payload)) for payload in payloads], [0] * count, delays
        )


async def open_queue(database_url: str) -> tuple[Queries, Callable[[], Awaitable[None]]]:
    """A connection of its own for a worker of the queue; PgQueuer's view of it, and how to close it."""
    connection = await connect(database_url)
    return Queries(AsyncpgDriver(connection)), connection.close
