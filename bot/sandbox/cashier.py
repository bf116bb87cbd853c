"""The cashier plays Payme: it shows the order of a checkout link and calls the merchant with Payme's true sequence.

Protocol: CheckPerformTransaction, CreateTransaction, PerformTransaction as JSON-RPC over POST, Basic authentication as
`Paycom`, ids of 24 characters, amounts in tiyin; an unanswered call is repeated with the same parameters.
"""

import asyncio
import base64
import binascii
import secrets
import time
from dataclasses import dataclass
from html import escape
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import web

from bot.sandbox.cashier_texts import TEXTS, html, sentence, shell
from bot.sandbox.errors import UserError
from bot.sandbox.payme_calls import DEBIT_FAILED, NO_ANSWER, REFUND, CashierSettings, PaymeCalls
from bot.sandbox.render import safe_url
from bot.sandbox.state import Json, State


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
        return soums(self.amount)


def soums(tiyin: int) -> str:
    whole, rest = divmod(tiyin, 100)
    return f"{whole:,}".replace(",", " ") + (f",{rest:02d}" if rest else "")


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
    """The pages under `/cashier/`. One open attempt `{id, time, state}` per link, kept so that a kill loses none; what
    was paid is a sale, for the cabinet."""

    def __init__(self, settings: CashierSettings, calls: PaymeCalls, bot_username: str, state: State) -> None:
        self.settings = settings
        self._calls = calls
        self._bot_username = bot_username
        self._state = state
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cashier/{link:.+}", self._page),
            web.post("/cashier/{link:.+}/pay", self._pay),
            web.post("/cashier/{link:.+}/cancel", self._cancel),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        link = request.match_info["link"]
        try:
            checkout = read_link(link)
        except UserError as error:
            return html(shell("Payme", f"<p class=error>{escape(error.text)}</p>", "en"), 400)
        return html(self._form(link, checkout))

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
            return html(shell("Payme", f"<p class=error>{escape(failure.text)}</p>", "en"), failure.status)
        if wants_json:
            return web.json_response({"ok": error is None, "error": error, "state": self.attempt_state(link)})
        if error is not None:
            return html(self._form(link, checkout, sentence(error, checkout.language)))
        return html(self._done(checkout, done))

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
                answer = await self._calls.call("PerformTransaction", {"id": self._attempt(link)["id"]})
                if answer.error is not None:
                    return answer.error
                self._sell(link, checkout)
            return None

    async def _create(self, link: str, target: Json) -> Json | None:
        allowed = await self._calls.call("CheckPerformTransaction", target)
        if allowed.error is not None:
            return allowed.error
        attempt = self._attempt(link)
        created = await self._calls.call("CreateTransaction", {"id": attempt["id"], "time": attempt["time"], **target})
        if created.error is None:
            self._remember(link, state=1, detail=allowed.result.get("detail"))
        elif created.error["code"] != NO_ANSWER:
            self._forget(link)
        return created.error

    async def cancel(self, link: str, checkout: Checkout) -> Json | None:
        """Give up: an attempt that the merchant knows is cancelled there too; a performed one is refunded."""
        async with self._locks.setdefault(link, asyncio.Lock()):
            state = self.attempt_state(link)
            if state > 0:
                reason = REFUND if state == 2 else DEBIT_FAILED
                number = self._attempt(link)["id"]
                answer = await self._calls.call("CancelTransaction", {"id": number, "reason": reason})
                if answer.error is not None:
                    return answer.error
                if number in self._state.tables["sale"]:
                    sale = self._state.tables["sale"][number]
                    self._state.put("sale", number, {**sale, "cancelled": _now()})
            self._forget(link)
            return None

    async def take_back(self, link: str) -> Json | None:
        """Return the money of what was paid by this link; None when the merchant agreed, else its error object."""
        return await self.cancel(link, read_link(link))

    def _attempt(self, link: str) -> Json:
        rows = self._state.tables["checkout"]
        if link not in rows:
            attempt = {"id": secrets.token_hex(12), "time": _now(), "state": 0}
            self._state.put("checkout", link, attempt)
            self._state.flush()
        return rows[link]

    def _remember(self, link: str, **facts: Any) -> None:
        self._state.put("checkout", link, {**self._attempt(link), **facts})
        self._state.flush()

    def _sell(self, link: str, checkout: Checkout) -> None:
        attempt = self._attempt(link)
        self._state.put(
            "sale",
            attempt["id"],
            {
                "link": link,
                "account": checkout.account,
                "amount": checkout.amount,
                "language": checkout.language,
                "performed": _now(),
                "cancelled": 0,
                "detail": attempt.get("detail"),
                "receipts": {},
            },
        )
        self._remember(link, state=2)

    def _forget(self, link: str) -> None:
        self._state.drop("checkout", link)
        self._state.flush()

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
        return shell(texts["title"], inner, checkout.language)

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
        return shell(texts["title"], inner, checkout.language)


def _now() -> int:
    """Milliseconds, as Payme counts."""
    return time.time_ns() // 1_000_000
