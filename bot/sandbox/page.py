"""The user side over HTTP: JSON for every action, one event stream per chat, and the files."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from bot.sandbox import drafts, inline, payments, polls, user
from bot.sandbox.core import Core
from bot.sandbox.errors import UserError
from bot.sandbox.files import UPLOAD_LIMIT, Upload
from bot.sandbox.profile import commands_for
from bot.sandbox.render import rich_html, text_html
from bot.sandbox.state import Chat, Draft, Event, Json, Persona

log = logging.getLogger(__name__)

_STATIC = Path(__file__).parent / "static"
_KEEP_ALIVE = 15.0
_QUIET = 0.05
_LONGEST_SETTLE = 60.0

Act = Callable[[Chat, Json], Any]


def view(core: Core, chat: Chat, message: Json) -> Json:
    """A message as the page shows it: Telegram's JSON, whose it is, and safe HTML of what it says."""
    shown = {**message, "from_me": message["from"]["id"] == chat.id}
    if "text" in message:
        shown["html"] = text_html(message["text"], message.get("entities", []))
    elif "caption" in message:
        shown["html"] = text_html(message["caption"], message.get("caption_entities", []))
    if "rich_message" in message:
        shown["rich_html"] = rich_html(message["rich_message"])
    return _facts(core, chat, shown)


def raw_view(core: Core, chat: Chat, message: Json) -> Json:
    """The same without HTML, for those who only read the facts."""
    return _facts(core, chat, {**message, "from_me": message["from"]["id"] == chat.id})


def _facts(core: Core, chat: Chat, shown: Json) -> Json:
    if "poll" in shown:
        shown["poll"] = polls.view(core, chat.id, shown["poll"])
    if "invoice" in shown:
        row = core.state.tables["payment"].get(f"invoice:{chat.id}:{shown['message_id']}")
        shown["paid"] = bool(row and row["paid"])
    payment = shown.get("successful_payment") or shown.get("refunded_payment")
    if payment:
        row = core.state.tables["payment"].get(f"charge:{payment['telegram_payment_charge_id']}")
        shown["paid_for"] = row.get("title") if row else None
    record = chat.messages.get(shown["message_id"])
    if record and record.reactions:
        shown["reactions"] = record.reactions
    return shown


def draft_view(draft: Draft | None) -> Json | None:
    if draft is None:
        return None
    shown: Json = {"draft_id": draft.draft_id, "can_stop": draft.can_stop, **draft.content}
    if "rich_message" in shown:
        shown["rich_html"] = rich_html(shown["rich_message"])
    else:
        shown["html"] = text_html(shown["text"], shown["entities"])
    return shown


