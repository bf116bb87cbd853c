"""When an update may begin: at once; among few, after its process died; all alone, after that happened again.

A process that dies leaves up to a hundred updates behind, of which at most one killed it. So all of them go on, but
ever fewer at once, and each try is counted before it begins: the innocent end, and only the killer collects tries.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from domain.intake.ports import LAST_TRY, SUSPICION

FEW = 10
"""Suspects at work at once: slow enough to find a killer with two more deaths, fast enough to work off a backlog."""
CALM_SECONDS = 3.0
"""A last try begins only in a process that has lived, and held its claims, for so long: whatever kills processes one
after another from outside cannot be taken for the update."""
ALONE_SECONDS = 5.0
"""For so long a last try waits for others to end, and keeps others from beginning."""


class Turns:
    """Hands out the turns of one process; `size` of them at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._slots = asyncio.Semaphore(size)
        self._few = asyncio.Semaphore(FEW)
        self._solitude = asyncio.Lock()
        self._calm_at = 0.0

    def excite(self) -> None:
        """The process has just started, or lost its claims: the calm begins anew."""
        self._calm_at = time.monotonic() + CALM_SECONDS

    @asynccontextmanager
    async def of(self, attempts: int) -> AsyncIterator[None]:
        """The turn of an update with so many attempts behind it, this one included. It may take its time to come."""
        if attempts == SUSPICION:
            async with self._few, self._slots:
                yield
        elif attempts == LAST_TRY:
            async with self._solitude:
                await self._calm()
                async with self._all_slots():
                    yield
        else:
            async with self._slots:
                yield

    async def _calm(self) -> None:
        while True:
            left = self._calm_at - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)

    @asynccontextmanager
    async def _all_slots(self) -> AsyncIterator[None]:
        """Nobody else at work, as far as that can be had in time: a handler that waits for long stops nobody."""
        taken = 0

        def give_back() -> None:
            nonlocal taken
            for _ in range(taken):
                self._slots.release()
            taken = 0

        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(ALONE_SECONDS):
                    while taken < self._size:
                        await self._slots.acquire()
                        taken += 1
            later = asyncio.get_running_loop().call_later(ALONE_SECONDS, give_back)
            try:
                yield
            finally:
                later.cancel()
        finally:
            give_back()
