import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import LabeledPrice
from aiohttp import web

from bot.sandbox import CashierSettings, SandboxError
from bot.sandbox.cashier import read_link
from bot.sandbox.errors import UserError
from tests.bot.sandbox.conftest import ALI, Rig, running

KEY = "k" * 36
MERCHANT = "587f72c72cac0d162c722ae2"


async def invoice(rig: Rig, amount: int = 50) -> int:
    prices = [LabeledPrice(label="Course", amount=amount)]
    return (await rig.bot.send_invoice(ALI, "Course", "All lessons", "course:1", "XTR", prices)).message_id


async def pre_checkout(rig: Rig) -> str:
    async with asyncio.timeout(5):
        while True:
            rows = await rig.bot.get_updates(timeout=2)
            if rows:
                await rig.bot.get_updates(offset=rows[-1].update_id + 1, timeout=0)
            for row in rows:
                if row.pre_checkout_query:
                    return row.pre_checkout_query.id


async def test_stars_are_paid_after_the_bots_consent_and_refunded_once(rig: Rig) -> None:
    message_id = await invoice(rig)
    paying = asyncio.create_task(rig.ali.pay_invoice(message_id))
    query = await pre_checkout(rig)
    await rig.bot.answer_pre_checkout_query(query, ok=True)
    assert (await paying)["ok"]
    [update] = await rig.updates()
    assert update.message is not None
    payment = update.message.successful_payment
    assert payment is not None
    assert (payment.total_amount, payment.invoice_payload) == (50, "course:1")
    assert (await rig.bot.get_my_star_balance()).amount == 50
    with pytest.raises(SandboxError, match="already paid"):
        await rig.ali.pay_invoice(message_id)
    charge = payment.telegram_payment_charge_id
    assert await rig.bot.refund_star_payment(ALI, charge)
    with pytest.raises(TelegramBadRequest, match="CHARGE_ALREADY_REFUNDED"):
        await rig.bot.refund_star_payment(ALI, charge)
    assert (await rig.bot.get_my_star_balance()).amount == 0


async def test_a_declined_payment_takes_nothing(rig: Rig) -> None:
    message_id = await invoice(rig)
    paying = asyncio.create_task(rig.ali.pay_invoice(message_id))
    query = await pre_checkout(rig)
    await rig.bot.answer_pre_checkout_query(query, ok=False, error_message="Sold out")
    answer = await paying
    assert (answer["ok"], answer["error"]) == (False, "Sold out")
    assert await rig.updates() == []
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await rig.bot.answer_pre_checkout_query(query, ok=True)


async def test_stars_invoices_have_one_whole_price(rig: Rig) -> None:
    with pytest.raises(TelegramBadRequest, match="CURRENCY_TOTAL_AMOUNT_INVALID"):
        await invoice(rig, amount=0)
    with pytest.raises(TelegramBadRequest, match="PAYMENT_PROVIDER_INVALID"):
        await rig.bot.send_invoice(ALI, "x", "y", "z", "UZS", [LabeledPrice(label="x", amount=1)])


