"""Runs the jobs that were enqueued with their causes; what keeps failing is tried less and less often, then kept."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

import orjson
import structlog
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job
from pgqueuer.ports import RepositoryPort

from bot.metrics import ERRORS
from domain.jobs import JobPayload

log = structlog.get_logger()

RunJob = Callable[[JobPayload], Awaitable[None]]
OpenQueue = Callable[[], Awaitable[tuple[RepositoryPort, Callable[[], Awaitable[None]]]]]
"""Opens a connection for the queue; gives PgQueuer's view of it and how to close it."""

MAX_ATTEMPTS = 150
"""A day of tries, ten minutes apart in the end: an outage of Telegram must not leave a payment unannounced."""
HEARTBEAT = timedelta(seconds=10)
"""A job of a process that died is taken up by another after this long."""
RECONNECT_SECONDS = 1.0
STABLE_SECONDS = 5.0


class JobWorker:
    """One worker of this process; any number of processes share the queue."""

    def __init__(self, open_queue: OpenQueue, jobs: Mapping[str, RunJob]) -> None:
        self._open_queue = open_queue
        self._jobs = jobs
        self._manager: QueueManager | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_closing = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="jobs")

    async def close(self, grace: float) -> None:
        """Take no new job; let the running ones end."""
        self._is_closing = True
        if self._manager is not None:
            self._manager.shutdown.set()
        if self._task is not None:
            _done, pending = await asyncio.wait({self._task}, timeout=grace)
            for task in pending:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        """PgQueuer does not come back from a lost connection by itself."""
        while not self._is_closing:
            close = None
            try:
                queries, close = await self._open_queue()
                self._manager = QueueManager(queries)
                for name, run in self._jobs.items():
                    self._manager.entrypoint(name, on_failure="hold", executor_factory=_retrying)(
                        partial(_run, name, run)
                    )
                await self._manager.run(
                    dequeue_timeout=timedelta(seconds=5), heartbeat_timeout=HEARTBEAT, shutdown_on_listener_failure=True
                )
            except Exception as error:
                if not self._is_closing:
                    log.warning("jobs.reconnecting", cause=type(error).__name__)
                    await asyncio.sleep(RECONNECT_SECONDS)
            finally:
                self._manager = None
                if close is not None:
                    await close()


_retrying = partial(
    DatabaseRetryEntrypointExecutor,
    max_attempts=MAX_ATTEMPTS,
    initial_delay=timedelta(seconds=1),
    max_delay=timedelta(minutes=10),
)


async def _run(name: str, run: RunJob, job: Job) -> None:
    structlog.contextvars.bind_contextvars(job=name, job_id=job.id)
    try:
        await run(orjson.loads(job.payload or b"{}"))
    except Exception as error:
        ERRORS.labels("job").inc()
        log.warning("job.failed", cause=type(error).__name__, attempts=job.attempts)
        raise
    finally:
        structlog.contextvars.clear_contextvars()
