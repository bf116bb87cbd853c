"""What becomes of an upload: its original is kept, or it is refused; and when its sender is told."""

from dataclasses import dataclass
from datetime import timedelta

from domain.clock import Clock
from domain.courses.authorship import index
from domain.courses.file_ports import Original
from domain.courses.inspection import FileFault
from domain.courses.model import MediaId
from domain.courses.uploads import QUIET, BatchId, UploadBatch, UploadState
from domain.unit_of_work import Begin

BETWEEN_EDITS = timedelta(seconds=1)
FIRST_MESSAGE = timedelta(seconds=15)
"""How long whoever set about writing the first message has for it, before somebody else does."""


class ContentGoing(Exception):
    """An object of the same content is being deleted at this moment; keep it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whether to write the status message: now, in a moment, or not at all."""

    batch: UploadBatch | None = None
    wait: timedelta | None = None


class OriginalService:
    """Jobs call it; no person does. Every method may be called again."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def original(self, media_id: MediaId) -> Original | None:
        async with self._read() as uow:
            return await uow.media_shelf.original(media_id)

    async def note_kept(self, media_id: MediaId, *, sha256: str, size: int, mime: str) -> None:
        """Raises ContentGoing."""
        async with self._begin() as uow:
            if not await uow.media_shelf.note_kept(media_id, sha256=sha256, size=size, mime=mime):
                raise ContentGoing(sha256)
            await uow.upload_board.end(media_id, UploadState.KEPT, self._now())
            await uow.commit()

    async def note_unkept(self, media_id: MediaId, why: UploadState) -> None:
        """Students get it by Telegram's id; there is no copy."""
        async with self._begin() as uow:
            await uow.media_shelf.note_unkept(media_id, why)
            await uow.upload_board.end(media_id, why, self._now())
            await uow.commit()

    async def refuse(self, media_id: MediaId, fault: FileFault) -> None:
        """Take it out of wherever it is shown. What is broken, locked or dangerous helps no student."""
        async with self._begin() as uow:
            await uow.media_shelf.note_unkept(media_id, UploadState.REFUSED)
            for showing in await uow.media_shelf.showing(media_id):
                if showing.is_only_file:
                    await uow.courses.remove_part(showing.part_id)
                else:
                    await uow.media_shelf.detach(showing.part_id, media_id)
                if showing.is_published:
                    await index(uow, showing.lesson_id)
            await uow.media_shelf.release(media_id)
            await uow.upload_board.end(media_id, UploadState.REFUSED, self._now(), fault)
            await uow.commit()

    async def note_delay(self, batch_id: BatchId) -> None:
        """Somebody waits longer than usual, and is told why."""
        async with self._begin() as uow:
            await uow.upload_board.delay(batch_id)
            await uow.commit()

    async def take_turn(self, batch_id: BatchId) -> Turn:
        """Whether there is something new to tell, and whether it may be told now: one edit a second, by one at a time.

        A batch of which everything has been told is closed: what is sent next begins another.
        """
        now = self._now()
        async with self._begin() as uow:
            batch = await uow.upload_board.lock(batch_id)
            if batch is None:
                return Turn()
            opens = batch.opened_at + QUIET
            if batch.turn_at is not None and batch.shown < batch.revision:
                pause = BETWEEN_EDITS if batch.message_id is not None else FIRST_MESSAGE
                opens = max(opens, batch.turn_at + pause)
            if now < opens:
                return Turn(wait=min(opens - now, BETWEEN_EDITS))
            if batch.is_done and (batch.is_quiet or batch.shown >= batch.revision):
                await uow.upload_board.close(batch_id, now)
                await uow.commit()
                return Turn()
            if batch.shown >= batch.revision:
                return Turn()
            await uow.upload_board.take_turn(batch_id, now)
            await uow.commit()
        return Turn(batch=batch)

    async def note_shown(self, batch: UploadBatch, message_id: int) -> None:
        async with self._begin() as uow:
            await uow.upload_board.note_shown(batch.id, batch.revision, message_id)
            await uow.commit()

    async def fall_silent(self, batch_id: BatchId) -> None:
        """Its sender cannot be written to."""
        async with self._begin() as uow:
            await uow.upload_board.close(batch_id, self._now())
            await uow.commit()
