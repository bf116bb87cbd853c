"""The user side for tests and for the load generator: people who type, press and read, over HTTP.

```python
async with SandboxClient("http://127.0.0.1:8080") as sandbox:
    ali = sandbox.user(1001)
    await ali.send("/start")
    await ali.press("English")
    assert "name" in (await ali.last_message()).text
```
"""

import asyncio
import io
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import orjson

from bot.sandbox.rich import plain_text

Json = dict[str, Any]
DEFAULT_TIMEOUT = 10.0
_LOOKED_AT = 100
_MEDIA = ("photo", "document", "video", "audio", "voice", "animation", "sticker")


class SandboxError(Exception):
    """The sandbox refused what a person wanted to do."""


class NoSuchButton(AssertionError):
    """No button with such a text; the message lists those there are."""


class NoAnswer(AssertionError):
    """What was waited for did not come in time; the message shows what did."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button with its place: of a message, or of the reply keyboard when `message_id` is None."""

    text: str
    message_id: int | None
    row: int
    column: int
    raw: Mapping[str, Any]

    @property
    def url(self) -> str | None:
        return self.raw.get("url")

    @property
    def data(self) -> str | None:
        return self.raw.get("callback_data")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Telegram's JSON in `raw`, with what tests ask for most."""

    raw: Mapping[str, Any]

    @property
    def id(self) -> int:
        return self.raw["message_id"]

    @property
    def from_me(self) -> bool:
        return self.raw["from_me"]

    @property
    def text(self) -> str:
        """The words: text, caption, the plain text of a rich message, a poll's question, an invoice's title."""
        raw = self.raw
        if "rich_message" in raw:
            return plain_text(raw["rich_message"]["blocks"])
        if "poll" in raw:
            return raw["poll"]["question"]
        if "invoice" in raw:
            return raw["invoice"]["title"]
        return raw.get("text") or raw.get("caption") or ""

    @property
    def buttons(self) -> list[Button]:
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [Button(b["text"], self.id, r, c, b) for r, row in enumerate(rows) for c, b in enumerate(row)]

    @property
    def poll(self) -> Mapping[str, Any] | None:
        return self.raw.get("poll")

    @property
    def kind(self) -> str:
        """`text`, `rich_message`, `poll`, `photo`, `document` and so on."""
        kinds = ("rich_message", "poll", "invoice", "contact", "location", *_MEDIA)
        return next((kind for kind in kinds if kind in self.raw), "text")

    def __str__(self) -> str:
        return f"{self.text!r} {[button.text for button in self.buttons]}"


