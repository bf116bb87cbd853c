"""A Bot API server of its own with people to talk to: the demo, the Telegram of the tests and of the load generator."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import BodyPartReader, web

from bot.sandbox import copying, drafts, editing, inline, payments, polls, profile, sending
from bot.sandbox.cabinet import Cabinet
from bot.sandbox.cashier import Cashier
from bot.sandbox.core import HANDLERS, Core, Request
from bot.sandbox.errors import ApiError, bad_request, not_found, too_many_requests
from bot.sandbox.faults import Call, Faults, Tap
from bot.sandbox.files import UPLOAD_LIMIT, Files, Upload
from bot.sandbox.methods import find_method, read_params
from bot.sandbox.page import Page, file_response
from bot.sandbox.payme_calls import CashierSettings, PaymeCalls
from bot.sandbox.state import PERSONAS, Json, Persona, State
from bot.sandbox.updates import Updates

log = logging.getLogger(__name__)

BEHAVIOURS = (sending, copying, editing, polls, drafts, payments, profile, inline)
DEFAULT_TOKEN = "42:sandbox"  # noqa: S105 — the sandbox's public default, worth nothing anywhere else
_LONGEST_POLL = 50
_NEWS = ("send", "copyMessage", "forwardMessage")
_REPLY_NEVER = ("get", "setwebhook", "deletewebhook", "close", "logout")


def _utc() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """Mount it on an aiohttp application, `start` it, and give its address to an aiogram `Bot` as the API server."""

    def __init__(
        self,
        *,
        token: str = DEFAULT_TOKEN,
        bot_username: str = "ustoz_sandbox_bot",
        bot_name: str = "Ustoz",
        store: Path | None = None,
        personas: Sequence[Persona] = PERSONAS,
        cashier: CashierSettings | None = None,
        now: Callable[[], datetime] = _utc,
        faults: Faults | None = None,
    ) -> None:
        bot_id = int(token.partition(":")[0])
        self.token = token
        self.faults = faults or Faults()
        bot: Json = {"id": bot_id, "is_bot": True, "first_name": bot_name, "username": bot_username}
        state = State(store, personas, now())
        files = Files(store, state, bot_id)
        updates = Updates(state, self.faults, lambda: now().timestamp(), self._webhook_reply)
        self.core = Core(bot=bot, state=state, files=files, updates=updates, faults=self.faults, now=now)
        self.page = Page(self.core)
        self.payme = PaymeCalls(cashier) if cashier else None
        self.cashier = Cashier(cashier, self.payme, bot_username, state) if cashier and self.payme else None
        self.cabinet = Cabinet(self.cashier, self.payme, state) if self.cashier and self.payme else None

    @property
    def calls(self) -> Sequence[Call]:
        """Every Bot API call so far, oldest first."""
        return self.core.calls

    @property
    def taps(self) -> Mapping[str, Tap]:
        """Every press of an inline button by its callback id, with its answer."""
        return self.core.taps

    def mount(self, app: web.Application) -> None:
        """Add all routes; the application's shutdown ends the event streams."""
        app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", self._call)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._download)
        app.router.add_routes(self.page.routes())
        if self.cashier:
            app.router.add_routes(self.cashier.routes())
        if self.cabinet:
            app.router.add_routes(self.cabinet.routes())
        app.on_shutdown.append(self._shut)

    async def _shut(self, app: web.Application) -> None:
        self.page.close()
        self.core.updates.end_polls()

    async def start(self) -> None:
        """Go on with what a previous run left: undelivered updates and polls that will close by themselves."""
        for poll_id in list(self.core.state.tables["poll"]):
            polls.watch(self.core, poll_id)
        self.core.state.flush()
        self.core.updates.resume()

    async def close(self) -> None:
        self.page.close()
        for key in list(self.core.timers):
            self.core.cancel(key)
        for chat in self.core.state.chats.values():
            if chat.draft and chat.draft.timer:
                chat.draft.timer.cancel()
        await self.core.updates.close()
        if self.payme:
            await self.payme.close()
        self.core.state.close()

    def change_faults(self, **values: Any) -> None:
        """Set some of `Faults` by name; an end of `hold_delivery` takes effect at once."""
        self.faults.change(values)
        self.core.updates.resume()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        call = Call(name, {}, self.core.now())
        started = asyncio.get_running_loop().time()
        self.core.calls.append(call)
        try:
            if request.match_info["token"] != self.token:
                known = request.match_info["token"].partition(":")[0].isdigit()
                raise ApiError(401, "Unauthorized") if known else not_found()
            result = await self._answer(request, call)
        except _ConnectionLost:
            call.description = call.description or "connection reset"
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        except ApiError as error:
            call.error_code, call.description = error.code, error.description
            return _failure(error)
        finally:
            call.took = asyncio.get_running_loop().time() - started
            self.core.state.flush()
        return _success(call.method, result)

    async def _answer(self, request: web.Request, call: Call) -> Any:
        method = find_method(call.method)
        if method is None or (method.name not in HANDLERS and method.name != "getUpdates"):
            log.warning("unknown Bot API method: %s", call.method)
            raise not_found()
        call.method = method.name
        raw, uploads = await _read(request)
        call.params = raw
        faults = self.faults
        suffers = faults.concerns(method.name)
        if suffers and faults.latency:
            await asyncio.sleep(faults.delay())
        if suffers and faults.strikes(faults.reset_before):
            raise _ConnectionLost
        if suffers and faults.strikes(faults.bad_gateway):
            raise ApiError(502, "Bad Gateway")
        params = read_params(method, raw)
        call.params = params
        call.chat_id = params["chat_id"] if isinstance(params.get("chat_id"), int) else None
        if suffers:
            self._limit(call, params)
        result = await self._act(Request(method.name, params, uploads), call)
        if suffers and faults.strikes(faults.reset_after):
            call.description = "connection reset after acting"
            self.core.state.flush()
            raise _ConnectionLost
        return result

    def _limit(self, call: Call, params: Json) -> None:
        """429 by accident, or because there were too many messages within a second."""
        at, limits = self.core.now(), self.core.limits
        news = call.method.startswith(_NEWS) and call.method != "sendChatAction" and not call.method.endswith("Draft")
        accident = (call.method, call.chat_id)
        call.too_early = limits.closed(at, accident) or (news and limits.closed(at, call.chat_id, None))
        if self.faults.strikes(self.faults.too_many_requests):
            if call.chat_id is not None:
                limits.close(accident, at + self.faults.retry_after)
            raise too_many_requests(self.faults.retry_after)
        if self.faults.rate_limits and news and call.chat_id is not None:
            wait = limits.take(self.faults, call.chat_id, at)
            if wait is not None:
                raise too_many_requests(wait)

    async def _act(self, request: Request, call: Call) -> Any:
        if request.method == "getUpdates":
            return await self._poll(request, call)
        result = HANDLERS[request.method](self.core, request)
        call.ok = True
        chat = self.core.state.chats.get(call.chat_id) if call.chat_id is not None else None
        if chat:
            self.core.reacted(chat)
        return result

    async def _poll(self, request: Request, call: Call) -> list[Json]:
        kinds = request.get("allowed_updates")
        if kinds is not None:
            webhook = self.core.updates.webhook
            allowed = sorted(set(kinds))
            if webhook.get("allowed_updates", []) != allowed:
                self.core.state.put("profile", "webhook", {**webhook, "allowed_updates": allowed})
        timeout = min(max(request.get("timeout") or 0, 0), _LONGEST_POLL)
        rows = await self.core.updates.poll(request.get("offset") or 0, request.get("limit") or 100, timeout)
        call.ok = True
        return rows

    async def _webhook_reply(self, name: str, raw: Mapping[str, Any]) -> None:
        """A method call in the answer to a webhook request: done, but its result and errors are told to nobody."""
        method = find_method(name)
        if method is None or method.name not in HANDLERS or name.lower().startswith(_REPLY_NEVER):
            log.warning("method in the webhook's answer is not supported: %s", name)
            return
        call = Call(method.name, raw, self.core.now())
        self.core.calls.append(call)
        try:
            params = read_params(method, raw)
            call.params = params
            call.chat_id = params["chat_id"] if isinstance(params.get("chat_id"), int) else None
            await self._act(Request(method.name, params), call)
        except ApiError as error:
            call.error_code, call.description = error.code, error.description
            log.warning("method in the webhook's answer failed: %s: %s", name, error.description)
        finally:
            self.core.state.flush()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        row = self.core.files.by_path(request.match_info["path"])
        if request.match_info["token"] != self.token or row is None:
            return _failure(not_found())
        return file_response(self.core, row, request)


