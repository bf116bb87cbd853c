"""A file of the storage on its way to Telegram: by way of the disk, so that no large one is held in memory."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiogram.types import FSInputFile

from domain.courses.model import Media
from domain.files import FileMissing, Storage


@asynccontextmanager
async def stored_file(storage: Storage, media: Media) -> AsyncIterator[FSInputFile]:
    """The original, to be sent under its own name. Raises FileMissing, also when there never was one."""
    if media.sha256 is None:
        raise FileMissing(f"media {media.id} is known to Telegram only")
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="ustoz-sending-")
    try:
        path = Path(folder.name) / "original"
        await storage.get_file(media.sha256, path)
        yield FSInputFile(path, media.name or "file")
    finally:
        await asyncio.to_thread(folder.cleanup)
