"""Detached work with an owner: nothing else calls asyncio.create_task."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.metrics import ERRORS

log = structlog.get_logger()


class Background:
    """Tasks that outlive the update that started them. Each ends in success, or in a log line; none is forgotten."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        if self._is_closed:
            work.close()
            log.warning("background.refused", task=name)
            return
        task = asyncio.create_task(self._supervise(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def running(self) -> int:
        return len(self._tasks)

    async def close(self, grace: float) -> None:
        """Take nothing new, let the running work end for `grace` seconds, then cancel what is left."""
        self._is_closed = True
        if not self._tasks:
            return
        _done, pending = await asyncio.wait(set(self._tasks), timeout=grace)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _supervise(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except asyncio.CancelledError:
            log.info("background.cancelled", task=name)
            raise
        except Exception:
            ERRORS.labels("background").inc()
            log.exception("background.failed", task=name)