class Page:
    """The routes under `/sandbox/` and the static chat page at `/`."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._closed = False
        self._actions: dict[str, Act] = {
            "send": lambda chat, body: user.send(core, chat, _text(body, "text"), _number(body, "reply_to")),
            "press": self._press,
            "contact": lambda chat, body: user.contact(core, chat, body),
            "location": lambda chat, body: user.location(
                core, chat, body.get("latitude", 41.311081), body.get("longitude", 69.240562)
            ),
            "sticker": lambda chat, body: user.sticker(core, chat, body.get("emoji") or "👍"),
            "vote": self._vote,
            "forward": lambda chat, body: user.forward(core, chat, _needed(body, "from_message_id")),
            "edit": lambda chat, body: user.edit(core, chat, _needed(body, "message_id"), _text(body, "text")),
            "poll": self._poll,
            "stop": lambda chat, body: drafts.stop(core, chat),
            "inline": lambda chat, body: inline.ask(core, chat, _text(body, "query"), body.get("offset") or ""),
            "choose": lambda chat, body: inline.choose(core, chat, _text(body, "inline_query_id"), _text(body, "id")),
            "block": lambda chat, body: user.block(core, chat),
            "unblock": lambda chat, body: user.unblock(core, chat),
            "start": lambda chat, body: user.start(core, chat, body.get("payload")),
        }

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [
            web.get("/", self._index),
            web.static("/sandbox/static", _STATIC),
            web.static("/static", _STATIC),
            web.get("/sandbox/personas", self._guard(self._personas)),
            web.post("/sandbox/personas", self._guard(self._add_persona)),
            web.patch("/sandbox/personas/{id:\\d+}", self._guard(self._change_persona)),
            web.get("/sandbox/chats/{id:\\d+}", self._guard(self._chat)),
            web.get("/sandbox/chats/{id:\\d+}/events", self._guard(self._events)),
            web.post("/sandbox/chats/{id:\\d+}/upload", self._guard(self._upload)),
            web.post("/sandbox/chats/{id:\\d+}/pay", self._guard(self._pay)),
            web.post("/sandbox/chats/{id:\\d+}/{action}", self._guard(self._act)),
            web.post("/sandbox/clear/{id:\\d+}", self._guard(self._clear)),
            web.get("/sandbox/files/{file_id}", self._guard(self._file)),
            web.get("/sandbox/settled", self._guard(self._settled)),
            web.get("/sandbox/calls", self._guard(self._calls)),
            web.get("/sandbox/faults", self._guard(self._faults)),
            web.patch("/sandbox/faults", self._guard(self._change_faults)),
        ]

    def close(self) -> None:
        """End the event streams, so that the web server can stop."""
        self._closed = True
        for chat in self._core.state.chats.values():
            self._core.state.wake(chat)

    def _guard(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except UserError as error:
                return _json({"error": error.text}, error.status)
            finally:
                self._core.state.flush()

        return guarded

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def _personas(self, request: web.Request) -> web.Response:
        return _json([asdict(persona) for persona in self._core.state.personas.values()])

    async def _add_persona(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            persona = Persona(**body)
        except TypeError as error:
            raise UserError(400, str(error).partition("__init__() ")[2]) from None
        if persona.id not in self._core.state.personas:
            self._core.state.save_persona(persona)
        return _json(asdict(self._core.state.personas[persona.id]))

    async def _change_persona(self, request: web.Request) -> web.Response:
        who = user.persona(self._core, int(request.match_info["id"]))
        return _json(asdict(user.change_persona(self._core, who, await _body(request))))

    def _chat_of(self, request: web.Request) -> Chat:
        return user.chat_of(self._core, int(request.match_info["id"]))

    async def _chat(self, request: web.Request) -> web.Response:
        chat, core = self._chat_of(request), self._core
        show = raw_view if "raw" in request.query else view
        records = list(chat.messages.values())
        last = request.query.get("last", "")
        if last.isdigit():
            records = records[-int(last) :]
        return _json(
            {
                "seq": chat.seq,
                "persona": asdict(core.persona(chat)),
                "bot": core.bot,
                "messages": [show(core, chat, record.message) for record in records],
                "reply_keyboard": chat.keyboard,
                "commands": commands_for(core, chat),
                "draft": draft_view(chat.draft),
                "blocked": chat.blocked,
                "started": chat.started,
                "pinned": chat.pinned,
            }
        )

    async def _act(self, request: web.Request) -> web.Response:
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise UserError(404, f"unknown action: {request.match_info['action']}")
        chat = self._chat_of(request)
        body = await _body(request)
        seq = chat.seq
        result = action(chat, body)
        if isinstance(result, dict) and "message_id" in result and "chat" in result:
            result = {"message": view(self._core, chat, result)}
        return _json({"seq": seq, **(result or {})})

    def _press(self, chat: Chat, body: Json) -> Json:
        data = body.get("data")
        return user.press(
            self._core, chat, _needed(body, "message_id"), _number(body, "row"), _number(body, "col"), data
        )

    def _vote(self, chat: Chat, body: Json) -> None:
        options = body.get("option_ids")
        if not isinstance(options, list) or not all(isinstance(each, int) for each in options):
            raise UserError(400, "option_ids must be a list of numbers")
        polls.vote(self._core, chat, _needed(body, "message_id"), options)

    def _poll(self, chat: Chat, body: Json) -> Json:
        options = body.get("options")
        if not isinstance(options, list) or not all(isinstance(each, str) for each in options):
            raise UserError(400, "options must be a list of texts")
        return user.ask_poll(self._core, chat, {**body, "question": _text(body, "question")})

    async def _pay(self, request: web.Request) -> web.Response:
        chat = self._chat_of(request)
        seq = chat.seq
        return _json({"seq": seq, **await payments.pay(self._core, chat, _needed(await _body(request), "message_id"))})

    async def _upload(self, request: web.Request) -> web.Response:
        chat = self._chat_of(request)
        fields, file = await _form(request)
        if file is None:
            raise UserError(400, "there is no file in the form")
        reply_to = int(fields["reply_to"]) if fields.get("reply_to", "").isdigit() else None
        seq = chat.seq
        kind, caption = fields.get("kind") or "auto", fields.get("caption") or ""
        message = user.upload(self._core, chat, file, kind, caption, reply_to, fields.get("album") or None)
        return _json({"seq": seq, "message": view(self._core, chat, message)})

    async def _clear(self, request: web.Request) -> web.Response:
        chat = self._chat_of(request)
        user.clear(self._core, chat)
        return _json({"seq": chat.seq})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        row = self._core.files.row(request.match_info["file_id"])
        if row is None:
            raise UserError(404, "there is no such file")
        return file_response(self._core, row, request)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        chat = self._chat_of(request)
        raw = "raw" in request.query
        given = request.headers.get("Last-Event-ID") or request.query.get("after") or ""
        seq = int(given) if given.isdigit() else chat.seq
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        with contextlib.suppress(ConnectionError, TimeoutError):
            while not self._closed:
                changed = chat.changed
                packets: list[bytes] = []
                for event in self._core.state.events_after(chat, seq):
                    seq = event.seq
                    packets.append(self._packet(chat, event, raw=raw))
                    if event.type == "reset":
                        await response.write(packets[0])
                        return response
                if packets:
                    await response.write(b"".join(packets))
                    continue
                try:
                    await asyncio.wait_for(changed.wait(), _KEEP_ALIVE)
                except TimeoutError:
                    await response.write(b": still here\n\n")
        return response

    def _packet(self, chat: Chat, event: Event, *, raw: bool) -> bytes:
        data = dict(event.data)
        if "message" in data:
            data["message"] = (raw_view if raw else view)(self._core, chat, data["message"])
            data.setdefault("message_id", data["message"]["message_id"])
        if isinstance(data.get("draft"), Draft):
            data["draft"] = draft_view(data["draft"])
        body = orjson.dumps({"seq": event.seq, "type": event.type, **data})
        return b"id: %d\ndata: %s\n\n" % (event.seq, body)

    async def _settled(self, request: web.Request) -> web.Response:
        """Wait until the bot owes nothing: no update undelivered, no tap unanswered, no message without a reaction."""
        chats = [self._core.state.chat(int(each)) for each in request.query.getall("chat", [])]
        deadline = time.monotonic() + min(float(request.query.get("timeout", "10")), _LONGEST_SETTLE)
        while True:
            owed = self._owed(chats)
            left = deadline - time.monotonic()
            if left <= 0:
                raise UserError(408, f"the bot is not quiet: {'; '.join(owed) or 'it keeps writing'}")
            changed = await self._any_change(chats, min(left, 1.0 if owed else _QUIET))
            if not owed and not changed and not self._owed(chats):
                return _json({"seq": {str(chat.id): chat.seq for chat in chats}})

    async def _any_change(self, chats: list[Chat], seconds: float) -> bool:
        """Whether something happens in these chats (in any, when none is named) within some seconds."""
        watched = chats or list(self._core.state.chats.values())
        waiters = [asyncio.ensure_future(chat.changed.wait()) for chat in watched]
        if not waiters:
            return False
        changed, late = await asyncio.wait(waiters, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for waiter in late:
            waiter.cancel()
        return bool(changed)

    def _owed(self, chats: list[Chat]) -> list[str]:
        core = self._core
        owed = [mark for chat in chats or core.state.chats.values() for mark in chat.waiting]
        for chat in chats or [None]:
            count = core.updates.pending_count(chat.id if chat else None)
            if count:
                owed.append(f"{count} updates are not acknowledged")
        return owed

    async def _calls(self, request: web.Request) -> web.Response:
        """The Bot API calls from number `after` on, for tests in another process."""
        after = int(request.query.get("after", "0"))
        calls = [asdict(call) for call in list(self._core.calls)[after:]]
        taps = [asdict(tap) for tap in self._core.taps.values()]
        return _json({"calls": calls, "taps": taps, "next": after + len(calls)})

    async def _faults(self, request: web.Request) -> web.Response:
        return _json(self._core.faults.as_json())

    async def _change_faults(self, request: web.Request) -> web.Response:
        try:
            self._core.faults.change(await _body(request))
        except ValueError as error:
            raise UserError(400, str(error)) from None
        self._core.updates.resume()
        return _json(self._core.faults.as_json())


def file_response(core: Core, row: Json, request: web.Request) -> web.StreamResponse:
    """A file with its type; ranges are honoured, so that a film can be wound forward."""
    thing: Json = row["thing"]
    kinds = {"photo": "image/jpeg", "sticker": "image/webp", "video_note": "video/mp4"}
    mime = thing.get("mime_type") or kinds.get(row["kind"], "application/octet-stream")
    content = core.files.content(row)
    if row["kind"] == "photo" and content[:4] == b"\x89PNG":
        mime = "image/png"
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    if not mime.startswith(("image/", "video/", "audio/", "application/pdf")) or mime == "image/svg+xml":
        headers["Content-Disposition"] = "attachment"
    if mime.startswith(("text/", "image/svg", "application/xhtml")):
        headers["Content-Security-Policy"] = "sandbox"
    try:
        wanted = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=content, content_type=mime, headers=headers)
    begin, end, _ = wanted.indices(len(content))
    if begin >= end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(content)}"
    return web.Response(status=206, body=content[begin:end], content_type=mime, headers=headers)


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise UserError(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise UserError(400, "the body must be an object")
    return body


async def _form(request: web.Request) -> tuple[dict[str, str], Upload | None]:
    if not (request.content_type or "").startswith("multipart/"):
        raise UserError(400, "a multipart form is expected")
    fields: dict[str, str] = {}
    file: Upload | None = None
    async for part in await request.clone(client_max_size=UPLOAD_LIMIT + 1).multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            fields[part.name] = await part.text()
            continue
        content = await part.read()
        if len(content) > UPLOAD_LIMIT:
            raise UserError(413, "the file is too big")
        file = Upload(part.filename, bytes(content), part.headers.get("Content-Type"))
    return fields, file


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise UserError(400, f"{name} must be a text")
    return value


def _number(body: Json, name: str) -> int | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise UserError(400, f"{name} must be a number")
    return value


def _needed(body: Json, name: str) -> int:
    value = _number(body, name)
    if value is None:
        raise UserError(400, f"{name} is required")
    return value


def _json(data: Any, status: int = 200) -> web.Response:
    body = orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS, default=str)
    return web.Response(body=body, status=status, content_type="application/json")