@dataclass(frozen=True, slots=True)
class Toast:
    """The short answer to a tap."""

    text: str
    show_alert: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One line of what a bot offers in inline mode."""

    id: str
    title: str
    description: str = ""
    thumbnail_url: str | None = None


@dataclass(frozen=True, slots=True)
class InlineResults:
    """The answer to `@bot words`; choosing a result makes it a message of the person."""

    user: "SandboxUser"
    query_id: str
    query: str
    results: list[InlineResult]
    next_offset: str
    button: Mapping[str, Any] | None
    """Above the results: its text, and the parameter with which it starts the bot."""

    async def choose(self, number: int = 0) -> Message:
        """Send the result with this number, counting from 0."""
        return await self.user.choose(self.query_id, self.results[number].id)

    async def more(self) -> "InlineResults":
        """The next page, as when one scrolls to the end."""
        return await self.user.inline(self.query, offset=self.next_offset)


Wanted = str | Callable[[Message], bool]


class SandboxClient:
    """One connection pool for all people of one sandbox."""

    def __init__(self, base_url: str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.until_worked_on: Callable[[int], Awaitable[None]] | None = None
        """For a bot that acknowledges before it works: waits until it has worked on all that this person sent."""
        self._session: aiohttp.ClientSession | None = None
        self._users: dict[int, SandboxUser] = {}

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        for user in self._users.values():
            await user.close()
        self._users.clear()
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use `async with SandboxClient(...)`")
        return self._session

    def user(self, user_id: int) -> "SandboxUser":
        """A person known to the sandbox; the same object each time."""
        if user_id not in self._users:
            self._users[user_id] = SandboxUser(self, user_id)
        return self._users[user_id]

    async def personas(self) -> list[Json]:
        return await self.request("GET", "/sandbox/personas")

    async def add_person(self, user_id: int, first_name: str, **fields: str) -> "SandboxUser":
        """A new person: a load test brings its own thousands."""
        await self.request("POST", "/sandbox/personas", json={"id": user_id, "first_name": first_name, **fields})
        return self.user(user_id)

    async def settle(self, *users: "SandboxUser", timeout: float | None = None) -> None:
        """Wait until the bot owes nothing to these people, or to anybody."""
        chats = "".join(f"&chat={user.id}" for user in users)
        await self.request("GET", f"/sandbox/settled?timeout={timeout or self.timeout}{chats}")

    async def faults(self, **values: Any) -> Json:
        """Change the sandbox's faults by name."""
        return await self.request("PATCH", "/sandbox/faults", json=values)

    async def calls(self, after: int = 0) -> Json:
        """`{calls, taps, next}`: what the bot called since number `after`."""
        return await self.request("GET", f"/sandbox/calls?after={after}")

    async def pay(self, link: str) -> Json:
        """Pay at the cashier: `{ok, error, state}`."""
        return await self._cashier(link, "pay")

    async def cancel(self, link: str) -> Json:
        """Cancel at the cashier, or take the money back when it was paid."""
        return await self._cashier(link, "cancel")

    async def return_money(self, payme_id: str) -> Json:
        """Press “Return the money” in Payme's cabinet: `{ok, error}`."""
        return await self._cabinet(payme_id, "return")

    async def send_receipt(self, payme_id: str) -> Json:
        """Press “Send the fiscal receipt” in Payme's cabinet: `{ok, error}`."""
        return await self._cabinet(payme_id, "receipt")

    async def _cabinet(self, payme_id: str, action: str) -> Json:
        headers = {"Accept": "application/json"}
        return await self.request("POST", f"/cabinet/{payme_id}/{action}", headers=headers)

    async def _cashier(self, link: str, action: str) -> Json:
        path = urlsplit(link).path
        encoded = path.partition("/cashier/")[2] or path.lstrip("/")
        headers = {"Accept": "application/json"}
        return await self.request("POST", f"/cashier/{encoded}/{action}", headers=headers)

    async def request(self, method: str, path: str, **options: Any) -> Any:
        async with self.session.request(method, self.base_url + path, **options) as response:
            body = await response.read()
            try:
                answer = orjson.loads(body) if body else None
            except orjson.JSONDecodeError:
                raise SandboxError(f"{method} {path}: HTTP {response.status}") from None
            if response.status >= 400:
                reason = answer.get("error") if isinstance(answer, dict) else None
                raise SandboxError(f"{method} {path}: {reason or response.status}")
            return answer


