"""What a person is told whose update could not be worked on."""

from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.errors import describe
from bot.i18n import N_, _, speaking
from bot.intake.arrivals import chat_of, query_of
from domain.language import Language
from domain.users.model import UserId
from domain.users.service import UserService

log = structlog.get_logger()

APOLOGY = N_(
    "Something went wrong on our side, and it has been noted. Please try again; /menu always works.\nError {number}"
)


class Apology:
    """Said in the person's own language; a button that was tapped stops spinning. It never raises."""

    def __init__(self, bot: Bot, users: UserService, default_language: Language) -> None:
        self._bot = bot
        self._users = users
        self._default_language = default_language

    async def __call__(self, update: Any, number: str) -> None:
        """`update` as Telegram's JSON, whatever it is; `number` is the one under which the log has the cause."""
        if not isinstance(update, dict):
            return
        chat_id, query_id = chat_of(update), query_of(update)
        try:
            if query_id is not None:
                await self._bot.answer_callback_query(query_id)
        except TelegramAPIError as error:
            log.info("apology.query_stale", cause=type(error).__name__)
        if chat_id is None:
            return
        with speaking(await self._language(chat_id)):
            text = _(APOLOGY).format(number=number)
        try:
            await self._bot.send_message(chat_id, text)
        except TelegramAPIError as error:
            log.warning("apology.failed", cause=type(error).__name__)

    async def _language(self, chat_id: int) -> Language:
        try:
            user = await self._users.find(UserId(chat_id))
        except Exception as error:
            # Perhaps it is the database that broke: an apology in the centre's language is better than none.
            log.info("apology.language_unknown", cause=describe(error))
            return self._default_language
        return user.language if user else self._default_language
