"""The door to background work: a job is enqueued in the transaction of its cause."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

JobPayload = Mapping[str, str | int | bool | None]


class Jobs(Protocol):
    """Jobs of the open unit of work: committed with it, gone when it is rolled back."""

    async def enqueue(
        self, name: str, payload: JobPayload, *, key: str | None = None, after: datetime | None = None
    ) -> None:
        """Ask for one run of the job `name`.

        `key`: while a job with the same key is waiting or running, a second one is not added.
        `after`: not before this moment (UTC).
        """
        ...
