"""The job that keeps the original of an upload: from Telegram into the storage, if it is what it says."""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

import structlog
from aiogram import Bot

from bot.courses.downloads import NotDownloaded, NotGiven, TooLarge, download
from bot.courses.progress import UploadProgress
from domain.courses.file_ports import Original
from domain.courses.inspection import Claim, FileFault, Inspector
from domain.courses.model import MediaId
from domain.courses.originals import OriginalService
from domain.courses.uploads import UploadState
from domain.files import ParseRefused, Storage, StorageDown
from domain.jobs import JobPayload

log = structlog.get_logger()

AT_ONCE = 4
"""Downloads of one process."""
_PREFIX = "upload-"
_LEFT_BEHIND = 86_400
"""Seconds after which a folder is one of a process that died."""


class KeepOriginals:
    """May run twice, and be killed anywhere: the object has the name of its content, the row is written at the end."""

    def __init__(
        self,
        originals: OriginalService,
        progress: UploadProgress,
        bot: Bot,
        storage: Storage,
        inspector: Inspector,
        *,
        folder: Path,
        limit: int,
    ) -> None:
        """`folder`: where files lie while they are looked at; `limit`: bytes that Telegram hands out at most."""
        self._originals = originals
        self._progress = progress
        self._bot = bot
        self._storage = storage
        self._inspector = inspector
        self._folder = folder
        self._limit = limit
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def keep(self, payload: JobPayload) -> None:
        """`media_id`. Raises what is worth another try: no network, a storage that is down."""
        media_id = MediaId(int(payload["media_id"] or 0))
        original = await self._originals.original(media_id)
        if original is None:
            return
        if original.is_waiting:
            try:
                async with self._turns:
                    await self._keep(original)
            except (NotDownloaded, StorageDown, OSError):
                if original.batch_id is not None:
                    await self._originals.note_delay(original.batch_id)
                    await self._progress.show(original.batch_id)
                raise
        if original.batch_id is not None:
            await self._progress.show(original.batch_id)

    async def _keep(self, original: Original) -> None:
        media = original.media
        if media.telegram_file_id is None or media.bot_id != self._bot.id:
            await self._originals.note_unkept(media.id, UploadState.LOST)
            return
        if media.size > self._limit:
            await self._originals.note_unkept(media.id, UploadState.TOO_LARGE)
            return
        folder = await asyncio.to_thread(self._open_folder)
        try:
            await self._store(media.id, media.telegram_file_id, Claim(name=media.name, mime=media.mime), folder)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _store(self, media_id: MediaId, file_id: str, claim: Claim, folder: Path) -> None:
        path = folder / "original"
        try:
            size = await download(self._bot, file_id, path, self._limit)
            found = await self._inspector.inspect(path, claim)
        except TooLarge:
            await self._originals.note_unkept(media_id, UploadState.TOO_LARGE)
            return
        except NotGiven:
            log.warning("original.lost", media_id=media_id)
            await self._originals.note_unkept(media_id, UploadState.LOST)
            return
        except ParseRefused as refusal:
            log.info("original.refused", media_id=media_id, fault=refusal.reason)
            await self._originals.refuse(media_id, FileFault(refusal.reason))
            return
        sha256 = await self._storage.put_file(path)
        await self._originals.note_kept(media_id, sha256=sha256, size=size, mime=found.mime)
        # Before the row was there, the sweep may have deleted what was just put. Now it does not any more.
        if not await self._storage.has(sha256):
            await self._storage.put_file(path)
        log.info("original.kept", media_id=media_id, size=size)

    async def clear_leftovers(self) -> None:
        """What processes left behind that were killed in the middle."""
        await asyncio.to_thread(self._clear_leftovers)

    def _open_folder(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._folder))

    def _clear_leftovers(self) -> None:
        for path in self._folder.glob(f"{_PREFIX}*"):
            if path.stat().st_mtime < time.time() - _LEFT_BEHIND:
                shutil.rmtree(path, ignore_errors=True)
