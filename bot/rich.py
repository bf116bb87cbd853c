"""Rich messages: Markdown with tables and formulas where the Bot API server has them, HTML where it does not."""

from typing import Literal

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramNotFound, TelegramRetryAfter
from aiogram.types import InlineKeyboardMarkup, InputRichMessage, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.markdown import html_pages, plain_pages

log = structlog.get_logger()

RICH = "Rich"
"""As a window's `parse_mode`: its text is Markdown for a rich message."""
MAX_RICH = 32_000

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None
DraftFate = Literal["shown", "skipped", "unavailable"]


class _Capability:
    """What the Bot API server turned out to know. An old server stays old while the program runs."""

    rich = True
    drafts = True


def rich_is_available() -> bool:
    return _Capability.rich


def is_unknown_method(error: TelegramAPIError) -> bool:
    """An old server answers 404 to a method that it does not know, and refuses an unknown parameter's emptiness."""
    return isinstance(error, TelegramNotFound) or "method not found" in error.message.lower()


async def send_rich(
    bot: Bot, chat_id: int, markdown: str, *, reply_markup: Markup = None, protect_content: bool | None = None
) -> Message:
    """Send Markdown as a rich message; as HTML, then as plain text, where that is refused. The last message sent."""
    if _Capability.rich:
        try:
            return await bot.send_rich_message(
                chat_id=chat_id,
                rich_message=InputRichMessage(markdown=markdown[:MAX_RICH]),
                reply_markup=reply_markup,
                protect_content=protect_content,
            )
        except (TelegramNotFound, TelegramBadRequest) as error:
            _note_refusal(error)
    return await _send_pages(bot, chat_id, markdown, reply_markup, protect_content)


async def edit_rich(
    bot: Bot, chat_id: int, message_id: int, markdown: str, *, reply_markup: InlineKeyboardMarkup | None = None
) -> Message | bool:
    """Replace a message's content. "message is not modified" and a lost message are the caller's to handle."""
    if _Capability.rich:
        try:
            return await bot.edit_message_text(
                chat_id=chat_id,
                message_id=message_id,
                rich_message=InputRichMessage(markdown=markdown[:MAX_RICH]),
                reply_markup=reply_markup,
            )
        except (TelegramNotFound, TelegramBadRequest) as error:
            if "modified" in error.message or "message to edit" in error.message or "can't be edited" in error.message:
                raise
            _note_refusal(error)
    page = html_pages(markdown)[0]
    try:
        return await bot.edit_message_text(page, chat_id=chat_id, message_id=message_id, reply_markup=reply_markup)
    except TelegramBadRequest as error:
        if "can't parse entities" not in error.message:
            raise
        log.warning("rich.html_refused")
        text = plain_pages(markdown)[0]
        return await bot.edit_message_text(
            text, chat_id=chat_id, message_id=message_id, reply_markup=reply_markup, parse_mode=None
        )


async def rich_draft(bot: Bot, chat_id: int, draft_id: int, markdown: str, *, can_stop: bool) -> DraftFate:
    """Show the answer as far as it is written. A frame that is refused is skipped: the next one replaces it."""
    if not _Capability.drafts:
        return "unavailable"
    try:
        await bot.send_rich_message_draft(
            chat_id=chat_id,
            draft_id=draft_id,
            rich_message=InputRichMessage(markdown=markdown[:MAX_RICH]),
            can_stop=can_stop,
        )
    except TelegramRetryAfter:
        return "skipped"
    except TelegramNotFound:
        _Capability.drafts = False
        return "unavailable"
    except TelegramBadRequest:
        # Half-written Markdown is expected not to parse now and then.
        return "skipped"
    return "shown"


def _note_refusal(error: TelegramAPIError) -> None:
    if is_unknown_method(error) or "text is empty" in error.message or "text must be" in error.message:
        _Capability.rich = False
        log.warning("rich.unavailable")
    else:
        log.warning("rich.refused", reason=error.message)


async def _send_pages(
    bot: Bot, chat_id: int, markdown: str, reply_markup: Markup, protect_content: bool | None
) -> Message:
    pages = html_pages(markdown)
    sent: Message | None = None
    for number, page in enumerate(pages, start=1):
        markup = reply_markup if number == len(pages) else None
        try:
            sent = await bot.send_message(chat_id, page, reply_markup=markup, protect_content=protect_content)
        except TelegramBadRequest as error:
            if "can't parse entities" not in error.message:
                raise
            log.warning("rich.html_refused")
            for plain in plain_pages(markdown):
                sent = await bot.send_message(
                    chat_id, plain, reply_markup=reply_markup, protect_content=protect_content, parse_mode=None
                )
            break
    if sent is None:
        raise ValueError("nothing to send")
    return sent
