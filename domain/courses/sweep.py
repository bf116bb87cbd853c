"""What nobody refers to any more goes: media rows, then the objects in the storage that no other row has."""

from dataclasses import dataclass
from datetime import timedelta

from domain.clock import Clock
from domain.courses.model import MediaId
from domain.courses.uploads import KEEP_MEDIA_JOB
from domain.files import Storage
from domain.unit_of_work import Begin

SWEEP_FILES_JOB = "sweep_files"
LOOK_OVER_FILES_JOB = "look_over_files"
"""Once a night."""

LOOSE_FOR = timedelta(minutes=3, seconds=30)
"""Between letting go of a file and its deletion, so that a slip can be undone; with the minute until the next sweep it
is gone within five."""
BATCHES_KEPT = timedelta(days=7)
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    looked_at: int
    deleted: int
    """Objects of the storage."""


class StorageSweeper:
    def __init__(self, *, begin: Begin, read: Begin, now: Clock, storage: Storage) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._storage = storage

    async def sweep(self) -> Swept:
        """Every minute. Raises StorageDown; what was begun is finished by the next one."""
        looked_at = 0
        while True:
            async with self._begin() as uow:
                count = await uow.media_shelf.sweep(self._now() - LOOSE_FOR, AT_ONCE)
                await uow.commit()
            looked_at += count
            if count < AT_ONCE:
                break
        deleted = 0
        async with self._read() as uow:
            doomed = await uow.media_shelf.doomed(AT_ONCE)
        for sha256 in doomed:
            deleted += await self._delete(sha256)
        return Swept(looked_at=looked_at, deleted=deleted)

    async def look_over(self) -> None:
        """Every night: what was let go of without a word is found, and originals that were given up are asked for."""
        now = self._now()
        last: MediaId | None = MediaId(0)
        while last is not None:
            async with self._begin() as uow:
                last = await uow.media_shelf.loosen(last, AT_ONCE)
                await uow.commit()
        last = MediaId(0)
        while last is not None:
            async with self._begin() as uow:
                waiting = await uow.media_shelf.waiting_since(now - timedelta(hours=1), last, AT_ONCE)
                for media_id in waiting:
                    await uow.jobs.enqueue(KEEP_MEDIA_JOB, {"media_id": media_id}, key=f"{KEEP_MEDIA_JOB}:{media_id}")
                await uow.commit()
            last = waiting[-1] if waiting else None
        async with self._begin() as uow:
            await uow.upload_board.tidy(now - BATCHES_KEPT)
            await uow.commit()

    async def _delete(self, sha256: str) -> bool:
        """Once its deletion is committed as begun, whoever keeps the same content again waits for its end."""
        async with self._begin() as uow:
            is_going = await uow.media_shelf.doom(sha256)
            await uow.commit()
        if is_going:
            await self._storage.delete(sha256)
            async with self._begin() as uow:
                await uow.media_shelf.forget(sha256)
                await uow.commit()
        return is_going
