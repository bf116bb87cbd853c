"""Whoever is about to pay while updates cannot be kept is told no, instead of hearing nothing for ten seconds."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from pydantic import SecretStr

from bot.errors import NOTHING_CHARGED
from bot.i18n import _, speaking
from bot.intake.intake import Intake
from bot.intake.polling import Polling
from bot.intake.refusal import refusal_of
from bot.web.app import WebServer
from bot.web.telegram import HEADER, telegram_handler
from domain.language import Language
from tests.bot.intake.fakes import FakeInbox, Table

SECRET = "the-exact-secret-of-the-webhook"


def question(**person: Any) -> dict[str, Any]:
    query = {"id": "q1", "from": {"id": 5, "is_bot": False, "first_name": "Ali", **person}, "currency": "XTR"}
    return {"update_id": 7, "pre_checkout_query": query}


@pytest.mark.parametrize("language", list(Language))
def test_the_no_is_in_the_payers_language(language: Language) -> None:
    refusal = refusal_of(json.dumps(question(language_code=f"{language}-x")).encode(), Language.UZ)

    with speaking(language):
        assert refusal == {"pre_checkout_query_id": "q1", "ok": False, "error_message": _(NOTHING_CHARGED)}


@pytest.mark.parametrize("code", [None, 5, "", "de", ["en"]])
def test_an_unknown_language_is_the_centres(code: object) -> None:
    refusal = refusal_of(json.dumps(question(language_code=code)).encode(), Language.RU)

    assert refusal is not None
    with speaking(Language.RU):
        assert refusal["error_message"] == _(NOTHING_CHARGED)


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 7, "message": {"from": {"id": 5}}},
        {"update_id": 7, "pre_checkout_query": {"id": 5, "from": {"id": 5}}},
        {"update_id": 7, "pre_checkout_query": None},
        [],
    ],
)
def test_nothing_else_is_answered(update: object) -> None:
    assert refusal_of(json.dumps(update).encode(), Language.UZ) is None


@pytest.fixture
async def lost() -> AsyncIterator[Intake]:
    """An intake that has lost its inbox."""
    table = Table()
    inbox = FakeInbox(table)
    intake = Intake(inbox, None)
    await intake.start()
    inbox.is_away = True
    yield intake
    inbox.is_away = False
    await intake.close(0)


async def test_the_webhook_refuses_in_its_answer(lost: Intake) -> None:
    port = unused_port()
    server = WebServer("127.0.0.1", port)
    server.post("/telegram", telegram_handler(lost, SecretStr(SECRET), default_language=Language.EN))
    await server.start()
    url, secret = f"http://127.0.0.1:{port}/telegram", {HEADER: SECRET}

    async with aiohttp.ClientSession(headers=secret) as telegram:
        async with telegram.post(url, json={"update_id": 6, "message": {"from": {"id": 5}}}) as answer:
            assert answer.status == 503
        async with telegram.post(url, json=question()) as answer:
            assert answer.status == 200
            refusal = await answer.json()
    await server.close()

    assert refusal == {
        "method": "answerPreCheckoutQuery",
        "pre_checkout_query_id": "q1",
        "ok": False,
        "error_message": NOTHING_CHARGED,
    }


async def test_polling_refuses_and_does_not_move_on(lost: Intake) -> None:
    offsets: list[int | None] = []
    refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    asked_again = asyncio.Event()

    async def get_updates(request: web.Request) -> web.Response:
        offsets.append((await request.json()).get("offset"))
        if len(offsets) > 1:
            asked_again.set()
        return web.json_response({"ok": True, "result": [question()]})

    async def refuse(request: web.Request) -> web.Response:
        if not refused.done():
            refused.set_result(await request.json())
        return web.json_response({"ok": True, "result": True})

    app = web.Application()
    app.router.add_post("/bot42:x/getUpdates", get_updates)
    app.router.add_post("/bot42:x/answerPreCheckoutQuery", refuse)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    polling = Polling(lost, f"http://127.0.0.1:{port}", SecretStr("42:x"), [], default_language=Language.EN)

    polling.start()
    async with asyncio.timeout(10):
        answer = await refused
        await asked_again.wait()
    await polling.close()
    await runner.cleanup()

    assert (answer["ok"], answer["error_message"]) == (False, NOTHING_CHARGED)
    assert set(offsets) == {None}, "the question is not lost: once the inbox is back, it is kept"
