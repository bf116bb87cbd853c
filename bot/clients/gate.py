"""One limit for the senders of all processes, kept in Redis; without Redis each process keeps its own."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Redis
    from redis.asyncio.client import Pipeline

log = structlog.get_logger()

WINDOW_MS = 250
PER_WINDOW = 7
"""28 a second in all processes together, in quarters of a second, so that two neighbouring seconds cannot add up."""
_COUNT = "ustoz:sending:{window}"
_CLOSED = "ustoz:sending:closed"
AWAY_SECONDS = 5.0


class RedisGate:
    """Counts what all processes send. While Redis is away it lets pass: each process paces itself as well."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._asks_again_at = 0.0

    async def wait(self) -> None:
        """Return when one more message fits into what Telegram takes from this bot."""
        pause = await self._pause()
        while pause > 0:
            await asyncio.sleep(pause)
            pause = await self._pause()

    async def hold(self, seconds: float) -> None:
        """Telegram asked for a pause: every process makes it."""
        await self._ask(lambda pipe: pipe.set(_CLOSED, 1, px=max(int(seconds * 1000), 1)))

    async def _pause(self) -> float:
        now = time.time()
        window = int(now * 1000) // WINDOW_MS
        key = _COUNT.format(window=window)

        def count_one(pipe: "Pipeline") -> None:
            pipe.pttl(_CLOSED)
            pipe.incr(key)
            pipe.pexpire(key, 4 * WINDOW_MS)

        answers = await self._ask(count_one)
        if answers is None:
            return 0.0
        closed_for, count, _ = answers
        if closed_for > 0:
            return closed_for / 1000
        if count <= PER_WINDOW:
            return 0.0
        # Whoever waits comes back spread over the next window, not all at its first moment.
        return ((window + 1) * WINDOW_MS / 1000 - now) + (count % 20) / 1000

    async def _ask(self, fill: "Callable[[Pipeline], object]") -> list[Any] | None:
        """None while Redis is away; it is left in peace for some seconds then."""
        from redis.exceptions import RedisError

        if time.monotonic() < self._asks_again_at:
            return None
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                fill(pipe)
                return await pipe.execute()
        except (RedisError, OSError) as error:
            self._asks_again_at = time.monotonic() + AWAY_SECONDS
            log.warning("gate.redis_away", cause=type(error).__name__)
            return None
