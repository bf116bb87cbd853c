"""Exports: made in the background, sent as a document, one at a time for each admin."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, FSInputFile, Message
from aiogram_dialog import DialogManager

from bot.background import Background
from bot.i18n import N_, _, current_language, ngettext, speaking
from bot.payments.desk_words import KINDS, RAILS, STATES
from bot.services import current_user, services
from domain.language import Language
from domain.payments.desk import CashDesk, Filter
from domain.payments.export import COLUMNS, SUM_COLUMNS, Sums, Words, row_of
from domain.users.model import UserId

if TYPE_CHECKING:
    from bot.payments.spreadsheets import Writer

MAX_BYTES = 49_000_000
"""Telegram takes documents of up to 50 MB from a bot."""
PROGRESS_AFTER = 2.0
PROGRESS_EVERY = 3.0
LAST_WORDS = 2.0

_HEADINGS: dict[str, str] = {
    "order": N_("Order"),
    "created": N_("Ordered on"),
    "paid": N_("Paid on"),
    "closed": N_("Closed on"),
    "student_id": N_("Student's ID"),
    "student": N_("Student"),
    "kind": N_("Kind"),
    "title": N_("Title"),
    "state": N_("State"),
    "rail": N_("Way to pay"),
    "price": N_("Price, so'm"),
    "stars": N_("Stars"),
    "refunded": N_("Refunded, so'm"),
    "external_id": N_("Payment's ID"),
    "payments": N_("Payments"),
    "received": N_("Received, so'm"),
    "refunds": N_("Refunds"),
    "returned": N_("Refunded, so'm"),
    "stars_returned": N_("Stars refunded"),
    "left": N_("Left, so'm"),
}
_running: set[UserId] = set()
"""Whose export this process is making: a second tap does not make a second file."""


class FileKind(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


async def begin_export(query: CallbackQuery, manager: DialogManager, wanted: Filter, kind: FileKind) -> None:
    """Make the file in the background. Raises NotAllowed before anything is begun."""
    user, desk = current_user(manager), services(manager).desk
    if user.id in _running:
        await query.answer(_("Your last file is still being made. One moment, please."), show_alert=True)
        return
    await desk.orders(user.id, wanted)
    background: Background = manager.middleware_data["background"]
    bot: Bot = manager.middleware_data["bot"]
    background.spawn(_export(bot, user.id, user.language, desk, wanted, kind), name="export")
    await query.answer(_("I am making the file."))


async def _export(
    bot: Bot, user_id: UserId, language: Language, desk: CashDesk, wanted: Filter, kind: FileKind
) -> None:
    progress = _Progress(bot, user_id)
    is_answered = False
    with speaking(language), _alone(user_id), tempfile.TemporaryDirectory(prefix="ustoz-export-") as folder:
        path = Path(folder) / f"payments-{desk.today().isoformat()}.{kind}"
        try:
            count = await write_orders(path, user_id, desk, wanted, kind, progress.tell)
            is_too_large = path.stat().st_size > MAX_BYTES
            if is_too_large:
                await bot.send_message(
                    user_id, _("The file would be too large for Telegram. Please choose fewer days and try again.")
                )
            else:
                caption = ngettext("📄 {n} order", "📄 {n} orders", count).format(n=count)
                await bot.send_document(user_id, FSInputFile(path, filename=path.name), caption=caption)
            is_answered = True
        finally:
            # Also when the program stops, which may not take long.
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    await progress.end()
                    if not is_answered:
                        await bot.send_message(user_id, _("The file could not be made. Please try again."))


@contextmanager
def _alone(user_id: UserId) -> Iterator[None]:
    _running.add(user_id)
    try:
        yield
    finally:
        _running.discard(user_id)


async def write_orders(
    path: Path, user_id: UserId, desk: CashDesk, wanted: Filter, kind: FileKind, tell: Callable[[int], Awaitable[None]]
) -> int:
    """How many orders the file has; `tell` hears how many are written so far.

    Rows are made and written in a thread; one batch is in memory at a time.
    """
    words = _words()
    since, until = wanted.days.moments(desk.zone) if wanted.days else (None, None)
    sums = Sums(since=since, until=until)
    headings = {name: _(heading) for name, heading in _HEADINGS.items()}
    writer = await asyncio.to_thread(_open, path, kind, headings, words.language, (_("Orders"), _("Totals")))
    count = 0
    async for batch in desk.export(user_id, wanted):
        for line in batch:
            sums.add(line)
        await asyncio.to_thread(lambda lines=batch: writer.add([row_of(line, desk.zone, words) for line in lines]))
        count += len(batch)
        await tell(count)
    await asyncio.to_thread(writer.finish, list(sums.rows(words)))
    return count


def _open(
    path: Path, kind: FileKind, headings: dict[str, str], language: Language, sheets: tuple[str, str]
) -> "Writer":
    # The library of spreadsheets is loaded by the first export, not by every start.
    from bot.payments.spreadsheets import CsvWriter, Headings, XlsxWriter

    named: Headings = Headings(
        columns=[headings[name] for name in COLUMNS],
        sum_columns=[headings[name] for name in SUM_COLUMNS],
        orders=sheets[0],
        sums=sheets[1],
    )
    return XlsxWriter(path, named) if kind is FileKind.XLSX else CsvWriter(path, named, language)


def _words() -> Words:
    return Words(
        language=current_language(),
        states={state: _(words) for state, words in STATES.items()},
        rails={rail: _(words) for rail, words in RAILS.items()},
        kinds={kind: _(words) for kind, words in KINDS.items()},
    )


class _Progress:
    """Says how far the export is, once it takes longer than two seconds."""

    def __init__(self, bot: Bot, user_id: UserId) -> None:
        self._bot = bot
        self._user_id = user_id
        self._next = time.monotonic() + PROGRESS_AFTER
        self._message: Message | None = None

    async def tell(self, count: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PROGRESS_EVERY
        text = ngettext("⏳ The file has {n} order so far…", "⏳ The file has {n} orders so far…", count)
        # The person may have deleted the message: the file matters more.
        with suppress(TelegramBadRequest):
            if self._message is None:
                self._message = await self._bot.send_message(self._user_id, text.format(n=count))
            else:
                await self._message.edit_text(text.format(n=count))

    async def end(self) -> None:
        if self._message is not None:
            with suppress(TelegramBadRequest):
                await self._message.delete()
