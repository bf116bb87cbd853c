"""The jobs of materials: reading, indexing, and taking out of the index what was deleted."""

import asyncio
import tempfile
from pathlib import Path

import structlog
from aiogram import Bot

from bot.i18n import speaking
from bot.materials.status import StatusMessage
from bot.services import Services
from bot.telegram_files import download
from domain.jobs import JobPayload
from domain.language import Language
from domain.materials.model import MAX_BYTES, Material, MaterialId, Unreadable
from domain.materials.processing import MaterialProcessing

log = structlog.get_logger()


class MaterialJobs:
    def __init__(self, services: Services, processing: MaterialProcessing, bot: Bot) -> None:
        self._services = services
        self._processing = processing
        self._bot = bot

    async def read(self, payload: JobPayload) -> None:
        """`material_id`, `revision`. Twice is once."""
        material_id, revision = _asked(payload)
        found = await self._found(material_id)
        if found is None:
            return
        material, language = found
        status = StatusMessage(self._bot, self._processing, material)
        with speaking(language), tempfile.TemporaryDirectory(prefix="ustoz-material-") as folder:
            await self._processing.read(material_id, revision, self._fetch, status.tell, Path(folder))

    async def index(self, payload: JobPayload) -> None:
        """`material_id`, `revision`. Twice is once."""
        material_id, revision = _asked(payload)
        found = await self._found(material_id)
        if found is None:
            return
        material, language = found
        status = StatusMessage(self._bot, self._processing, material)
        with speaking(language):
            await self._processing.index(material_id, revision, status.tell)

    async def drop(self, payload: JobPayload) -> None:
        """`material_id`."""
        await self._processing.drop(_asked(payload)[0])

    async def _found(self, material_id: MaterialId) -> tuple[Material, Language] | None:
        material = await self._processing.find(material_id)
        owner = await self._services.users.find(material.owner_id) if material is not None else None
        return None if material is None or owner is None else (material, owner.language)

    async def _fetch(self, material: Material, to: Path) -> Unreadable | None:
        content = await download(self._bot, material.telegram_file_id, at_most=MAX_BYTES)
        if content is None:
            return Unreadable.TOO_LARGE if material.size > MAX_BYTES else Unreadable.LOST
        if not content:
            return Unreadable.EMPTY
        await asyncio.to_thread(to.write_bytes, content)
        return None


def _asked(payload: JobPayload) -> tuple[MaterialId, int]:
    return MaterialId(int(payload["material_id"] or 0)), int(payload.get("revision") or 0)
