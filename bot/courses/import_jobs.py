"""The job that reads a file which somebody sent to be imported."""

import asyncio
import tempfile
from contextlib import suppress
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
from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.ports import CourseFiles, Import, ImportId, ImportState
from domain.courses.inspection import FileFault
from domain.errors import DomainError
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

        with speaking(owner.language):
            progress = ProgressMessage(self._bot, owner.id, message_id=imported.progress_id, remember=remember)
            if imported.state is ImportState.WAITING:
                try:
                    await self._read(imported, owner, progress)
                except ParseRefused as refused:
                    known = refused.reason in set(Refusal)
                    refusal = Refusal(refused.reason) if known else _FAULTS.get(refused.reason, Refusal.BROKEN)
                    await self._exchange.refuse(imported.id, refusal)
                    log.info("import.refused", import_id=imported.id, reason=refusal.value)
            await self._tell(imported, owner, progress)
            await self._exchange.note_progress(imported.id, None)

    async def _read(self, imported: Import, owner: User, progress: ProgressMessage) -> None:
        """Download, read, check. Raises ParseRefused."""
        name = escape(imported.arrival.name or "…", quote=False)
        with tempfile.TemporaryDirectory(prefix="ustoz-import-") as folder:
            path = Path(folder) / "sent"
            await progress.say(_("⏳ 1/3 I am fetching {name}…").format(name=name))
            await self._fetch(imported, path)
            await progress.say(_("⏳ 2/3 I am reading {name}…").format(name=name))
            only_word = imported.course_id is not None
            parsed = await self._files.read(
                path, language=owner.language.value, only_word=only_word, name=imported.arrival.name
            )
        await progress.say(_("⏳ 3/3 I am checking {name}…").format(name=name))
        with suppress(DomainError):  # They lost the role or the course meanwhile: there is nothing to keep.
            await self._exchange.note_read(owner.id, imported.id, parsed)

    async def _tell(self, imported: Import, owner: User, progress: ProgressMessage) -> None:
        """What came of it, after it was kept: a crash in between tells it twice, never not at all."""
        try:
            preview = await self._exchange.preview(owner.id, imported.id)
        except DomainError:
            await progress.clear()
            return
        refusal = preview.imported.refusal
        if refusal is not None:
            name = escape(imported.arrival.name or "…", quote=False)
            await progress.end(f"📄 <b>{name}</b>\n{_(REFUSALS[refusal])}")
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


def _look_button(import_id: ImportId) -> InlineKeyboardButton:
    return go_button(_("👀 Look at it"), f"im_{import_id}")
