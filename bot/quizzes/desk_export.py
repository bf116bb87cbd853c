"""The workbook of a quiz: made in the background, sent as a document, one at a time for each teacher."""

import asyncio
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, FSInputFile, Message
from aiogram_dialog import DialogManager

from bot.background import Background
from bot.file_names import file_name
from bot.i18n import _, ngettext, speaking
from bot.quizzes.desk_getters import shown_lesson
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.quizzes.exams.desk import ExamDesk
from domain.quizzes.exams.errors import ExamGone, ExamNotOver
from domain.quizzes.statistics import QuizStatisticsService
from domain.users.model import User, UserId

if TYPE_CHECKING:
    from bot.quizzes.desk_workbook import QuizWorkbook

EXAM_ROWS = 500
"""Of an exam's table that are read at once."""
PROGRESS_AFTER, PROGRESS_EVERY = 2.0, 3.0
MAX_BYTES = 49_000_000
"""Telegram takes documents of up to 50 MB from a bot."""

_running: set[UserId] = set()
"""Whose workbook this process is making: a second tap does not make a second file."""


async def begin_workbook(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """Raises NotAllowed before anything is begun."""
    user, lesson_id = current_user(manager), shown_lesson(manager)
    if user.id in _running:
        await query.answer(_("Your last file is still being made. One moment, please."), show_alert=True)
        return
    statistics = services(manager).quiz_statistics
    table = await statistics.results(user.id, lesson_id)
    background: Background = manager.middleware_data["background"]
    bot: Bot = manager.middleware_data["bot"]
    _running.add(user.id)
    exams = services(manager).exam_desk
    name = file_name(table.title.read_in(user.language), ".xlsx", _("results"))
    background.spawn(_send(bot, user, statistics, lesson_id, exams, name), name="quiz_workbook")
    await query.answer(_("I am making the file."))


async def _send(
    bot: Bot, user: User, statistics: QuizStatisticsService, lesson_id: LessonId, exams: ExamDesk, name: str
) -> None:
    progress = _Progress(bot, user.id)
    is_answered = False
    try:
        with speaking(user.language), tempfile.TemporaryDirectory(prefix="ustoz-quiz-") as folder:
            path = Path(folder) / "results.xlsx"
            try:
                count = await write_workbook(path, user, statistics, lesson_id, progress, exams=exams)
                if path.stat().st_size > MAX_BYTES:
                    await bot.send_message(user.id, _("The file would be too large for Telegram."))
                else:
                    caption = ngettext("📄 {n} answer", "📄 {n} answers", count).format(n=count)
                    await bot.send_document(user.id, FSInputFile(path, filename=name), caption=caption)
                is_answered = True
            finally:
                await progress.end()
                if not is_answered:
                    await bot.send_message(user.id, _("The file could not be made. Please try again."))
    finally:
        _running.discard(user.id)


async def write_workbook(
    path: Path,
    user: User,
    statistics: QuizStatisticsService,
    lesson_id: LessonId,
    progress: "_Progress | None" = None,
    *,
    exams: ExamDesk | None = None,
) -> int:
    """How many answers it has. Rows are written in a thread; one batch is in memory at a time.

    That of an exam begins with the exam's own table: places, and scores on the scale of this exam alone.
    """
    # The library of spreadsheets is loaded by the first export, not by every start.
    from bot.quizzes.desk_workbook import QuizWorkbook

    book = await asyncio.to_thread(QuizWorkbook, user.timezone)
    if exams is not None and (await statistics.results(user.id, lesson_id)).is_exam:
        await _add_exam(book, user, exams, lesson_id)
    before, is_more = None, True
    while is_more:
        table = await statistics.results(user.id, lesson_id, before)
        book.add_results(table.lines)
        before, is_more = table.next_before, table.next_before is not None
    book.add_items((await statistics.items(user.id, lesson_id)).items)
    count = 0
    async for batch in statistics.export(user.id, lesson_id):
        await asyncio.to_thread(book.add_answers, batch)
        count += len(batch)
        if progress is not None:
            await progress.tell(count)
    await asyncio.to_thread(book.save, path)
    return count


async def _add_exam(book: "QuizWorkbook", user: User, exams: ExamDesk, lesson_id: LessonId) -> None:
    page, is_more = 0, True
    while is_more:
        try:
            table = await exams.results(user.id, lesson_id, page, size=EXAM_ROWS)
        except (ExamGone, ExamNotOver):
            # Time is over, and the last answers are still being counted: the other sheets are there already.
            return
        book.add_exam(table.results)
        page += 1
        is_more = page < table.page_count


class _Progress:
    """Says how far the file is, once it takes longer than two seconds."""

    def __init__(self, bot: Bot, user_id: UserId) -> None:
        self._bot = bot
        self._user_id = user_id
        self._next = time.monotonic() + PROGRESS_AFTER
        self._message: Message | None = None

    async def tell(self, count: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PROGRESS_EVERY
        text = ngettext("⏳ {n} answer so far…", "⏳ {n} answers so far…", count).format(n=count)
        # The person may have deleted the message: the file matters more.
        with suppress(TelegramBadRequest):
            if self._message is None:
                self._message = await self._bot.send_message(self._user_id, text)
            else:
                await self._message.edit_text(text)

    async def end(self) -> None:
        if self._message is not None:
            with suppress(TelegramBadRequest):
                await self._message.delete()
