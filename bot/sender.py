"""Messages that nobody just asked for: paced below Telegram's limits, each refusal met by the right action."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Protocol
from weakref import WeakValueDictionary

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)

from bot.metrics import PARSE_FALLBACKS
from bot.outgoing import Outgoing
from bot.telegram import limits_are_mine

log = structlog.get_logger()

PER_SECOND = 28
"""Of the 30 that Telegram takes, some are left to answers."""
PER_CHAT_SECONDS = 1.05
MAX_CHATS = 10_000
MAX_HOLD = 30.0
"""Seconds for which one chat's `retry_after` holds everybody: nothing tells whether it was meant for all."""
_UNREACHABLE = ("chat not found", "user is deactivated", "bot can't initiate conversation", "peer_id_invalid")


class Fate(Enum):
    """What became of a message."""

    SENT = "sent"
    BLOCKED = "blocked"
    """The person cannot be written to until they come back."""
    REFUSED = "refused"
    """Telegram will never take this message."""


class Pace:
    """One slot after another, 28 a second in all and one a second for each chat; nobody sends while a 429 lasts."""

    def __init__(
        self,
        *,
        per_second: float = PER_SECOND,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._closed_until = 0.0
        self._next_in_chat: OrderedDict[int, float] = OrderedDict()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def wait(self, chat_id: int) -> None:
        """Return when this message may go; messages to one chat keep their order."""
        turn = self._turns.setdefault(chat_id, asyncio.Lock())
        async with turn:
            while True:
                now = self._clock()
                opens = max(self._closed_until, self._next_in_chat.get(chat_id, 0.0))
                if opens > now:
                    await self._sleep(opens - now)
                    continue
                # The slot is taken before it is waited for: whoever wakes at the same moment takes the next one.
                slot = max(now, self._next)
                self._next = slot + self._gap
                if slot > now:
                    await self._sleep(slot - now)
                if self._clock() >= max(self._closed_until, self._next_in_chat.get(chat_id, 0.0)):
                    self._keep(chat_id, self._clock() + PER_CHAT_SECONDS)
                    return

    def hold(self, chat_id: int, seconds: float) -> None:
        """Nothing goes to this chat for so long, nor to anybody else for the first half minute of it."""
        now = self._clock()
        self._closed_until = max(self._closed_until, now + min(seconds, MAX_HOLD))
        self._keep(chat_id, now + seconds)

    def _keep(self, chat_id: int, moment: float) -> None:
        self._next_in_chat[chat_id] = max(moment, self._next_in_chat.get(chat_id, 0.0))
        self._next_in_chat.move_to_end(chat_id)
        while len(self._next_in_chat) > MAX_CHATS:
            self._next_in_chat.popitem(last=False)


class Gate(Protocol):
    """One limit for the senders of all processes."""

    async def wait(self) -> None: ...
    async def hold(self, seconds: float) -> None: ...


class Sender:
    def __init__(self, bot: Bot, pace: Pace, gate: Gate | None = None) -> None:
        """`gate`: what the senders of all processes share; `pace`: this one's."""
        self._bot = bot
        self._pace = pace
        self._gate = gate

    async def turn(self, chat_id: int) -> None:
        """Return when one more message may go to this chat."""
        await self._pace.wait(chat_id)
        if self._gate is not None:
            await self._gate.wait()

    async def send(self, chat_id: int, message: Outgoing) -> Fate:
        """Send it; raises what is worth another try later: no network, a failing server."""
        parse_mode: str | None = "HTML"
        target = chat_id
        while True:
            await self.turn(target)
            try:
                with limits_are_mine():
                    await self._bot.send_message(
                        target, message.text, reply_markup=message.markup, parse_mode=parse_mode
                    )
                return Fate.SENT
            except TelegramRetryAfter as error:
                self._pace.hold(target, error.retry_after)
                if self._gate is not None:
                    await self._gate.hold(min(error.retry_after, MAX_HOLD))
            except TelegramForbiddenError:
                return Fate.BLOCKED
            except TelegramMigrateToChat as error:
                if target != chat_id:
                    return Fate.REFUSED
                target = error.migrate_to_chat_id
            except TelegramBadRequest as error:
                reason = error.message.lower()
                if any(words in reason for words in _UNREACHABLE):
                    return Fate.BLOCKED
                if "can't parse entities" in reason and parse_mode is not None:
                    PARSE_FALLBACKS.inc()
                    parse_mode = None
                    continue
                log.error("sender.refused", reason=error.message)
                return Fate.REFUSED