class _ConnectionLost(Exception):
    """The connection is to be cut without an answer."""


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters from the query, a form, a multipart form or a JSON body; files of the form apart."""
    raw: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    content_type = request.content_type
    if content_type == "multipart/form-data":
        await _read_multipart(request, raw, uploads)
        return raw, uploads
    body = await request.read() if request.body_exists else b""
    if not body:
        return raw, uploads
    if content_type == "application/json":
        try:
            fields = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(fields, dict):
            raise bad_request("object expected")
        raw |= fields
    else:
        raw |= parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return raw, uploads


async def _read_multipart(request: web.Request, raw: dict[str, Any], uploads: dict[str, Upload]) -> None:
    async for part in await request.clone(client_max_size=UPLOAD_LIMIT + 1024).multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            raw[part.name] = await part.text()
            continue
        content = await part.read()
        if len(content) > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        uploads[part.name] = Upload(part.filename, bytes(content), part.headers.get("Content-Type"))
        method = find_method(request.match_info["method"])
        if method and part.name in method.kinds:
            raw[part.name] = f"attach://{part.name}"


_DONE = {"setWebhook": "Webhook was set", "deleteWebhook": "Webhook was deleted"}


def _success(method: str, result: Any) -> web.Response:
    body: Json = {"ok": True, "result": result}
    if method in _DONE:
        body["description"] = _DONE[method]
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def _failure(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = dict(error.parameters)
    headers = {"Retry-After": str(error.parameters["retry_after"])} if error.code == 429 and error.parameters else None
    return web.Response(body=orjson.dumps(body), status=error.code, content_type="application/json", headers=headers)


@contextlib.asynccontextmanager
async def served(sandbox: Sandbox, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Run the sandbox on its own web server and give its address, without a slash at the end."""
    app = web.Application()
    sandbox.mount(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        await sandbox.start()
        bound = runner.addresses[0]
        yield f"http://{bound[0]}:{bound[1]}"
    finally:
        await runner.cleanup()
        await sandbox.close()
