"""Who it is, in which language, and whether they are too fast: known before any handler runs."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject, Update
from aiogram.types import User as TelegramUser

from bot.i18n import N_, _, speaking
from bot.services import Services
from domain.language import Language
from domain.users.model import User, UserId

BURST = 120
PER_SECOND = 30.0
MAX_PEOPLE = 20_000
TOO_FAST = N_("That was too fast for me. Please wait a second and try again.")

Next = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Throttle:
    """A bucket of taps for each person; it is filled again at a steady rate. In memory: it may be lost."""

    def __init__(self, *, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def lets_pass(self, user_id: int) -> bool:
        now = time.monotonic()
        left, seen = self._buckets.get(user_id, (self._burst, now))
        left = min(self._burst, left + (now - seen) * self._per_second) - 1
        self._buckets[user_id] = (max(left, 0.0), now)
        self._buckets.move_to_end(user_id)
        if len(self._buckets) > MAX_PEOPLE:
            self._buckets.popitem(last=False)
        return left >= 0


class Acquaintance(BaseMiddleware):
    """Loads the user, or makes a new one, and sets the language of everything that follows.

    Only private chats are served: a learning centre's screens hold names, marks and prices.
    """

    def __init__(self, services: Services, throttle: Throttle) -> None:
        self._services = services
        self._throttle = throttle

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
        chat = data.get("event_chat")
        person: TelegramUser | None = data.get("event_from_user")
        if isinstance(event, Update) and event.inline_query is not None:
            return await self._let_ask(handler, event, event.inline_query.from_user, data)
        is_payment = isinstance(event, Update) and _is_payment(event)
        is_vote = isinstance(event, Update) and event.poll_answer is not None
        whoever = person or chat
        # Before a payment, and with a vote, Telegram names no chat, only who it is: nobody else sees anything of it.
        is_private = is_payment or is_vote if chat is None else chat.type == ChatType.PRIVATE
        if whoever is None or not is_private or (person is not None and person.is_bot):
            return None
        user_id = UserId(whoever.id)
        user = await self._services.users.find(user_id)
        if user is None:
            if person is None:
                return None
            user = await self._services.users.arrive(
                user_id,
                full_name=person.full_name,
                username=person.username,
                language_code=person.language_code,
            )
        if not user.is_reachable and not _is_about_blocking(event):
            # Whoever writes can be written to, even if the update that they unblocked the bot was lost.
            await self._services.users.come_back(user_id)
            user = replace(user, is_reachable=True)
        data["user"] = user
        with speaking(user.language):
            # A vote cannot be cast again, so none is too fast.
            if isinstance(event, Update) and not (is_payment or is_vote) and not self._throttle.lets_pass(user_id):
                await _slow_down(event)
                return None
            return await handler(event, data)

    async def _let_ask(self, handler: Next, event: TelegramObject, person: TelegramUser, data: dict[str, Any]) -> Any:
        """Asked from any chat, by anybody: whoever only looks up what is public is not made a user for it."""
        if person.is_bot or not self._throttle.lets_pass(UserId(person.id)):
            return None
        with speaking(Language.of_code(person.language_code, data["settings"].centre.default_language)):
            return await handler(event, data)


def _is_payment(update: Update) -> bool:
    """What Telegram asks and tells about money is never too fast."""
    message = update.message
    return update.pre_checkout_query is not None or (
        message is not None and (message.successful_payment is not None or message.refunded_payment is not None)
    )


def _is_about_blocking(event: TelegramObject) -> bool:
    return isinstance(event, Update) and event.my_chat_member is not None


async def in_their_language(handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
    """For handlers of errors: they run outside of `Acquaintance`, which the error has left already."""
    user: User | None = data.get("user")
    with speaking(user.language if user else data["settings"].centre.default_language):
        return await handler(event, data)


async def _slow_down(update: Update) -> None:
    source: CallbackQuery | Message | None = update.callback_query or update.message
    if source is not None:
        await source.answer(_(TOO_FAST))
