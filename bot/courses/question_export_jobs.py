"""The job that sends the questions of a quiz or a bank as a file."""

import asyncio

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import BufferedInputFile

from bot.courses.exchange_progress import ProgressMessage
from bot.courses.question_export_words import caption, sheet_labels
from bot.file_names import file_name
from bot.i18n import _, current_language, ngettext, speaking
from bot.services import Services
from domain.courses.model import LessonId
from domain.errors import DomainError
from domain.jobs import JobPayload
from domain.quizzes.exporting.gift import to_gift
from domain.quizzes.exporting.service import ExportFormat, QuestionPackage
from domain.quizzes.exporting.sheets import MAX_PRINTED, SheetFailed, SheetPrinter, sheets_of
from domain.quizzes.importing.imports import Target
from domain.quizzes.settings import BankId
from domain.users.model import UserId

log = structlog.get_logger()

TOLD_FROM = 100
"""Questions that may take longer than two seconds: a message says that the file is being made."""


class QuestionExportJobs:
    def __init__(self, services: Services, bot: Bot, printer: SheetPrinter, *, centre: str) -> None:
        """`centre`: its name, for the head of printed sheets."""
        self._exports = services.question_exports
        self._bot = bot
        self._printer = printer
        self._centre = centre

    async def export(self, payload: JobPayload) -> None:
        """`lesson_id` or `bank_id`, `format`, `user_id`: whether they may is asked again now.

        A crash sends it again, never not at all.
        """
        lesson_id, bank_id, user_id = payload["lesson_id"], payload["bank_id"], UserId(int(payload["user_id"] or 0))
        place = Target(
            lesson_id=None if lesson_id is None else LessonId(int(lesson_id)),
            bank_id=None if bank_id is None else BankId(int(bank_id)),
        )
        form = ExportFormat(str(payload["format"]))
        try:
            package = await self._exports.package(user_id, place)
        except DomainError as refused:
            # They lost the role, the course or the last question since they asked.
            log.info("question_export.refused", user_id=user_id, form=form.value, reason=type(refused).__name__)
            return
        with speaking(package.reader.language):
            try:
                await self._send(package, form)
            except TelegramForbiddenError:
                log.info("question_export.blocked", user_id=user_id)
                return
        log.info("question_export.sent", user_id=user_id, form=form.value, count=len(package.drafts))

    async def _send(self, package: QuestionPackage, form: ExportFormat) -> None:
        chat_id, count = package.reader.id, len(package.drafts)
        await self._bot.send_chat_action(chat_id, ChatAction.UPLOAD_DOCUMENT)
        progress = ProgressMessage(self._bot, chat_id)
        if count >= TOLD_FROM:
            told = ngettext("⏳ I am writing {n} question…", "⏳ I am writing {n} questions…", count)
            await progress.say(told.format(n=count))
        try:
            files = await self._files(package, form)
        except SheetFailed:
            await progress.end(_("The sheets could not be printed this time. Please try again in a minute."))
            return
        await progress.clear()
        printed = min(count, MAX_PRINTED) if form is ExportFormat.PDF else count
        texts = [caption(package.offer, form, printed), _("🔑 The key, for you alone.")]
        for (name, content), text in zip(files, texts, strict=False):
            await self._bot.send_document(chat_id, BufferedInputFile(content, name), caption=text, parse_mode=None)

    async def _files(self, package: QuestionPackage, form: ExportFormat) -> list[tuple[str, bytes]]:
        """Names and contents; the key comes second. Raises SheetFailed."""
        offer, drafts = package.offer, package.drafts
        language, reader = offer.language, package.reader.language
        title = offer.title.read_in(current_language())
        if form is ExportFormat.XLSX:
            # The library of spreadsheets is loaded by the first export, not by every start.
            from bot.courses.question_workbook import questions_workbook

            content = await asyncio.to_thread(questions_workbook, drafts, language, reader)
            return [(file_name(title, ".xlsx"), content)]
        if form is ExportFormat.GIFT:
            written = await asyncio.to_thread(to_gift, drafts, language)
            return [(file_name(title, ".gift"), written.encode())]
        sheets = await asyncio.to_thread(
            lambda: sheets_of(
                drafts,
                title=offer.title.read_in(language),
                centre=self._centre,
                language=language,
                labels=sheet_labels(language),
            )
        )
        printed = await self._printer.print(sheets)
        return [(file_name(title, ".pdf"), printed.questions), (file_name(title, ".pdf", _("key")), printed.key)]