class SandboxUser:
    """One person in the chat with the bot. Opens one event stream at the first action and reads the news from it."""

    def __init__(self, client: SandboxClient, user_id: int) -> None:
        self.id = user_id
        self.events: list[Json] = []
        self._client = client
        self._path = f"/sandbox/chats/{user_id}"
        self._messages: dict[int, Message] = {}
        self._draft: Mapping[str, Any] | None = None
        self._news = asyncio.Condition()
        self._reader: asyncio.Task[None] | None = None
        self._lost: BaseException | None = None
        self._first_seq = 0

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    async def _listen(self) -> None:
        if self._reader is not None and not self._reader.done():
            return
        chat = await self._client.request("GET", f"{self._path}?raw=1")
        self._messages = {raw["message_id"]: Message(raw) for raw in chat["messages"]}
        self._draft = chat["draft"]
        self._lost, self._first_seq = None, chat["seq"]
        opened = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read(chat["seq"], opened))
        await opened

    async def _read(self, seq: int, opened: asyncio.Future[None]) -> None:
        url = f"{self._client.base_url}{self._path}/events?after={seq}&raw=1"
        try:
            async with self._client.session.get(url, read_bufsize=2**20) as response:
                async for line in response.content:
                    if not opened.done():
                        opened.set_result(None)
                    if line.startswith(b"data: "):
                        await self._take(orjson.loads(line[6:]))
        except (aiohttp.ClientError, ValueError) as error:
            self._lost = error
        finally:
            if not opened.done():
                opened.set_result(None)
            async with self._news:
                self._news.notify_all()

    async def _take(self, event: Json) -> None:
        match event["type"]:
            case "message" | "edit" | "poll" | "reaction" | "invoice_paid":
                self._messages[event["message_id"]] = Message(event["message"])
            case "delete":
                for message_id in event["message_ids"]:
                    self._messages.pop(message_id, None)
            case "draft":
                self._draft = event["draft"]
            case "draft_end":
                self._draft = None
            case _:
                pass
        async with self._news:
            self.events.append(event)
            self._news.notify_all()

    async def _act(self, action: str, body: Json | None = None) -> Json:
        await self._listen()
        return await self._client.request("POST", f"{self._path}/{action}", json=body or {})

    async def next_event(
        self, wanted: Callable[[Json], bool], *, since: int = 0, timeout: float | None = None, hint: str = "an event"
    ) -> Json:
        """The first event after number `since` for which `wanted` is true."""
        await self._listen()
        seen = 0
        try:
            async with asyncio.timeout(timeout or self._client.timeout), self._news:
                while True:
                    for event in self.events[seen:]:
                        if event["seq"] > since and wanted(event):
                            return event
                    seen = len(self.events)
                    if self._reader is None or self._reader.done():
                        raise NoAnswer(f"the sandbox closed the connection: {self._lost}")
                    await self._news.wait()
        except TimeoutError:
            news = [f"{event['type']} {self._describe(event)}" for event in self.events if event["seq"] > since]
            raise NoAnswer(f"{hint} did not come; came: {'; '.join(news) or 'nothing'}") from None

    @staticmethod
    def _describe(event: Json) -> str:
        return str(Message(event["message"])) if "message" in event else str(event.get("text", ""))

    async def _reply(self, since: int, timeout: float | None, *, toast: bool = False) -> Message | Toast:
        def is_reply(event: Json) -> bool:
            if event["type"] in {"message", "edit"}:
                return not event["message"]["from_me"]
            return toast and event["type"] == "toast"

        event = await self.next_event(is_reply, since=since, timeout=timeout, hint="a reply of the bot")
        if event["type"] == "toast":
            return Toast(event["text"], event["show_alert"], event["url"])
        return Message(event["message"])

    async def _said(self, answer: Json, timeout: float | None, *, wait: bool) -> Message | None:
        if not wait:
            return None
        reply = await self._reply(answer["seq"], timeout)
        return reply if isinstance(reply, Message) else None

    async def send(self, text: str, *, reply_to: int | None = None, timeout: float | None = None) -> Message:
        """Type a text and wait for the bot's first new or edited message."""
        answer = await self.type(text, reply_to=reply_to)
        reply = await self._reply(answer["seq"], timeout)
        assert isinstance(reply, Message)  # noqa: S101 — no toast was asked for
        return reply

    async def type(self, text: str, *, reply_to: int | None = None) -> Json:
        """Type a text and wait for nothing."""
        body: Json = {"text": text}
        return await self._act("send", {**body, "reply_to": reply_to} if reply_to else body)

    async def start(self, payload: str | None = None, *, timeout: float | None = None) -> Message:
        """Follow a deep link and wait for the reply."""
        answer = await self._act("start", {"payload": payload})
        reply = await self._reply(answer["seq"], timeout)
        assert isinstance(reply, Message)  # noqa: S101 — no toast was asked for
        return reply

    async def inline(self, query: str, *, offset: str = "", timeout: float | None = None) -> InlineResults:
        """Type `@bot query` into the chat and wait for the results."""
        answer = await self._act("inline", {"query": query, "offset": offset})
        query_id = answer["inline_query_id"]
        event = await self.next_event(
            lambda event: event["type"] == "inline" and event["inline_query_id"] == query_id,
            since=answer["seq"],
            timeout=timeout,
            hint="inline results",
        )
        results = [InlineResult(**result) for result in event["results"]]
        return InlineResults(self, query_id, query, results, event["next_offset"], event["button"])

    async def choose(self, query_id: str, result_id: str) -> Message:
        """Send one of the results, and wait for nothing."""
        answer = await self._act("choose", {"inline_query_id": query_id, "id": result_id})
        return Message(answer["message"])

    async def press(self, text: str, *, exact: bool = False, timeout: float | None = None) -> Message | Toast:
        """Press the newest button whose text contains `text` and wait for a message, an edit or a toast.

        A reply keyboard's button sends its text; a contact button shares the own contact. Links are not for pressing:
        read `button.url`.
        """
        answer = await self.tap(text, exact=exact)
        return await self._reply(answer["seq"], timeout, toast=True)

    async def tap(self, text: str, *, exact: bool = False) -> Json:
        """Press a button and wait for nothing."""
        return await self.push(await self.button(text, exact=exact))

    async def push(self, button: Button) -> Json:
        """Press this very button and wait for nothing."""
        if button.message_id is not None:
            place = {"message_id": button.message_id, "row": button.row, "col": button.column}
            return await self._act("press", place)
        if button.raw.get("request_contact"):
            return await self._act("contact")
        if button.raw.get("request_location"):
            return await self._act("location")
        return await self._act("send", {"text": button.text})

    async def button(self, text: str, *, exact: bool = False) -> Button:
        """The newest button with such a text: of the messages from the last one up, then of the reply keyboard."""
        every = await self.buttons()
        for button in every:
            if button.text == text or (not exact and text in button.text):
                return button
        raise NoSuchButton(f"no button {text!r}; there are {[button.text for button in every]}")

    async def buttons(self) -> list[Button]:
        """All buttons that can be pressed now, the newest first, those of the reply keyboard last."""
        chat = await self._now()
        inline = [button for raw in reversed(chat["messages"]) for button in Message(raw).buttons]
        return [*inline, *_reply_buttons(chat["reply_keyboard"] or {})]

    async def _now(self) -> Json:
        """The end of the chat as the sandbox has it this moment; the event stream may be a little behind."""
        return await self._client.request("GET", f"{self._path}?raw=1&last={_LOOKED_AT}")

    async def forge(self, message_id: int, data: str) -> Json:
        """Press with data of one's own making, as an attacker does."""
        return await self._act("press", {"message_id": message_id, "data": data})

    async def wait_for(self, wanted: Wanted, timeout: float | None = None, *, since: int | None = None) -> Message:
        """The newest message of the bot that contains a text or satisfies a predicate; waits until there is one."""
        await self._listen()

        def fits(message: Message) -> bool:
            return not message.from_me and (wanted in message.text if isinstance(wanted, str) else wanted(message))

        if since is None:
            for message_id in sorted(self._messages, reverse=True):
                if fits(self._messages[message_id]):
                    return self._messages[message_id]
            since = self._seq_seen()
        event = await self.next_event(
            lambda event: event["type"] in {"message", "edit", "poll"} and fits(Message(event["message"])),
            since=since,
            timeout=timeout,
            hint=f"a message with {wanted!r}" if isinstance(wanted, str) else "the wanted message",
        )
        return Message(event["message"])

    async def wait_for_draft(self, text: str, timeout: float | None = None) -> Json:
        """Wait until the bot's unfinished answer contains a text."""

        await self._listen()
        if self._draft and text in _draft_words(self._draft):
            return dict(self._draft)
        event = await self.next_event(
            lambda event: event["type"] == "draft" and text in _draft_words(event["draft"]),
            since=self._seq_seen(),
            timeout=timeout,
            hint=f"a draft with {text!r}",
        )
        return event["draft"]

    async def settle(self, timeout: float | None = None) -> None:
        """Wait until the bot is quiet: everything delivered, acknowledged and answered; then catch up with the news."""
        await self._listen()
        seconds = timeout or self._client.timeout
        if self._client.until_worked_on is not None:
            await self._client.request("GET", f"/sandbox/settled?timeout={seconds}&chat={self.id}")
            await self._client.until_worked_on(self.id)
        answer = await self._client.request("GET", f"/sandbox/settled?timeout={seconds}&chat={self.id}")
        wanted = answer["seq"][str(self.id)]
        async with asyncio.timeout(seconds), self._news:
            while self._seq_seen() < wanted and self._reader is not None and not self._reader.done():
                await self._news.wait()

    def _seq_seen(self) -> int:
        return self.events[-1]["seq"] if self.events else self._first_seq

    async def messages(self) -> list[Message]:
        """The chat now, oldest first."""
        chat = await self._client.request("GET", f"{self._path}?raw=1")
        return [Message(raw) for raw in chat["messages"]]

    async def last_message(self) -> Message:
        """The newest message of the bot."""
        for raw in reversed((await self._now())["messages"]):
            if not raw["from_me"]:
                return Message(raw)
        raise NoAnswer("the bot has written nothing")

    async def toasts(self) -> list[Toast]:
        """The answers to taps seen so far."""
        await self._listen()
        toasts = [event for event in self.events if event["type"] == "toast"]
        return [Toast(event["text"], event["show_alert"], event["url"]) for event in toasts]

    async def chat(self) -> Json:
        """The whole chat as the page gets it: keyboard, commands, draft, pins."""
        return await self._client.request("GET", self._path)

    async def commands(self) -> list[str]:
        return [command["command"] for command in (await self.chat())["commands"]]

    async def set_language(self, language_code: str) -> None:
        await self._client.request("PATCH", f"/sandbox/personas/{self.id}", json={"language_code": language_code})

    async def send_contact(
        self, *, phone_number: str | None = None, user_id: int | None = None, first_name: str | None = None,
        wait: bool = True, timeout: float | None = None,
    ) -> Message | None:  # fmt: skip
        """Share the own contact, or somebody else's."""
        given = {"phone_number": phone_number, "user_id": user_id, "first_name": first_name}
        body = {name: value for name, value in given.items() if value is not None}
        return await self._said(await self._act("contact", body), timeout, wait=wait)

    async def send_location(self, latitude: float, longitude: float, *, wait: bool = True) -> Message | None:
        body = {"latitude": latitude, "longitude": longitude}
        return await self._said(await self._act("location", body), None, wait=wait)

    async def send_sticker(self, emoji: str = "👍", *, wait: bool = True) -> Message | None:
        return await self._said(await self._act("sticker", {"emoji": emoji}), None, wait=wait)

    async def upload(
        self, file: Path | bytes, *, name: str | None = None, kind: str = "auto", caption: str = "",
        content_type: str | None = None, reply_to: int | None = None, album: str | None = None, wait: bool = True,
        timeout: float | None = None,
    ) -> Message | None:  # fmt: skip
        """Send a file; `kind` is photo, document, video, audio, voice, animation, video_note or auto.

        `album`: digits that make it one of an album with the others that carry them.
        """
        await self._listen()
        content = file if isinstance(file, bytes) else await asyncio.to_thread(file.read_bytes)
        shown = name or (file.name if isinstance(file, Path) else "file.bin")
        # Names of files arrive as they are, as browsers and apps send them.
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("kind", kind)
        form.add_field("caption", caption)
        if album is not None:
            form.add_field("album", album)
        if reply_to is not None:
            form.add_field("reply_to", str(reply_to))
        form.add_field("file", io.BytesIO(content), filename=shown, content_type=content_type)
        answer = await self._client.request("POST", f"{self._path}/upload", data=form)
        return await self._said(answer, timeout, wait=wait)

    async def upload_album(
        self, files: Sequence[tuple[str, bytes]], *, kind: str = "auto", caption: str = "",
        content_type: str | None = None,
    ) -> None:  # fmt: skip
        """Send files, each a name with its content, as one album; the caption is the first one's. Waits for nothing."""
        album = str(secrets.randbelow(10**17))
        for place, (name, content) in enumerate(files):
            await self.upload(
                content,
                name=name,
                kind=kind,
                caption="" if place else caption,
                content_type=content_type,
                album=album if len(files) > 1 else None,
                wait=False,
            )

    async def quiz_poll(
        self,
        question: str,
        options: list[str],
        correct: int | None,
        explanation: str | None = None,
        *,
        wait: bool = True,
    ) -> Message | None:
        """Send a native quiz as a teacher does; without a right option it is an ordinary poll."""
        body = {"question": question, "options": options, "correct_option_id": correct, "explanation": explanation}
        return await self._said(await self._act("poll", body), None, wait=wait)

    async def vote(
        self, *options: int, message_id: int | None = None, wait: bool = False, timeout: float | None = None
    ) -> Message | None:
        """Vote in the newest poll, or in the given one; no options take the vote back."""
        if message_id is None:
            polls = [raw["message_id"] for raw in (await self._now())["messages"] if "poll" in raw]
            if not polls:
                raise NoAnswer("there is no poll in the chat")
            message_id = polls[-1]
        body = {"message_id": message_id, "option_ids": list(options)}
        return await self._said(await self._act("vote", body), timeout, wait=wait)

    async def forward(self, message_id: int, *, wait: bool = True) -> Message | None:
        return await self._said(await self._act("forward", {"from_message_id": message_id}), None, wait=wait)

    async def edit(self, message_id: int, text: str) -> None:
        await self._act("edit", {"message_id": message_id, "text": text})

    async def pay_invoice(self, message_id: int) -> Json:
        """Pay an invoice in Stars: `{ok, error?}`."""
        return await self._act("pay", {"message_id": message_id})

    async def stop(self) -> None:
        """Press the stop button of the draft."""
        await self._act("stop")

    async def block(self) -> None:
        await self._act("block")

    async def unblock(self) -> None:
        await self._act("unblock")

    async def clear(self) -> None:
        await self._client.request("POST", f"/sandbox/clear/{self.id}", json={})


def _reply_buttons(keyboard: Mapping[str, Any]) -> Iterable[Button]:
    for row, buttons in enumerate(keyboard.get("keyboard", [])):
        for column, button in enumerate(buttons):
            raw = {"text": button} if isinstance(button, str) else button
            yield Button(raw["text"], None, row, column, raw)


def _draft_words(draft: Mapping[str, Any]) -> str:
    return plain_text(draft["rich_message"]["blocks"]) if "rich_message" in draft else draft["text"]
