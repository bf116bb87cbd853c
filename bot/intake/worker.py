"""One update through the dispatcher: tried again after a passing failure, given up after three, never silent."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.types import Update
from pydantic import ValidationError

from bot.errors import describe, error_id
from bot.intake.arrivals import Unreadable, chat_of, read_json
from bot.intake.state import DialogState, current_state
from bot.metrics import ERRORS, UPDATE_SECONDS, UPDATES
from domain.intake.ports import Done, Waiting

log = structlog.get_logger()

MAX_TRIES = 3
PAUSES = (0.2, 1.0)
"""Seconds before the second and the third try."""
OUTAGE_PAUSE = 1.0
MAX_OUTAGE = 60.0
"""For so many seconds an update waits for a database or a Telegram that is away, before that counts as a failure."""

AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    ConnectionError,
    FileNotFoundError,
)
PASSING = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, TelegramNetworkError, TelegramServerError)

Apologise = Callable[[int, str], Awaitable[None]]
"""Tell this chat that something broke, with the id under which the log has it."""


class Worker:
    """The `Work` of the intake."""

    def __init__(self, dispatcher: Dispatcher, bot: Bot, apologise: Apologise) -> None:
        self._dispatcher = dispatcher
        self._bot = bot
        self._apologise = apologise

    async def __call__(self, user_id: int, waiting: Waiting, state: bytes | None) -> Done:
        started = time.monotonic()
        structlog.contextvars.bind_contextvars(update_id=waiting.update_id, user_id=user_id)
        try:
            if waiting.attempts > MAX_TRIES:
                return await self._give_up(user_id, waiting, "the process died of it", None)
            return await self._try(user_id, waiting, state)
        finally:
            UPDATE_SECONDS.observe(time.monotonic() - started)
            structlog.contextvars.clear_contextvars()

    async def _try(self, user_id: int, waiting: Waiting, state: bytes | None) -> Done:
        try:
            update = Update.model_validate(read_json(waiting.raw), context={"bot": self._bot})
        except (ValidationError, Unreadable) as error:
            return await self._give_up(user_id, waiting, f"does not parse: {type(error).__name__}", None)
        tries = 0
        deadline = time.monotonic() + MAX_OUTAGE
        while True:
            dialog = DialogState(state)
            token = current_state.set(dialog)
            try:
                await self._dispatcher.feed_update(self._bot, update)
                UPDATES.labels("done").inc()
                return Done(waiting.update_id, user_id, dialog.changed())
            except AWAY as error:
                if time.monotonic() > deadline:
                    return await self._give_up(user_id, waiting, describe(error), error)
                log.warning("update.waits", cause=type(error).__name__)
                await asyncio.sleep(OUTAGE_PAUSE)
            except TelegramRetryAfter as error:
                if time.monotonic() + error.retry_after > deadline:
                    return await self._give_up(user_id, waiting, describe(error), error)
                await asyncio.sleep(error.retry_after)
            except Exception as error:
                tries += 1
                if tries >= MAX_TRIES:
                    return await self._give_up(user_id, waiting, describe(error), error)
                if not isinstance(error, PASSING):
                    log.warning("update.failed_once", cause=describe(error), tries=tries)
                await asyncio.sleep(PAUSES[tries - 1])
            finally:
                current_state.reset(token)

    async def _give_up(self, user_id: int, waiting: Waiting, cause: str, error: BaseException | None) -> Done:
        """A dead letter; whoever wrote it is told, once, that it did not work."""
        number = error_id()
        UPDATES.labels("dead").inc()
        ERRORS.labels("update").inc()
        log.error("update.dead_letter", error_id=number, cause=cause, exc_info=error)
        chat_id = _chat(waiting.raw)
        if chat_id is not None:
            await self._apologise(chat_id, number)
        return Done(waiting.update_id, user_id, None, error=f"{number} {cause}"[:500])


def _chat(raw: bytes) -> int | None:
    try:
        data: Any = read_json(raw)
    except Unreadable:
        return None
    return chat_of(data) if isinstance(data, dict) else None
