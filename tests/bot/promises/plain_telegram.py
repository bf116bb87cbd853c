"""A Bot API server that is not the sandbox: an old one, with the classic methods only."""

import asyncio
import itertools
import json
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

TOKEN = "77:another-server"
BOT = {"id": 77, "is_bot": True, "first_name": "Ustoz", "username": "ustoz_bot"}
QUIET = frozenset(
    {"answerCallbackQuery", "deleteMessage", "setMyCommands", "setMyDescription", "setMyShortDescription"}
    | {"deleteWebhook", "sendChatAction"}
)


class PlainTelegram:
    """One chat with one person. What it does not know is answered 404, as an old server does."""

    def __init__(self) -> None:
        self.messages: dict[int, dict[str, Any]] = {}
        self.unknown: list[str] = []
        self._ids = itertools.count(1)
        self._updates = itertools.count(500)
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._keyboard: list[list[dict[str, Any]]] = []
        self._webhook: dict[str, Any] | None = None
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._call)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def say(self, text: str) -> None:
        await self._deliver({"message": self._message(next(self._ids), text, me=True)})

    async def press(self, label: str) -> None:
        """The newest button with these words; one of the reply keyboard is said, with all that its text holds."""
        for row in self._keyboard:
            for button in row:
                if label in button["text"]:
                    self._keyboard = []
                    await self.say(button["text"])
                    return
        for message in sorted(self.messages.values(), key=lambda message: -message["message_id"]):
            for button in buttons(message):
                if label in button["text"]:
                    person = message["chat"] | {"is_bot": False}
                    query = {
                        "id": str(next(self._ids)),
                        "from": {"id": person["id"], "is_bot": False, "first_name": "Ali", "language_code": "en"},
                        "chat_instance": "1",
                        "message": message,
                        "data": button["callback_data"],
                    }
                    await self._deliver({"callback_query": query})
                    return
        raise AssertionError(f"no button {label!r}: {[message.get('text') for message in self.messages.values()]}")

    async def sees(self, words: str, *, button: str | None = None) -> dict[str, Any]:
        """Wait for a message with these words (and a button)."""
        try:
            return await asyncio.wait_for(self._seen(words, button), timeout=20)
        except TimeoutError:
            shown = [
                (message["text"], [each["text"] for each in buttons(message)]) for message in self.messages.values()
            ]
            raise AssertionError(f"{words!r} ({button}) did not come; the chat: {shown}") from None

    async def _seen(self, words: str, button: str | None) -> dict[str, Any]:
        async with self._news:
            while True:
                for message in reversed(list(self.messages.values())):
                    has_button = button is None or any(button in each["text"] for each in buttons(message))
                    if words in message.get("text", message.get("caption", "")) and has_button:
                        return message
                await self._news.wait()

    async def _deliver(self, event: dict[str, Any]) -> None:
        update = {"update_id": next(self._updates), **event}
        if self._webhook is None:
            await self._waiting.put(update)
            return
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._webhook["secret_token"]}
        if self._session is not None:
            async with self._session.post(self._webhook["url"], json=update, headers=headers) as response:
                assert response.status == 200

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            given = await request.json()
        else:
            given = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        match method:
            case "getMe":
                return _ok(BOT)
            case "getUpdates":
                return _ok(await self._poll(float(given.get("timeout", 0))))
            case "setWebhook":
                self._webhook = given
                return _ok(True)
            case "sendMessage" | "editMessageText" if "text" in given:
                number = int(given["message_id"]) if method == "editMessageText" else next(self._ids)
                return _ok(await self._keep(self._message(number, given["text"], given.get("reply_markup"))))
            case "sendPhoto" | "editMessageMedia":
                number = int(given["message_id"]) if method == "editMessageMedia" else next(self._ids)
                media = given.get("media", given)
                told = json.loads(media) if isinstance(media, str) else media
                message = self._message(number, told.get("caption", ""), given.get("reply_markup"))
                message["caption"] = message.pop("text")
                message["photo"] = [{"file_id": "P", "file_unique_id": "p", "width": 90, "height": 60}]
                return _ok(await self._keep(message))
            case "editMessageReplyMarkup":
                message = self.messages[int(given["message_id"])]
                message.pop("reply_markup", None)
                return _ok(message)
            case _ if method in QUIET:
                if method == "deleteMessage":
                    self.messages.pop(int(given["message_id"]), None)
                return _ok(True)
            case _:
                self.unknown.append(method)
                body = {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
                return web.json_response(body, status=404)

    async def _poll(self, timeout: float) -> list[dict[str, Any]]:
        try:
            return [await asyncio.wait_for(self._waiting.get(), timeout)]
        except TimeoutError:
            return []

    async def _keep(self, message: dict[str, Any]) -> dict[str, Any]:
        async with self._news:
            self.messages[message["message_id"]] = message
            self._news.notify_all()
        return message

    def _message(self, number: int, text: str, markup: object = None, *, me: bool = False) -> dict[str, Any]:
        chat = {"id": 1234, "type": "private", "first_name": "Ali"}
        sender = {"id": 1234, "is_bot": False, "first_name": "Ali", "language_code": "en"} if me else BOT
        message: dict[str, Any] = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": sender}
        message["text"] = text
        markup = json.loads(markup) if isinstance(markup, str) else markup
        if isinstance(markup, dict):
            self._keyboard = markup.get("keyboard", self._keyboard)
            if "inline_keyboard" in markup:
                message["reply_markup"] = markup
        return message


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})
