"""One message that says how far a file is, and in the end what became of it."""

import time
from collections.abc import Awaitable, Callable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup

log = structlog.get_logger()


class ProgressMessage:
    """Its own message, beside the screens. Whoever has blocked the bot or deleted the message misses nothing but it."""

    def __init__(
        self,
        bot: Bot,
        chat_id: int,
        *,
        message_id: int | None = None,
        remember: Callable[[int], Awaitable[None]] | None = None,
        after: float = 0.0,
    ) -> None:
        """`message_id`: of an earlier run of the same job. `after`: seconds before which nothing is said."""
        self._bot = bot
        self._chat_id = chat_id
        self._message_id = message_id
        self._remember = remember
        self._begins = time.monotonic() + after
        self._said = ""

    async def say(self, text: str) -> None:
        if text != self._said and time.monotonic() >= self._begins:
            self._said = text
            await self._show(text, None)

    async def end(self, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
        """The last word, as a new message: it is news, and edits make no sound."""
        await self.clear()
        await self._show(text, markup)

    async def clear(self) -> None:
        if self._message_id is None:
            return
        try:
            await self._bot.delete_message(self._chat_id, self._message_id)
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            log.info("exchange.progress_lost", reason=type(error).__name__)
        self._message_id = None

    async def _show(self, text: str, markup: InlineKeyboardMarkup | None) -> None:
        try:
            if self._message_id is not None:
                await self._bot.edit_message_text(
                    text, chat_id=self._chat_id, message_id=self._message_id, reply_markup=markup
                )
                return
            message = await self._bot.send_message(self._chat_id, text, reply_markup=markup)
        except TelegramBadRequest as error:
            # It was deleted, or says so already.
            log.info("exchange.progress_lost", reason=type(error).__name__)
            return
        except TelegramForbiddenError:
            return
        self._message_id = message.message_id
        if self._remember is not None:
            await self._remember(message.message_id)
