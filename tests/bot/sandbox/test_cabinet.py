"""Payme's cabinet: money goes back and receipts arrive, each by the call that Payme would make."""

import re

import aiohttp
import pytest

from bot.sandbox import SandboxError
from tests.bot.sandbox.test_payments import link, shop


async def test_money_is_returned_by_one_call_with_the_reason_of_a_refund() -> None:
    async with shop() as (rig, merchant):
        await rig.people.pay(link(rig))
        number = merchant.calls[-1]["params"]["id"]

        assert await rig.people.return_money(number) == {"ok": True, "error": None}
        again = await rig.people.return_money(number)

        assert merchant.methods()[3:] == ["CancelTransaction"]
        assert merchant.calls[-1]["params"] == {"id": number, "reason": 5}
        assert again["error"]["code"] == 404


async def test_a_refusal_of_the_merchant_leaves_the_payment_as_it_is() -> None:
    async with shop() as (rig, merchant), aiohttp.ClientSession() as browser:
        await rig.people.pay(link(rig))
        number = merchant.calls[-1]["params"]["id"]
        merchant.refuse = {"CancelTransaction": {"code": -31007, "message": {"ru": "Услуга оказана"}}}

        async with browser.post(f"{rig.url}/cabinet/{number}/return?l=ru") as response:
            assert "Услуга оказана (-31007)" in await response.text()

        merchant.refuse = {}
        assert (await rig.people.return_money(number))["ok"]


async def test_the_receipt_is_told_with_an_address_that_shows_it() -> None:
    async with shop() as (rig, merchant), aiohttp.ClientSession() as browser:
        await rig.people.pay(link(rig, "en"))
        number = merchant.calls[-1]["params"]["id"]

        assert (await rig.people.send_receipt(number))["ok"]

        told = merchant.calls[-1]["params"]
        assert (told["id"], told["type"], told["fiscal_data"]["status_code"]) == (number, "PERFORM", 0)
        async with browser.get(told["fiscal_data"]["qr_code_url"]) as response:
            page = await response.text()
        assert "Fiscal receipt" in page
        assert "15 000,50" in page


async def test_a_receipt_that_is_sent_again_is_the_same_and_a_refund_has_its_own() -> None:
    async with shop() as (rig, merchant):
        await rig.people.pay(link(rig))
        number = merchant.calls[-1]["params"]["id"]

        await rig.people.send_receipt(number)
        await rig.people.send_receipt(number)
        await rig.people.return_money(number)
        await rig.people.send_receipt(number)

        receipts = [call["params"] for call in merchant.calls if call["method"] == "SetFiscalData"]
        assert receipts[0] == receipts[1]
        assert [receipt["type"] for receipt in receipts] == ["PERFORM", "PERFORM", "CANCEL"]
        assert receipts[2]["fiscal_data"]["receipt_id"] != receipts[0]["fiscal_data"]["receipt_id"]


@pytest.mark.parametrize(("language", "words"), [("uz", "Pulni qaytarish"), ("ru", "Вернуть деньги"), ("en", "Return")])
async def test_the_page_lists_what_was_paid_in_every_language(language: str, words: str) -> None:
    async with shop() as (rig, merchant), aiohttp.ClientSession() as browser:
        async with browser.get(f"{rig.url}/cabinet/?l={language}") as response:
            assert "sale-" not in await response.text()
        await rig.people.pay(link(rig))
        number = merchant.calls[-1]["params"]["id"]

        async with browser.get(f"{rig.url}/cabinet/?l={language}") as response:
            page = await response.text()

        assert f"sale-{number}" in page
        assert "<dd>197</dd>" in page
        assert words in page
        async with browser.post(f"{rig.url}/cabinet/{number}/return?l={language}") as response:
            done = await response.text()
        assert "cabinet-done" in done
        assert not re.search("cabinet-return", done)


async def test_what_was_never_paid_is_unknown() -> None:
    async with shop() as (rig, merchant), aiohttp.ClientSession() as browser:
        assert (await rig.people.return_money("0" * 24))["error"]["code"] == 404
        assert (await rig.people.send_receipt("0" * 24))["error"]["code"] == 404
        async with browser.get(f"{rig.url}/cabinet/{'0' * 24}/perform") as response:
            assert response.status == 404
        assert merchant.calls == []


async def test_an_unknown_page_of_the_cabinet_is_no_page() -> None:
    async with shop() as (rig, _merchant):
        with pytest.raises(SandboxError):
            await rig.people.request("GET", "/cabinet/x/y")
