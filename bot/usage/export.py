"""The costs as a workbook: by day and feature of the last year, and by person of this month."""

import asyncio
import io
from collections.abc import Sequence

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery

from bot.background import Background
from bot.i18n import N_, _, speaking
from bot.usage.words import FEATURES
from domain.usage.model import MICROS
from domain.usage.ports import Place, Spender, Total
from domain.usage.service import EXPORT_BATCH, LONGEST_EXPORT, UsageService
from domain.users.model import User, UserId

MAX_PEOPLE = 20_000
_DAY_COLUMNS = (
    N_("Day"),
    N_("What for"),
    N_("Calls"),
    N_("Failed"),
    N_("Tokens in"),
    N_("Tokens out"),
    N_("Seconds of speech"),
    N_("Cost, $"),
)
_PEOPLE_COLUMNS = (N_("Person's ID"), N_("Name"), N_("Tokens"), N_("Cost, $"))
_running: set[UserId] = set()
"""Whose file this process is making: a second tap does not make a second file."""


async def begin_export(query: CallbackQuery, bot: Bot, background: Background, usage: UsageService, user: User) -> None:
    """Make the file in the background. Raises NotAllowed before anything is begun."""
    if user.id in _running:
        await query.answer(_("Your last file is still being made. One moment, please."), show_alert=True)
        return
    await usage.budgets(user.id)
    _running.add(user.id)
    background.spawn(_export(bot, usage, user), name="usage_export")
    await query.answer(_("I am making the file."))


async def _export(bot: Bot, usage: UsageService, user: User) -> None:
    try:
        with speaking(user.language):
            totals = await usage.totals(user.id, LONGEST_EXPORT)
            content = await asyncio.to_thread(workbook, totals, await _people(usage, user.id), _words())
            name = f"usage-{usage.today().isoformat()}.xlsx"
            await bot.send_document(user.id, BufferedInputFile(content, name), caption=_("📊 What the models cost"))
    finally:
        _running.discard(user.id)


async def _people(usage: UsageService, user_id: UserId) -> Sequence[Spender]:
    people: list[Spender] = []
    after: Place | None = None
    while len(people) < MAX_PEOPLE:
        page = await usage.spenders(user_id, after=after, limit=EXPORT_BATCH)
        people += page.spenders
        after = page.next
        if after is None:
            break
    return people


def _words() -> dict[str, str]:
    """Translated here: the thread that writes does not know the language."""
    sentences = (*_DAY_COLUMNS, *_PEOPLE_COLUMNS, *FEATURES.values(), *_SHEETS)
    return {sentence: _(sentence) for sentence in sentences}


_SHEETS = (N_("By day"), N_("By person"))


def workbook(totals: Sequence[Total], people: Sequence[Spender], words: dict[str, str]) -> bytes:
    # The library takes its time to import.
    from openpyxl import Workbook

    from bot.sheets import headed_sheet, text_cell

    book = Workbook(write_only=True)
    days, persons = _SHEETS
    sheet = headed_sheet(book, words[days], [words[name] for name in _DAY_COLUMNS], (12, 22, 10, 10, 14, 14, 16, 12))
    for total in totals:
        sheet.append(
            (
                total.day,
                text_cell(sheet, words[FEATURES[total.feature]]),
                total.calls,
                total.failures,
                total.tokens_in,
                total.tokens_out,
                total.seconds,
                total.micros / MICROS,
            )
        )
    sheet = headed_sheet(book, words[persons], [words[name] for name in _PEOPLE_COLUMNS], (16, 32, 14, 12))
    for person in people:
        spent = person.spent
        sheet.append((person.user_id, text_cell(sheet, person.name), spent.tokens, spent.micros / MICROS))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
