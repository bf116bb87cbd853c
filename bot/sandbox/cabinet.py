"""The cabinet plays the one in which a merchant sees payments, returns money, and where fiscal receipts come from.

Protocol: a refund is CancelTransaction with reason 5; a receipt is SetFiscalData of the kind PERFORM or CANCEL, whose
`qr_code_url` here leads to a page of the sandbox's own.
"""

import time
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.cashier import Cashier, soums
from bot.sandbox.cashier_texts import TEXTS, html, sentence, shell
from bot.sandbox.payme_calls import PaymeCalls
from bot.sandbox.state import Json, State

_SHOWN = 100
_TERMINAL = "EP000000000025"
_NAMES = {"uz": "O‘zbekcha", "ru": "Русский", "en": "English"}
_DONE = ("returned", "receipt_sent")
_DATE = "%Y%m%d%H%M%S"
"""Of a receipt, as Payme tells it."""


class Cabinet:
    """The pages under `/cabinet/`: what the cashier sold, the newest first."""

    def __init__(self, cashier: Cashier, calls: PaymeCalls, state: State) -> None:
        self._cashier = cashier
        self._calls = calls
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cabinet", self._list),
            web.get("/cabinet/", self._list),
            web.post("/cabinet/{number}/return", self._return),
            web.post("/cabinet/{number}/receipt", self._send_receipt),
            web.get("/cabinet/{number}/{kind:perform|cancel}", self._receipt),
        ]

    @property
    def _sales(self) -> Mapping[str, Json]:
        return self._state.tables["sale"]

    async def _list(self, request: web.Request) -> web.Response:
        language, done = _language(request), request.query.get("done")
        told = TEXTS[language][done] if done in _DONE else None
        return html(self._page(language, told=told))

    async def _return(self, request: web.Request) -> web.StreamResponse:
        sale = self._sale(request)
        if sale is None or sale["cancelled"]:
            return self._answer(request, {"code": 404, "message": _texts("unknown")})
        return self._answer(request, await self._cashier.take_back(sale["link"]), done="returned")

    async def _send_receipt(self, request: web.Request) -> web.StreamResponse:
        sale = self._sale(request)
        if sale is None:
            return self._answer(request, {"code": 404, "message": _texts("unknown")})
        number = request.match_info["number"]
        kind = "CANCEL" if sale["cancelled"] else "PERFORM"
        receipt = sale["receipts"].get(kind) or self._new_receipt(request, number, kind)
        answer = await self._calls.call("SetFiscalData", {"id": number, "type": kind, "fiscal_data": receipt})
        if answer.error is None:
            self._state.put("sale", number, {**sale, "receipts": {**sale["receipts"], kind: receipt}})
            self._state.flush()
        return self._answer(request, answer.error, done="receipt_sent")

    async def _receipt(self, request: web.Request) -> web.Response:
        sale, kind = self._sale(request), request.match_info["kind"].upper()
        receipt = sale["receipts"].get(kind) if sale is not None else None
        if sale is None or receipt is None:
            return html(shell("Payme", f"<p class=error>{escape(TEXTS['en']['unknown'])}</p>", "en"), 404)
        language = _language(request, sale["language"])
        texts = TEXTS[language]
        title = texts["receipt" if kind == "PERFORM" else "refund_receipt"]
        rows = [
            (texts["merchant"], self._cashier.settings.merchant_name),
            (texts["order"], " ".join(sale["account"].values())),
            ("№", f"{receipt['terminal_id']}-{receipt['receipt_id']}"),
            ("ФМ", receipt["fiscal_sign"]),
            (texts["performed" if kind == "PERFORM" else "cancelled_on"], _written(receipt["date"])),
        ]
        inner = (
            f'<p class="sum" data-testid="receipt-amount">{soums(sale["amount"])} <span>{escape(texts["soum"])}</span>'
            f"</p><h2>{escape(title)}</h2>{_facts(rows)}{_facts(_lines(sale['detail'], texts))}"
        )
        return html(shell(title, inner, language))

    def _sale(self, request: web.Request) -> Json | None:
        return self._sales.get(request.match_info["number"])

    def _new_receipt(self, request: web.Request, number: str, kind: str) -> Json:
        """Registered at once, as a fiscal terminal would have done; a receipt that is sent again is the same one."""
        place = request.url.origin() / "cabinet" / number / kind.lower()
        return {
            "receipt_id": sum(len(sale["receipts"]) for sale in self._sales.values()) + 1,
            "status_code": 0,
            "message": "accepted",
            "terminal_id": _TERMINAL,
            "fiscal_sign": str(int(number[:12], 16))[:12],
            "qr_code_url": str(place),
            "date": time.strftime(_DATE),
        }

    def _answer(self, request: web.Request, error: Json | None, done: str = "") -> web.StreamResponse:
        language = _language(request)
        if "application/json" in request.headers.get("Accept", ""):
            return web.json_response({"ok": error is None, "error": error})
        if error is not None:
            return html(self._page(language, error=sentence(error, language)))
        # Reloading the page must not send the form again.
        raise web.HTTPSeeOther("/cabinet/?" + urlencode({"l": language, "done": done}))

    def _page(self, language: str, told: str | None = None, error: str | None = None) -> str:
        texts = TEXTS[language]
        links = "".join(f'<a href="/cabinet/?l={code}">{escape(name)}</a>' for code, name in _NAMES.items())
        inner = f'<nav class="languages">{links}</nav><h2>{escape(texts["sales"])}</h2>'
        if error:
            inner += f'<p class="error" role="alert" data-testid="cabinet-error">{escape(error)}</p>'
        if told:
            inner += f'<p class="good" role="status" data-testid="cabinet-done">{escape(told)}</p>'
        sales = list(self._sales.items())[: -_SHOWN - 1 : -1]
        inner += "".join(self._sale_card(number, sale, language) for number, sale in sales)
        if not sales:
            inner += f"<p>{escape(texts['no_sales'])}</p>"
        return shell(texts["cabinet"], inner, language)

    def _sale_card(self, number: str, sale: Json, language: str) -> str:
        texts = TEXTS[language]
        rows = [(texts["order"] if name == "order_id" else name, value) for name, value in sale["account"].items()]
        rows += [(texts["number"], number), (texts["performed"], _moment(sale["performed"]))]
        if sale["cancelled"]:
            rows.append((texts["cancelled_on"], _moment(sale["cancelled"])))
        links = "".join(
            f'<a href="/cabinet/{number}/{kind.lower()}?l={language}">'
            f"{escape(texts['receipt' if kind == 'PERFORM' else 'refund_receipt'])}</a> "
            for kind in sale["receipts"]
        )
        buttons = _button(number, "receipt", texts["send_receipt"], language)
        if not sale["cancelled"]:
            buttons += _button(number, "return", texts["return"], language)
        return (
            f'<section class="sale" data-testid="sale-{number}"><p class="sum">{soums(sale["amount"])} '
            f"<span>{escape(texts['soum'])}</span></p>{_facts(rows)}{links}{buttons}</section>"
        )


def _button(number: str, action: str, text: str, language: str) -> str:
    return (
        f'<form method="post" action="/cabinet/{number}/{action}?l={language}">'
        f'<button data-testid="cabinet-{action}">{escape(text)}</button></form>'
    )


def _facts(rows: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows) + "</dl>"


def _lines(detail: Any, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the merchant told for the receipt when it allowed the payment."""
    return list(_items(detail, texts)) if isinstance(detail, dict) else []


def _items(detail: Json, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for item in detail.get("items", ()):
        yield str(item.get("title", "")), f"{item.get('count', 1)} × {soums(int(item.get('price', 0)))}"
        yield "IKPU", str(item.get("code", ""))
        yield texts["package"], str(item.get("package_code", ""))
        yield texts["vat"], f"{item.get('vat_percent', 0)}%"


def _moment(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(milliseconds / 1000))


def _written(date: str) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.strptime(date, _DATE))


def _language(request: web.Request, default: str = "uz") -> str:
    asked = request.query.get("l", default)
    return asked if asked in TEXTS else default


def _texts(name: str) -> Json:
    return {language: texts[name] for language, texts in TEXTS.items()}
