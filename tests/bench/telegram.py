"""Telegram as far as a bot notices: the Bot API's answers, as cheap as they can be, and the screens of its chats.

Nothing is validated: the sandbox does that, and would be what is measured.
"""

import asyncio
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson

_FORM_FIELD = re.compile(rb'name="?(\w+)"?\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BOT = {"id": 42, "is_bot": True, "first_name": "Ustoz", "username": "ustoz_bot"}
_TRUE = b'{"ok":true,"result":true}'
_SCREENS = ("send", "editMessageText", "editMessageCaption", "editMessageMedia")


@dataclass(slots=True)
class Screen:
    """The newest message with buttons in a chat."""

    message_id: int
    text: str
    markup: dict[str, Any]

    def buttons(self) -> list[str]:
        """The callback data of every button, in reading order."""
        return [
            button["callback_data"]
            for row in self.markup["inline_keyboard"]
            for button in row
            if "callback_data" in button
        ]


@dataclass(slots=True)
class Wait:
    """An update on its way, until its last effect arrives here."""

    done: asyncio.Future[float]
    started: float
    needs_screen: bool
    query_id: str | None
    """The callback query that has to be answered too, if it is one."""


@dataclass(slots=True)
class Chat:
    id: int
    screen: Screen | None = None
    last_message_id: int = 0
    queries: int = 0
    turns: int = 0
    wait: Wait | None = None


@dataclass(slots=True)
class Faults:
    """Shares of calls that fail. A reset after the call has had its effect is the one that a bot cannot see."""

    refused: float = 0.0
    reset_before: float = 0.0
    reset_after: float = 0.0
    lots: random.Random = field(default_factory=lambda: random.Random(7))
    happened: int = 0

    def draw(self) -> str | None:
        lot = self.lots.random()
        fate = None
        if lot < self.refused:
            fate = "refused"
        elif lot < self.refused + self.reset_before:
            fate = "reset_before"
        elif lot < self.refused + self.reset_before + self.reset_after:
            fate = "reset_after"
        self.happened += fate is not None
        return fate


class Silence:
    """The longest time for which a bot called nothing, while it had something to do."""

    def __init__(self, waited: Callable[[], float]) -> None:
        """`waited`: for how long the bot has been ready to run while others had its core, in seconds."""
        self.longest = 0.0
        self.longest_own = 0.0
        """Without the time for which others had the core: the bot's own doing."""
        self._waited = waited
        self._since, self._waited_before = time.perf_counter(), waited()

    def end(self, now: float) -> None:
        waited = self._waited()
        silence = now - self._since
        self.longest = max(self.longest, silence)
        self.longest_own = max(self.longest_own, silence - (waited - self._waited_before))
        self._since, self._waited_before = now, waited


class Telegram:
    """One Bot API server for one bot."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.calls = 0
        self.silence: Silence | None = None
        self.faults: Faults | None = None
        self.is_known_webhook = asyncio.Event()
        self.needs_keyboard = False
        """Only a message with buttons is a screen."""
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", port, backlog=512)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def chat(self, chat_id: int) -> Chat:
        chat = self.chats.get(chat_id)
        if chat is None:
            chat = self.chats[chat_id] = Chat(chat_id)
        return chat

    def call(self, method: str, body: bytes) -> bytes:
        """The body of the answer."""
        now = time.perf_counter()
        self.calls += 1
        if self.silence is not None:
            self.silence.end(now)
        if method == "answerCallbackQuery":
            query_id = str(_fields(body)["callback_query_id"])
            chat = self.chat(int(query_id.partition(":")[0]))
            if chat.wait is not None and chat.wait.query_id == query_id:
                chat.wait.query_id = None
                _settle(chat, now)
            return _TRUE
        if method.startswith(("send", "edit")) and "Draft" not in method:
            return self._message(method, _fields(body), now)
        if method == "getMe":
            return orjson.dumps({"ok": True, "result": _BOT})
        if method == "setWebhook":
            self.is_known_webhook.set()
        return _TRUE

    def _message(self, method: str, fields: Mapping[str, Any], now: float) -> bytes:
        chat = self.chat(int(fields["chat_id"]))
        if method.startswith("send"):
            chat.last_message_id += 1
            message_id = chat.last_message_id
        else:
            message_id = int(fields["message_id"])
        rich: Any = fields.get("rich_message")
        text = str(fields.get("text") or (rich or {}).get("markdown") or "")
        result: dict[str, Any] = {
            "message_id": message_id,
            "from": _BOT,
            "chat": {"id": chat.id, "first_name": "Ali", "type": "private"},
            "date": int(time.time()),
            "text": text or "…",
        }
        markup: Any = fields.get("reply_markup")
        if isinstance(markup, str):
            markup = orjson.loads(markup)
        if markup:
            result["reply_markup"] = markup
        if method.startswith(_SCREENS):
            has_keyboard = bool(markup) and "inline_keyboard" in markup
            if has_keyboard:
                chat.screen = Screen(message_id, text, markup)
            if chat.wait is not None and (has_keyboard or not self.needs_keyboard):
                chat.wait.needs_screen = False
                _settle(chat, now)
        return orjson.dumps({"ok": True, "result": result})


def _settle(chat: Chat, now: float) -> None:
    wait = chat.wait
    if wait is not None and not wait.needs_screen and wait.query_id is None:
        chat.wait = None
        if not wait.done.done():
            wait.done.set_result(now - wait.started)


def _fields(body: bytes) -> Mapping[str, Any]:
    """The call's parameters from JSON, from a multipart form, or from an URL-encoded one."""
    if body.startswith(b"{"):
        return orjson.loads(body)
    if body.startswith(b"--"):
        return {name.decode(): value.decode() for name, value in _FORM_FIELD.findall(body)}
    return dict(parse_qsl(body.decode()))


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and Content-Length, which is what Bot API clients speak."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, end)
            stop = end + 4 + (int(length[1]) if length else 0)
            if length is None and b"chunked" in self._buffer[:end]:
                raise ValueError("a chunked request")
            if len(self._buffer) < stop:
                return
            head, body = self._buffer[:end], self._buffer[end + 4 : stop]
            self._buffer = self._buffer[stop:]
            self._answer(head.split(b" ", 2)[1].rsplit(b"/", 1)[1].decode(), body)

    def _answer(self, method: str, body: bytes) -> None:
        if self._transport is None:
            return
        faults = self._telegram.faults
        fate = faults.draw() if faults is not None else None
        if fate == "reset_before":
            self._transport.abort()
            return
        if fate == "refused":
            status, answer = b"502 Bad Gateway", b"<html>Bad Gateway</html>"
        else:
            status, answer = b"200 OK", self._telegram.call(method, body)
        if fate == "reset_after":
            self._transport.abort()
            return
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(answer), answer)
        )
