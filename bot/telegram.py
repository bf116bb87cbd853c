"""The Bot API's client: JSON requests, and passing failures met here so that no screen has to."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from http import HTTPStatus
from typing import Any, cast

import aiohttp
import orjson
import structlog
from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
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
from pydantic import SecretStr, ValidationError

from bot.limits import within_limits
from bot.metrics import TELEGRAM_CALLS

log = structlog.get_logger()

TIMEOUT = 15
PAUSES = (0.3, 1.0)
MAX_WAIT = 20
"""Seconds of `retry_after` that an answer waits for; a longer ban is the intake's to wait out."""
_is_paced: ContextVar[bool] = ContextVar("is_paced", default=False)
_PATIENCE = aiohttp.ClientTimeout(total=TIMEOUT)
_JSON = {"Content-Type": "application/json"}
_DONE: Response[bool] = Response(ok=True, result=True)
_PLAIN = frozenset({str, int, bool, float})
_CALLS = {outcome: TELEGRAM_CALLS.labels(outcome) for outcome in ("ok", "limited", "failed", "refused")}
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
    """Posts JSON where no file is sent, and reads no more of an answer than is used."""

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        method = within_limits(method, bot)
        files: dict[str, InputFile] = {}
        body = _object(method, bot, files)
        if files:
            return await super().make_request(bot, method, timeout)
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        patience = aiohttp.ClientTimeout(total=timeout) if timeout else _PATIENCE
        try:
            async with session.post(url, data=_json(body), headers=_JSON, timeout=patience) as response:
                raw = await response.read()
        except TimeoutError:
            raise TelegramNetworkError(method=method, message="Request timeout error") from None
        except aiohttp.ClientError as error:
            # The client's own words quote the address, and the address holds the token.
            raise TelegramNetworkError(method=method, message=type(error).__name__) from None
        answer = self.check_response(bot=bot, method=method, status_code=response.status, content=raw)
        return cast("TelegramType", answer.result)

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str | bytes
    ) -> Response[TelegramType]:
        """aiogram's, but for two things.

        A gateway's error page is a passing failure of the server, and not a failure to read. And the keyboard of a
        message that was sent is not read back: that would be four fifths of the work, and the program knows it.
        """
        try:
            answer: Any = orjson.loads(content)
        except orjson.JSONDecodeError:
            if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TelegramServerError(method=method, message=f"HTTP {status_code}") from None
            answer = None
        if status_code == HTTPStatus.OK and isinstance(answer, dict) and answer.get("ok") is True:
            result = answer.get("result")
            if result is True:
                return cast("Response[TelegramType]", _DONE)
            if isinstance(result, dict):
                result.pop("reply_markup", None)
            try:
                return _answer_with(method.__returning__).model_validate(answer, context={"bot": bot})
            except ValidationError as error:
                raise ClientDecodeError("Failed to deserialize object", error, answer) from error
        text = content if isinstance(content, str) else content.decode(errors="replace")
        return super().check_response(bot, method, status_code, text)


@cache
def _answer_with(result: Any) -> type[Response[Any]]:
    return Response[result]


def _json(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        # A half of a surrogate pair, which UTF-8 cannot write but JSON can.
        return json.dumps(body).encode()


def _object(value: TelegramObject | TelegramMethod[Any], bot: Bot, files: dict[str, InputFile]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    # The attributes themselves: asking pydantic for its list of fields costs more than all the rest.
    for items in (value.__dict__, value.__pydantic_extra__ or {}):
        for name, item in items.items():
            if type(item) in _PLAIN:
                plain[name] = item
            elif item is not None and (told := _plain(item, bot, files)) is not None:
                plain[name] = told
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
        case list() | tuple():
            return [_plain(item, bot, files) for item in value]
        case InputFile():
            files[str(len(files))] = value
            return "file"
        case TelegramObject():
            return _object(value, bot, files)
        case datetime():
            return round(value.timestamp())
        case timedelta():
            return int(value.total_seconds())
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
                _CALLS["limited"].inc()
                is_draft = isinstance(method, SendMessageDraft | SendRichMessageDraft)
                if is_draft or _is_paced.get() or error.retry_after > MAX_WAIT:
                    raise
                await asyncio.sleep(error.retry_after)
            except (TelegramServerError, RestartingTelegram, TelegramNetworkError) as error:
                _CALLS["failed"].inc()
                if tries >= len(PAUSES) or ("timeout" in error.message and not _is_repeatable(method)):
                    raise
                await asyncio.sleep(PAUSES[tries])
                tries += 1
            except TelegramAPIError as error:
                _CALLS["refused"].inc()
                if isinstance(method, AnswerCallbackQuery) and _is_stale(error):
                    return cast("Response[TelegramType]", _DONE)
                raise
            else:
                _CALLS["ok"].inc()
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
