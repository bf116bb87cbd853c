"""The answer in the chat while it is being written, refreshed once a second."""

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup, Message

from bot.i18n import _
from bot.rich import edit_rich, rich_draft
from bot.tutor.buttons import stop_button
from bot.tutor.markdown import clean, half_written
from domain.tutor.model import MessageId
from domain.users.model import UserId

log = structlog.get_logger()

INTERVAL = 1.0
"""Seconds between two frames; Telegram takes about one a second for each chat."""
LONGEST_INTERVAL = 8.0
"""After frames that were refused, one by one, the pause doubles up to this."""
KEEP_ALIVE = 20.0
"""A draft vanishes after 30 seconds; the same one is sent again before that."""
MAX_DRAFT_ID = 2**31 - 1


class Frames:
    """Shows the newest text as a draft, or, where there are no drafts, in a message that is edited.

    A frame that fails is left out: the next one replaces it. `end` lets the frame under way arrive, because a draft
    that arrives after the answer would stand below it.
    """

    def __init__(self, bot: Bot, user_id: UserId, question_id: MessageId, *, interval: float = INTERVAL) -> None:
        self._bot = bot
        self._chat_id = user_id
        self._draft_id = question_id % MAX_DRAFT_ID + 1
        self._interval = interval
        self._text = ""
        self._has_news = asyncio.Event()
        self._is_over = asyncio.Event()
        self._message: Message | None = None
        self._has_drafts = True

    def update(self, text: str) -> None:
        """The whole text so far."""
        self._text = text
        self._has_news.set()

    def end(self) -> None:
        self._is_over.set()
        self._has_news.set()

    async def run(self) -> None:
        """Show frames until the end."""
        pause = self._interval
        while not self._is_over.is_set():
            self._has_news.clear()
            is_shown = await self._show()
            pause = self._interval if is_shown else min(2 * pause, LONGEST_INTERVAL)
            await _wait(self._is_over, pause)
            await _wait(self._has_news, KEEP_ALIVE)

    async def clean_up(self) -> None:
        """Remove the message that stood for the draft; a draft goes by itself."""
        if self._message is not None:
            try:
                await self._bot.delete_message(self._chat_id, self._message.message_id)
            except TelegramBadRequest as error:
                log.info("tutor.thinking_stays", reason=error.message)

    async def _show(self) -> bool:
        try:
            if self._has_drafts and await self._draft():
                return True
            return await self._edit() if not self._has_drafts else False
        except TelegramForbiddenError:
            self._is_over.set()
        except TelegramAPIError as error:
            log.info("tutor.frame_skipped", cause=type(error).__name__)
        return False

    async def _draft(self) -> bool:
        fate = await rich_draft(self._bot, self._chat_id, self._draft_id, self._frame(), can_stop=True)
        self._has_drafts = fate != "unavailable"
        return fate == "shown"

    async def _edit(self) -> bool:
        markup = InlineKeyboardMarkup(inline_keyboard=[[stop_button()]])
        if self._message is None:
            self._message = await self._bot.send_message(self._chat_id, _("💭 Thinking…"), reply_markup=markup)
        elif self._text:
            await edit_rich(self._bot, self._chat_id, self._message.message_id, self._frame(), reply_markup=markup)
        return True

    def _frame(self) -> str:
        return half_written(clean(self._text)) if self._text else _("💭 Thinking…")


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
