"""Between a confirmed import and its course: the files of the archive go to the storage first."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.ports import CourseFiles, ImportId, StoredFile
from domain.courses.exchange.service import CourseExchange
from domain.courses.model import CourseId
from domain.courses.originals import ContentGoing
from domain.files import FileMissing, Storage
from domain.identity import UserId

log = structlog.get_logger()

TRIES = 3
"""A deletion that is under way takes moments."""
PAUSE = 0.5
"""Seconds."""


class ImportSaver:
    def __init__(self, exchange: CourseExchange, storage: Storage, files: CourseFiles) -> None:
        self._exchange = exchange
        self._storage = storage
        self._files = files

    async def confirm(self, actor_id: UserId, import_id: ImportId) -> CourseId | None:
        """The course; again, the same course. None when the sent file is not in the storage any more.

        Contents are kept by what they are, so a second run keeps nothing twice. A file of the same content that is
        being deleted at this moment is put there again. Raises what `save` raises.
        """
        for tried in range(1, TRIES):
            try:
                return await self._confirm(actor_id, import_id)
            except ContentGoing:
                log.info("import.content_going", import_id=import_id, tried=tried)
                await asyncio.sleep(PAUSE * tried)
        return await self._confirm(actor_id, import_id)

    async def _confirm(self, actor_id: UserId, import_id: ImportId) -> CourseId | None:
        imported, wanted = await self._exchange.wanted_files(actor_id, import_id)
        stored: dict[str, StoredFile] = {}
        with tempfile.TemporaryDirectory(prefix="ustoz-import-") as folder:
            path = Path(folder) / "sent"
            if wanted and not await self._fetch(import_id, imported.sha256 or "", path):
                return None
            await self._put(path, wanted, stored)
            course_id = await self._exchange.save(actor_id, import_id, stored)
            # Before the rows were there, the sweep may have deleted what was just put. Now it does not any more.
            missing = [name for name, file in stored.items() if not await self._storage.has(file.sha256)]
            await self._put(path, missing, stored)
        return course_id

    async def _fetch(self, import_id: ImportId, sha256: str, path: Path) -> bool:
        """The sent file to `path`; False when the storage does not have it any more."""
        try:
            await self._storage.get_file(sha256, path)
        except FileMissing:
            await self._exchange.refuse(import_id, Refusal.GONE)
            return False
        return True

    async def _put(self, path: Path, names: Sequence[str], stored: dict[str, StoredFile]) -> None:
        if not names:
            return
        unpacked = self._files.unpack(path, names)
        while (found := await asyncio.to_thread(_next, unpacked)) is not None:
            name, inner = found
            stored[name] = StoredFile(await self._storage.put(inner), len(inner))


def _next(unpacked: Iterator[tuple[str, bytes]]) -> tuple[str, bytes] | None:
    return next(unpacked, None)
