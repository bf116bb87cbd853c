"""The jobs of tests that were sent: reading one, and telling how many polls there are."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.courses.downloads import NotGiven, TooLarge, download
from bot.courses.errors import quota_sentence
from bot.courses.exchange_progress import ProgressMessage
from bot.courses.question_import_words import REFUSALS, collected_text, found_words, import_name, result_text
from bot.i18n import _, speaking
from bot.links import go_button
from bot.services import Services
from domain.courses.errors import QuotaExceeded
from domain.errors import DomainError, InvalidInput
from domain.files import ParseRefused
from domain.jobs import JobPayload
from domain.language import Language
from domain.quizzes.importing.import_intake import TOLD_EVERY
from domain.quizzes.importing.imports import (
    ImportRefusal,
    ImportSource,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
)
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.importing.photo import PhotoReader, PhotoUnread
from domain.usage.model import Feature, Payer
from domain.usage.payer import paid_by
from domain.users.model import User

log = structlog.get_logger()

ReadFile = Callable[[Path, str, Language], Awaitable[ReadTest]]
"""The file, what its sender calls it, and the language of what it says. Raises ParseRefused."""


class QuestionImportJobs:
    def __init__(
        self, services: Services, bot: Bot, read_file: ReadFile, photos: PhotoReader | None, *, limit: int
    ) -> None:
        """`photos`: None while no model is connected; `limit`: bytes that Telegram hands out at most."""
        self._services = services
        self._imports = services.question_imports
        self._bot = bot
        self._read_file = read_file
        self._photos = photos
        self._limit = limit

    async def read(self, payload: JobPayload) -> None:
        """`import_id`. Twice is once: a test that was read is not waiting any more, and is only told of again."""
        found = await self._imports.waiting(QuestionImportId(int(payload["import_id"] or 0)))
        if found is None:
            return
        imported, destination, owner = found
        with speaking(owner.language):
            progress = self._progress(imported, owner)
            if imported.state is QuestionImportState.WAITING:
                try:
                    with paid_by(Payer(feature=Feature.PHOTOS, user_id=owner.id)):
                        await self._read(imported, destination.language, progress)
                except ParseRefused as refused:
                    await self._imports.refuse(imported.id, refusal_of(refused.reason))
                    log.info("question_import.refused", import_id=imported.id, reason=refused.reason)
            await self._tell(imported, owner, progress)
            await self._imports.note_progress(imported.id, None)

    async def tell_polls(self, payload: JobPayload) -> None:
        """`import_id`, `count`. Of a row of polls the last one tells, and now and then one in between."""
        found = await self._imports.waiting(QuestionImportId(int(payload["import_id"] or 0)))
        if found is None:
            return
        imported, _destination, owner = found
        count = int(payload["count"] or 0)
        if count != len(imported.polls) and count != 1 and count % TOLD_EVERY:
            return
        with speaking(owner.language):
            await self._progress(imported, owner).end(collected_text(imported), _look(imported))

    def _progress(self, imported: QuestionImport, owner: User) -> ProgressMessage:
        async def remember(message_id: int) -> None:
            await self._imports.note_progress(imported.id, message_id)

        return ProgressMessage(self._bot, owner.id, message_id=imported.progress_id, remember=remember)

    async def _read(self, imported: QuestionImport, language: Language, progress: ProgressMessage) -> None:
        """Raises ParseRefused."""
        is_silent = imported.part_id is not None
        if not is_silent:
            name = escape(import_name(imported), quote=False)
            await progress.say(_("⏳ I am reading {name}…").format(name=name))
        with tempfile.TemporaryDirectory(prefix="ustoz-test-") as folder:
            path = Path(folder) / "sent"
            try:
                await download(self._bot, imported.sent.telegram_file_id or "", path, self._limit)
            except TooLarge:
                raise ParseRefused(ImportRefusal.TOO_LARGE) from None
            except NotGiven:
                raise ParseRefused(ImportRefusal.GONE) from None
            test = await self._questions(imported, path, language)
        await self._imports.note_read(imported.id, test)

    async def _questions(self, imported: QuestionImport, path: Path, language: Language) -> ReadTest:
        if imported.sent.source is not ImportSource.PHOTO:
            return await self._read_file(path, imported.sent.name, language)
        if self._photos is None:
            raise ParseRefused(ImportRefusal.MODEL_FAILED)
        try:
            image = await asyncio.to_thread(path.read_bytes)
            return await self._photos.read(image, imported.sent.mime, language)
        except PhotoUnread:
            raise ParseRefused(ImportRefusal.MODEL_FAILED) from None

    async def _tell(self, imported: QuestionImport, owner: User, progress: ProgressMessage) -> None:
        """What came of it, after it was kept: a crash in between tells it twice, never not at all."""
        try:
            preview = await self._imports.preview(owner.id, imported.id)
        except DomainError:
            await progress.clear()
            return
        imported = preview.imported
        log.info("question_import.read", import_id=imported.id, found=len(preview.heaps.new))
        name = f"📄 <b>{escape(import_name(imported), quote=False)}</b>"
        if imported.asks and not imported.looks_like_a_test:
            await self._file(imported, owner, name, progress)
        elif imported.asks and imported.test is not None:
            found = found_words(imported.found)
            text = _("It looks like a test: {found}. What shall it be?").format(found=found)
            await progress.end(f"{name}\n{text}", _choice(imported, found))
        elif imported.refusal is not None:
            await progress.end(f"{name}\n{_(REFUSALS[imported.refusal])}")
        else:
            await progress.end(result_text(preview), _look(imported))

    async def _file(self, imported: QuestionImport, owner: User, name: str, progress: ProgressMessage) -> None:
        """No test: it becomes the part of the lesson that it was sent to be; nothing is said of what is one already."""
        try:
            await self._imports.keep_as_file(owner.id, imported.id)
        except QuotaExceeded as error:
            await progress.end(f"{name}\n{quota_sentence(error)}")
            return
        except InvalidInput:
            await progress.end(f"{name}\n{_('That does not fit here. Please try again.')}")
            return
        if imported.part_id is not None:
            await progress.clear()
            return
        markup = InlineKeyboardMarkup(inline_keyboard=[[go_button(_("⬅️ To the lesson"), f"qf_{imported.id}")]])
        await progress.end(f"{name}\n{_('✅ It is in the lesson now, as a file.')}", markup)


def refusal_of(reason: str) -> ImportRefusal:
    """What a reader's reason is for whoever sent the file."""
    return ImportRefusal(reason) if reason in set(ImportRefusal) else ImportRefusal.BROKEN


def _look(imported: QuestionImport) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[go_button(_("👀 Look at it"), f"qi_{imported.id}")]])


def _choice(imported: QuestionImport, found: str) -> InlineKeyboardMarkup:
    quiz: InlineKeyboardButton = go_button(_("❓ Make a quiz of it ({found})").format(found=found), f"qi_{imported.id}")
    is_part = imported.part_id is not None
    keep = _("📎 It stays a file") if is_part else _("📎 Add it as a file")
    return InlineKeyboardMarkup(inline_keyboard=[[quiz], [go_button(keep, f"qf_{imported.id}")]])
