"""One update through the dispatcher: tried again after a passing failure, given up after three, never silent."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import Update
from aiogram_dialog.setup import collect_dialogs
from pydantic import ValidationError

from bot.errors import describe, error_id
from bot.intake.arrivals import Unreadable, read_json
from bot.intake.state import DialogState, current_state, why_unreadable
from bot.metrics import ERRORS, UPDATE_SECONDS, UPDATES
from domain.intake.ports import LAST_TRY, Done, Waiting

log = structlog.get_logger()

MAX_TRIES = 3
"""Of a handler that raises; as many processes may die of an update, see LAST_TRY."""
PAUSES = (0.2, 1.0)
"""Seconds before the second and the third try."""
OUTAGE_PAUSE = 1.0
DATABASE_PATIENCE = 600.0
TELEGRAM_PATIENCE = 60.0
"""For so many seconds an update waits for a database or a Telegram that is away, before that counts as a failure."""

INLINE_PATIENCE = 30.0
"""After so many seconds Telegram takes no answer to an inline query any more: it is dropped, and nobody waits."""

_DATABASE_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # The connection was terminated while it lay in the pool, and its end is not known there yet.
    asyncpg.InternalClientError,
    ConnectionError,
)
_SLOW = (TelegramNetworkError, TelegramServerError, TimeoutError)
_PASSING = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)

_NAMES = frozenset({"first_name", "last_name", "username"})
_DONE = UPDATES.labels("done")

Apologise = Callable[[Any, str], Awaitable[None]]
"""Tell whoever sent this update that something broke, with the id under which the log has it."""


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
            if waiting.attempts > LAST_TRY + 1:
                return await self._give_up(user_id, waiting, "the process died of it", None)
            return await self._try(user_id, waiting, state)
        finally:
            UPDATE_SECONDS.observe(time.monotonic() - started)
            structlog.contextvars.clear_contextvars()

    async def _try(self, user_id: int, waiting: Waiting, state: bytes | None) -> Done:
        try:
            update = Update.model_validate(read_update(waiting.raw), context={"bot": self._bot})
        except (ValidationError, Unreadable) as error:
            return await self._give_up(user_id, waiting, f"does not parse: {type(error).__name__}", None)
        tries = 0
        is_discarded = False
        started = time.monotonic()
        while True:
            dialog = DialogState(state, anew=is_discarded)
            token = current_state.set(dialog)
            try:
                await self._dispatcher.feed_update(self._bot, update)
                _DONE.inc()
                return Done(waiting.update_id, user_id, dialog.changed())
            except TelegramForbiddenError:
                # They blocked the bot while it answered: what they asked for is done, and nobody is there to be told.
                log.info("update.unreachable")
                _DONE.inc()
                return Done(waiting.update_id, user_id, dialog.changed())
            except TelegramRetryAfter as error:
                if time.monotonic() - started + error.retry_after > TELEGRAM_PATIENCE:
                    return await self._give_up(user_id, waiting, describe(error), error)
                await asyncio.sleep(error.retry_after)
            except Exception as error:
                if state is not None and not is_discarded and (cause := self._why_unreadable(state)) is not None:
                    # Nothing would work for this person any more. Without a state every update leads to the menu.
                    log.error("dialog_state.discarded", cause=cause)
                    is_discarded = True
                    continue
                if update.inline_query is not None and time.monotonic() - started >= INLINE_PATIENCE:
                    log.info("inline.dropped", cause=type(error).__name__)
                    _DONE.inc()
                    return Done(waiting.update_id, user_id, dialog.changed())
                if time.monotonic() - started < _patience(error):
                    log.warning("update.waits", cause=type(error).__name__)
                    await asyncio.sleep(OUTAGE_PAUSE)
                    continue
                tries += 1
                if tries >= MAX_TRIES:
                    return await self._give_up(user_id, waiting, describe(error), error)
                if not isinstance(error, _PASSING):
                    log.warning("update.failed_once", cause=describe(error), tries=tries)
                await asyncio.sleep(PAUSES[tries - 1])
            finally:
                current_state.reset(token)

    def _why_unreadable(self, state: bytes) -> str | None:
        dialogs = collect_dialogs(self._dispatcher)
        return why_unreadable(state, {screen.state for dialog in dialogs for screen in dialog.states() if screen.state})

    async def _give_up(self, user_id: int, waiting: Waiting, cause: str, error: BaseException | None) -> Done:
        """A dead letter; whoever wrote it is told, once, that it did not work."""
        number = error_id()
        UPDATES.labels("dead").inc()
        ERRORS.labels("update").inc()
        log.error("update.dead_letter", error_id=number, cause=cause, exc_info=error)
        try:
            await self._apologise(read_json(waiting.raw), number)
        except Unreadable:
            log.info("update.nobody_to_tell")
        return Done(waiting.update_id, user_id, None, error=_storable(f"{number} {cause}"[:500]))


def read_update(raw: bytes) -> Any:
    """The update without what would only cost time, and with its person."""
    update = read_json(raw)
    match update:
        case {"callback_query": {"message": {"reply_markup": _} as message}}:
            # The keyboard that the bot itself has sent: to parse it would cost more than all the rest.
            del message["reply_markup"]
        case {"message": {"refunded_payment": _, "chat": {"type": "private", "id": person, **chat}} as message}:
            # Telegram says that the bot has sent it: https://github.com/aiogram/aiogram/issues/1692
            name = {"first_name": "", **{key: chat[key] for key in _NAMES & chat.keys()}}
            message["from"] = {"id": person, "is_bot": False, **name}
        case _:
            pass
    return update


def _patience(error: Exception) -> float:
    """How long to wait for what is away; 0 for everything else."""
    if isinstance(error, _SLOW):
        return TELEGRAM_PATIENCE
    is_away = (
        isinstance(error, _DATABASE_AWAY)
        or (isinstance(error, asyncpg.InterfaceError) and "closed" in str(error))
        # The server's socket is not there yet; a file that is missing has a name.
        or (isinstance(error, FileNotFoundError) and error.filename is None)
    )
    return DATABASE_PATIENCE if is_away else 0.0


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
