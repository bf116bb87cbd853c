"""Between a confirmed import and its course: the files of the archive go to the storage first."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.ports import CourseFiles, ImportId, StoredFile
from domain.courses.exchange.service import CourseExchange
from domain.courses.model import CourseId
from domain.files import FileMissing, Storage
from domain.identity import UserId


class ImportSaver:
    def __init__(self, exchange: CourseExchange, storage: Storage, files: CourseFiles) -> None:
        self._exchange = exchange
        self._storage = storage
        self._files = files

    async def confirm(self, actor_id: UserId, import_id: ImportId) -> CourseId | None:
        """The course; again, the same course. None when the sent file is not in the storage any more.

        Contents are kept by what they are, so a second run keeps nothing twice. Raises what `save` raises.
        """
        imported, wanted = await self._exchange.wanted_files(actor_id, import_id)
        stored: dict[str, StoredFile] = {}
        if wanted:
            try:
                content = await self._storage.get(imported.sha256 or "")
            except FileMissing:
                await self._exchange.refuse(import_id, Refusal.GONE)
                return None
            with tempfile.TemporaryDirectory(prefix="ustoz-import-") as folder:
                path = Path(folder) / "sent"
                await asyncio.to_thread(path.write_bytes, content)
                del content
                unpacked = self._files.unpack(path, wanted)
                while (found := await asyncio.to_thread(_next, unpacked)) is not None:
                    name, inner = found
                    stored[name] = StoredFile(await self._storage.put(inner), len(inner))
        return await self._exchange.save(actor_id, import_id, stored)


def _next(unpacked: Iterator[tuple[str, bytes]]) -> tuple[str, bytes] | None:
    return next(unpacked, None)
