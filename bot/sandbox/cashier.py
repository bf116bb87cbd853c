"""The cashier plays Payme: it shows the order of a checkout link and calls the merchant with Payme's true sequence.

Protocol: CheckPerformTransaction, CreateTransaction, PerformTransaction as JSON-RPC over POST, Basic authentication as
`Paycom`, ids of 24 characters, amounts in tiyin; an unanswered call is repeated with the same parameters.
"""

import asyncio
import base64
import binascii
import json
import logging
import secrets
import time
from dataclasses import dataclass
from html import escape
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from aiohttp import web

from bot.sandbox.cashier_texts import STYLE, TEXTS, sentence
from bot.sandbox.errors import UserError
from bot.sandbox.render import safe_url
from bot.sandbox.state import Json, State

log = logging.getLogger(__name__)

_TRIES = 3
_PAUSE = 0.5
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_NO_ANSWER = -32400
_DEBIT_FAILED, _REFUND = 3, 5


@dataclass(frozen=True, slots=True)
class CashierSettings:
    """Where Payme calls the merchant (`…/payme`), and as whom."""

    merchant_url: str
    merchant_id: str
    key: str
    merchant_name: str = "Ustoz"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A decoded checkout link. The amount is in tiyin."""

    merchant_id: str
    account: dict[str, str]
    amount: int
    language: str
    back: str | None

    @property
    def soums(self) -> str:
        whole, tiyin = divmod(self.amount, 100)
        return f"{whole:,}".replace(",", " ") + (f",{tiyin:02d}" if tiyin else "")


def read_link(encoded: str) -> Checkout:
    """Decode `m=…;ac.order_id=…;a=…;l=…;c=…`. Raises UserError with a sentence for the developer."""
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        text = base64.b64decode(padded, validate=True).decode()
    except (binascii.Error, ValueError):
        raise UserError(400, "the checkout link is not base64") from None
    fields: dict[str, str] = {}
    for part in filter(None, text.split(";")):
        name, _, value = part.partition("=")
        fields[name] = value
    account = {name.removeprefix("ac."): value for name, value in fields.items() if name.startswith("ac.")}
    amount = fields.get("a", "")
    if not fields.get("m") or not account or not amount.isdigit() or int(amount) <= 0:
        raise UserError(400, "the checkout link needs m, ac.<field> and a positive a in tiyin")
    language = fields.get("l", "ru")
    return Checkout(fields["m"], account, int(amount), language if language in TEXTS else "ru", fields.get("c"))


class Cashier:
    """The pages under `/cashier/`. One open attempt `{id, time, state}` per link, kept so that a kill loses none."""

    def __init__(self, settings: CashierSettings, bot_username: str, state: State) -> None:
        self.settings = settings
        self._bot_username = bot_username
        self._state = state
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._session: aiohttp.ClientSession | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cashier/{link:.+}", self._page),
            web.post("/cashier/{link:.+}/pay", self._pay),
            web.post("/cashier/{link:.+}/cancel", self._cancel),
        ]

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _page(self, request: web.Request) -> web.Response:
        link = request.match_info["link"]
        try:
            checkout = read_link(link)
        except UserError as error:
            return _html(_shell("Payme", f"<p class=error>{escape(error.text)}</p>", "en"), 400)
        return _html(self._form(link, checkout))

    async def _pay(self, request: web.Request) -> web.Response:
        return await self._finish(request, "paid", self.pay)

    async def _cancel(self, request: web.Request) -> web.Response:
        return await self._finish(request, "cancelled", self.cancel)

    async def _finish(self, request: web.Request, done: str, act: Any) -> web.Response:
        link = request.match_info["link"]
        wants_json = "application/json" in request.headers.get("Accept", "")
        try:
            checkout = read_link(link)
            error = await act(link, checkout)
        except UserError as failure:
            if wants_json:
                return web.json_response({"error": failure.text}, status=failure.status)
            return _html(_shell("Payme", f"<p class=error>{escape(failure.text)}</p>", "en"), failure.status)
        if wants_json:
            return web.json_response({"ok": error is None, "error": error, "state": self.attempt_state(link)})
        if error is not None:
            return _html(self._form(link, checkout, sentence(error, checkout.language)))
        return _html(self._done(checkout, done))

    def attempt_state(self, link: str) -> int:
        """0 nothing yet, 1 created, 2 performed: Payme's own numbers."""
        attempt = self._state.tables["checkout"].get(link)
        return attempt["state"] if attempt else 0

    async def pay(self, link: str, checkout: Checkout) -> Json | None:
        """Check, create and perform; None when paid, else the merchant's error object. Goes on where it stopped."""
        async with self._locks.setdefault(link, asyncio.Lock()):
            state = self.attempt_state(link)
            target = {"amount": checkout.amount, "account": checkout.account}
            if state == 0:
                error = await self._create(link, target)
                if error is not None:
                    return error
            if self.attempt_state(link) == 1:
                error = await self._call("PerformTransaction", {"id": self._attempt(link)["id"]})
                if error is not None:
                    return error
                self._remember(link, 2)
            return None

    async def _create(self, link: str, target: Json) -> Json | None:
        error = await self._call("CheckPerformTransaction", target)
        if error is not None:
            return error
        attempt = self._attempt(link)
        error = await self._call("CreateTransaction", {"id": attempt["id"], "time": attempt["time"], **target})
        if error is None:
            self._remember(link, 1)
        elif error["code"] != _NO_ANSWER:
            self._forget(link)
        return error

    async def cancel(self, link: str, checkout: Checkout) -> Json | None:
        """Give up: an attempt that the merchant knows is cancelled there too; a performed one is refunded."""
        async with self._locks.setdefault(link, asyncio.Lock()):
            state = self.attempt_state(link)
            if state > 0:
                reason = _REFUND if state == 2 else _DEBIT_FAILED
                params = {"id": self._attempt(link)["id"], "reason": reason}
                error = await self._call("CancelTransaction", params)
                if error is not None:
                    return error
            self._forget(link)
            return None

    def _attempt(self, link: str) -> Json:
        rows = self._state.tables["checkout"]
        if link not in rows:
            attempt = {"id": secrets.token_hex(12), "time": time.time_ns() // 1_000_000, "state": 0}
            self._state.put("checkout", link, attempt)
            self._state.flush()
        return rows[link]

    def _remember(self, link: str, state: int) -> None:
        self._state.put("checkout", link, {**self._attempt(link), "state": state})
        self._state.flush()

    def _forget(self, link: str) -> None:
        self._state.drop("checkout", link)
        self._state.flush()

    async def _call(self, method: str, params: Json) -> Json | None:
        """One JSON-RPC call; a lost answer is asked for again with the same parameters, and then given up."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        credentials = base64.b64encode(f"Paycom:{self.settings.key}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "text/json; charset=UTF-8"}
        body = json.dumps({"method": method, "params": params, "id": secrets.randbelow(10**9)}).encode()
        reason = ""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(_PAUSE * attempt)
            try:
                async with self._session.post(self.settings.merchant_url, data=body, headers=headers) as response:
                    if response.status != 200:
                        reason = f"HTTP {response.status}"
                        continue
                    answer = await response.json(content_type=None)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                reason = type(error).__name__
                continue
            if isinstance(answer, dict) and ("result" in answer or "error" in answer):
                error = answer.get("error")
                log.info("merchant answered %s: %s", method, error["code"] if error else "ok")
                return error or None
            reason = "neither result nor error"
        log.warning("merchant did not answer %s: %s", method, reason)
        return {"code": _NO_ANSWER, "message": {language: texts["no_answer"] for language, texts in TEXTS.items()}}

    def _form(self, link: str, checkout: Checkout, error: str | None = None) -> str:
        texts = TEXTS[checkout.language]
        rows = [(texts["merchant"], self.settings.merchant_name)]
        rows += [(texts["order"] if name == "order_id" else name, value) for name, value in checkout.account.items()]
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
        warning = f'<p class="error" role="alert" data-testid="cashier-error">{escape(error)}</p>' if error else ""
        if checkout.merchant_id != self.settings.merchant_id:
            warning += f'<p class="error">{escape(texts["foreign"])}</p>'
        path = f"/cashier/{escape(link)}"
        inner = (
            f'<p class="sum" data-testid="cashier-amount">{checkout.soums} <span>{escape(texts["soum"])}</span></p>'
            f"<dl>{facts}</dl>{warning}"
            f'<form method="post" action="{path}/pay"><button class="pay" data-testid="cashier-pay">'
            f"{escape(texts['pay'])}</button></form>"
            f'<form method="post" action="{path}/cancel"><button data-testid="cashier-cancel">'
            f"{escape(texts['cancel'])}</button></form>"
        )
        return _shell(texts["title"], inner, checkout.language)

    def _done(self, checkout: Checkout, done: str) -> str:
        texts = TEXTS[checkout.language]
        mark = "✓" if done == "paid" else "×"
        back = safe_url(checkout.back) if checkout.back else None
        inner = (
            f'<p class="mark {done}">{mark}</p><h2 data-testid="cashier-{done}">{escape(texts[done])}</h2>'
            f'<p class="sum">{checkout.soums} <span>{escape(texts["soum"])}</span></p>'
            f'<a class="back" data-testid="cashier-back" href="/">{escape(texts["back"])}</a>'
        )
        if back and self._bot_username not in back:
            inner += f'<a class="next" href="{escape(back)}">{escape(back)}</a>'
        return _shell(texts["title"], inner, checkout.language)


def _shell(title: str, inner: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f"<main><header><b>Payme</b><small>{escape(TEXTS[language]['sandbox'])}</small></header>{inner}</main></html>"
    )


def _html(body: str, status: int = 200) -> web.Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=body, status=status, content_type="text/html", headers=headers)
