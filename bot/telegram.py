"""The Bot API's client: JSON requests, and passing failures met here so that no screen has to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, cast

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, Response, SendMessageDraft, SendRichMessageDraft, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile, TelegramObject
from aiogram.types.base import UNSET_TYPE
from pydantic import SecretStr

from bot.metrics import TELEGRAM_CALLS

log = structlog.get_logger()

TIMEOUT = 15
PAUSES = (0.3, 1.0)
MAX_WAIT = 20
"""Seconds of `retry_after` that an answer waits for; a longer ban is the intake's to wait out."""
_is_paced: ContextVar[bool] = ContextVar("is_paced", default=False)
_REPEATABLE = ("get", "edit", "answer", "delete", "set", "pin", "unpin")


@contextmanager
def limits_are_mine() -> Iterator[None]:
    """Inside, a 429 is raised and not waited for: the caller keeps the pace for more than this one message."""
    token = _is_paced.set(True)
    try:
        yield
    finally:
        _is_paced.reset(token)


class TelegramSession(AiohttpSession):
    """Posts JSON where no file is sent: half the work of a multipart form."""

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        files: dict[str, InputFile] = {}
        body = _object(method, bot, files)
        if files:
            return await super().make_request(bot, method, timeout)
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        try:
            async with session.post(
                url, json=body, timeout=aiohttp.ClientTimeout(total=timeout or self.timeout)
            ) as response:
                raw = await response.text()
        except TimeoutError:
            raise TelegramNetworkError(method=method, message="Request timeout error") from None
        except aiohttp.ClientError as error:
            # The client's own words quote the address, and the address holds the token.
            raise TelegramNetworkError(method=method, message=type(error).__name__) from None
        answer: Response[TelegramType] = self.check_response(
            bot=bot, method=method, status_code=response.status, content=raw
        )
        return cast("TelegramType", answer.result)


def _object(value: TelegramObject | TelegramMethod[Any], bot: Bot, files: dict[str, InputFile]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in value.model_fields_set | value.__class__.model_fields.keys():
        item = _plain(getattr(value, name, None), bot, files)
        if item is not None:
            plain[name] = item
    return plain


def _plain(value: Any, bot: Bot, files: dict[str, InputFile]) -> Any:
    """A method's argument as JSON; a file makes the caller fall back to a form."""
    match value:
        case None | UNSET_TYPE():
            return None
        case bool() | int() | float() | str():
            return value.value if isinstance(value, Enum) else value
        case Default():
            return _plain(bot.default[value.name], bot, files)
        case InputFile():
            files[str(len(files))] = value
            return "file"
        case TelegramObject():
            return _object(value, bot, files)
        case datetime():
            return round(value.timestamp())
        case timedelta():
            return int(value.total_seconds())
        case list() | tuple():
            return [_plain(item, bot, files) for item in value]
        case dict():
            return {key: _plain(item, bot, files) for key, item in value.items()}
        case _:
            return value


class Persistence(BaseRequestMiddleware):
    """Tries again what Telegram failed to do; obeys `retry_after`.

    A time-out is not a failure: the message may have arrived, so only what may be repeated harmlessly is repeated.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        tries = 0
        while True:
            try:
                answer = await make_request(bot, method)
            except TelegramRetryAfter as error:
                TELEGRAM_CALLS.labels("limited").inc()
                is_draft = isinstance(method, SendMessageDraft | SendRichMessageDraft)
                if is_draft or _is_paced.get() or error.retry_after > MAX_WAIT:
                    raise
                await asyncio.sleep(error.retry_after)
            except (TelegramServerError, RestartingTelegram, TelegramNetworkError) as error:
                TELEGRAM_CALLS.labels("failed").inc()
                if tries >= len(PAUSES) or ("timeout" in error.message and not _is_repeatable(method)):
                    raise
                await asyncio.sleep(PAUSES[tries])
                tries += 1
            except TelegramAPIError as error:
                TELEGRAM_CALLS.labels("refused").inc()
                if isinstance(method, AnswerCallbackQuery) and _is_stale(error):
                    return cast("Response[TelegramType]", Response(ok=True, result=True))
                raise
            else:
                TELEGRAM_CALLS.labels("ok").inc()
                return answer


def _is_stale(error: TelegramAPIError) -> bool:
    """A tap that is too old to be answered needs no answer any more: its button has stopped spinning."""
    return isinstance(error, TelegramBadRequest) and "query is too old" in error.message.lower()


def _is_repeatable(method: TelegramMethod[Any]) -> bool:
    return method.__api_method__.startswith(_REPEATABLE)


def make_bot(token: SecretStr, api_url: str) -> Bot:
    session = TelegramSession(api=TelegramAPIServer.from_base(api_url), timeout=TIMEOUT)
    session.middleware(Persistence())
    return Bot(
        token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True),
    )
