"""The job that reads a file which somebody sent to be imported."""

import asyncio
import tempfile
from html import escape
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.courses.downloads import NotGiven, TooLarge, download
from bot.courses.exchange_progress import ProgressMessage
from bot.courses.import_words import REFUSALS, result_text
from bot.i18n import _, speaking
from bot.links import go_button
from bot.services import Services
from domain.courses.errors import TeachersOnly
from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.ports import CourseFiles, Import, ImportId
from domain.courses.inspection import FileFault
from domain.files import FileMissing, ParseRefused, Storage
from domain.jobs import JobPayload
from domain.users.model import User

log = structlog.get_logger()

MAX_SENT = 60 * 1024 * 1024
"""Bytes: an archive may unpack to 50 MB, and is about as large as what it holds."""
_FAULTS: dict[str, Refusal] = {FileFault.TOO_HEAVY: Refusal.TOO_MUCH}
"""The other faults that a reader names are refusals of the same name, or the file is broken."""


class ImportJobs:
    def __init__(self, services: Services, bot: Bot, storage: Storage, files: CourseFiles, *, limit: int) -> None:
        """`limit`: bytes that Telegram hands out at most."""
        self._services = services
        self._exchange = services.exchange
        self._bot = bot
        self._storage = storage
        self._files = files
        self._limit = min(limit, MAX_SENT)

    async def parse(self, payload: JobPayload) -> None:
        """`import_id`. Twice is once: an import that was read is not waiting any more."""
        found = await self._exchange.waiting(ImportId(int(payload["import_id"] or 0)))
        if found is None:
            return
        imported, owner = found

        async def remember(message_id: int) -> None:
            await self._exchange.note_progress(imported.id, message_id)

        with speaking(owner.language), tempfile.TemporaryDirectory(prefix="ustoz-import-") as folder:
            progress = ProgressMessage(self._bot, owner.id, message_id=imported.progress_id, remember=remember)
            name = escape(imported.arrival.name or "…", quote=False)
            try:
                await progress.say(_("⏳ 1/3 I am fetching {name}…").format(name=name))
                await self._fetch(imported, path := Path(folder) / "sent")
                await progress.say(_("⏳ 2/3 I am reading {name}…").format(name=name))
                parsed = await self._files.read(
                    path, language=owner.language.value, only_word=imported.course_id is not None
                )
                await progress.say(_("⏳ 3/3 I am checking {name}…").format(name=name))
                preview = await self._exchange.note_read(owner.id, imported.id, parsed)
            except ParseRefused as refused:
                await self._refuse(imported, owner, refused.reason, progress)
                return
            except TeachersOnly:
                # They lost the role while the file was read.
                await progress.clear()
                return
            button = InlineKeyboardMarkup(inline_keyboard=[[_look_button(imported.id)]])
            await progress.end(result_text(preview), button)
        log.info("import.read", import_id=imported.id, issues=len(preview.issues))

    async def _fetch(self, imported: Import, path: Path) -> None:
        """From the storage, if an earlier run has kept it there. Raises ParseRefused."""
        if imported.sha256 is not None:
            try:
                content = await self._storage.get(imported.sha256)
            except FileMissing:
                pass
            else:
                await asyncio.to_thread(path.write_bytes, content)
                return
        try:
            await download(self._bot, imported.arrival.telegram_file_id, path, self._limit)
        except TooLarge:
            raise ParseRefused(Refusal.TOO_LARGE) from None
        except NotGiven:
            raise ParseRefused(Refusal.GONE) from None
        content = await asyncio.to_thread(path.read_bytes)
        await self._exchange.note_stored(imported.id, await self._storage.put(content))

    async def _refuse(self, imported: Import, owner: User, reason: str, progress: ProgressMessage) -> None:
        refusal = Refusal(reason) if reason in set(Refusal) else _FAULTS.get(reason, Refusal.BROKEN)
        await self._exchange.refuse(imported.id, refusal)
        log.info("import.refused", import_id=imported.id, reason=refusal.value)
        name = escape(imported.arrival.name or "…", quote=False)
        await progress.end(f"📄 <b>{name}</b>\n{_(REFUSALS[refusal])}")


def _look_button(import_id: ImportId) -> InlineKeyboardButton:
    return go_button(_("👀 Look at it"), f"im_{import_id}")