class Merchant:
    """A merchant's `/payme`: notes the calls, loses or refuses some answers."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.authorizations: set[str | None] = set()
        self.lose = 0
        self.refuse: dict[str, dict[str, Any]] = {}
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        call = json.loads(await request.text())
        self.calls.append(call)
        self.authorizations.add(request.headers.get("Authorization"))
        if self.lose:
            self.lose -= 1
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if call["method"] in self.refuse:
            return web.json_response({"id": call["id"], "error": self.refuse[call["method"]]})
        return web.json_response({"id": call["id"], "result": {"state": 1}})

    def methods(self) -> list[str]:
        return [call["method"] for call in self.calls]


@asynccontextmanager
async def shop() -> AsyncIterator[tuple[Rig, Merchant]]:
    merchant = Merchant()
    app = web.Application()
    app.router.add_post("/payme", merchant.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/payme"
    try:
        async with running(cashier=CashierSettings(url, MERCHANT, KEY)) as rig:
            yield rig, merchant
    finally:
        await runner.cleanup()


def link(rig: Rig, language: str = "uz") -> str:
    fields = f"m={MERCHANT};ac.order_id=197;a=1500050;l={language};c=https://t.me/ustoz_sandbox_bot"
    return f"{rig.url}/cashier/{base64.b64encode(fields.encode()).decode()}"


async def test_pay_calls_the_merchant_in_paymes_sequence() -> None:
    async with shop() as (rig, merchant):
        assert await rig.people.pay(link(rig)) == {"ok": True, "error": None, "state": 2}
        assert merchant.methods() == ["CheckPerformTransaction", "CreateTransaction", "PerformTransaction"]
        check, create, perform = (call["params"] for call in merchant.calls)
        assert check == {"amount": 1500050, "account": {"order_id": "197"}}
        assert create.items() >= check.items()
        assert (len(create["id"]), len(str(create["time"]))) == (24, 13)
        assert perform == {"id": create["id"]}
        assert merchant.authorizations == {"Basic " + base64.b64encode(f"Paycom:{KEY}".encode()).decode()}
        await rig.people.pay(link(rig))
        assert len(merchant.calls) == 3


async def test_a_lost_answer_is_asked_for_again_with_the_same_parameters() -> None:
    async with shop() as (rig, merchant):
        await rig.people.pay(link(rig, "ru"))
        merchant.calls.clear()
        merchant.lose = 1
        await rig.people.pay(link(rig, "en"))
        assert merchant.methods()[:2] == ["CheckPerformTransaction"] * 2
        assert merchant.calls[0] == merchant.calls[1]


async def test_an_unanswered_perform_goes_on_with_the_same_transaction() -> None:
    async with shop() as (rig, merchant):
        merchant.refuse = {"PerformTransaction": {"code": -32400, "message": {"ru": "Позже"}}}
        assert (await rig.people.pay(link(rig)))["error"]["code"] == -32400
        merchant.refuse = {}
        assert (await rig.people.pay(link(rig)))["ok"]
        assert merchant.methods()[3:] == ["PerformTransaction"]
        assert len({call["params"]["id"] for call in merchant.calls[1:]}) == 1


async def test_a_refusal_is_shown_in_the_payers_language() -> None:
    message = {"uz": "Buyurtma topilmadi", "ru": "Заказ не найден", "en": "No such order"}
    async with shop() as (rig, merchant), aiohttp.ClientSession() as browser:
        merchant.refuse = {"CheckPerformTransaction": {"code": -31050, "message": message, "data": "order_id"}}
        for language, text in message.items():
            async with browser.post(link(rig, language) + "/pay") as response:
                assert f"{text} (-31050)" in await response.text()
        assert set(merchant.methods()) == {"CheckPerformTransaction"}


async def test_cancel_gives_the_order_free() -> None:
    async with shop() as (rig, merchant):
        assert (await rig.people.cancel(link(rig)))["state"] == 0
        assert merchant.calls == []
        await rig.people.pay(link(rig))
        await rig.people.cancel(link(rig))
        assert merchant.calls[-1]["method"] == "CancelTransaction"
        assert merchant.calls[-1]["params"] == {"id": merchant.calls[1]["params"]["id"], "reason": 5}


async def test_the_page_shows_what_is_paid_and_leads_back() -> None:
    async with shop() as (rig, _), aiohttp.ClientSession() as browser:
        async with browser.get(link(rig, "en")) as response:
            page = await response.text()
        assert "15 000,50" in page
        assert "<dd>197</dd>" in page
        async with browser.post(link(rig, "en") + "/pay") as response:
            done = await response.text()
        assert 'data-testid="cashier-paid">Payment complete' in done
        assert 'href="/"' in done


@pytest.mark.parametrize("encoded", ["%%%", "bm90aGluZw==", base64.b64encode(b"m=1;ac.order_id=1;a=-5").decode()])
def test_a_broken_link_is_named(encoded: str) -> None:
    with pytest.raises(UserError):
        read_link(encoded)


def test_the_documents_own_link_is_read() -> None:
    checkout = read_link("bT01ODdmNzJjNzJjYWMwZDE2MmM3MjJhZTI7YWMub3JkZXJfaWQ9MTk3O2E9NTAw")
    assert (checkout.merchant_id, checkout.account, checkout.amount) == (MERCHANT, {"order_id": "197"}, 500)
