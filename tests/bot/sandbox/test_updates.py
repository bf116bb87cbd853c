import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from tests.bot.sandbox.conftest import ALI, MALIKA, Rig

SECRET = "s3cret_-"


class Webhook:
    """A bot's end of a webhook: remembers what came and answers as it is told."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[web.Response] = []
        self.url = ""
        self.in_flight: dict[int, int] = {}
        self.most_in_flight = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._came = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        chat = body["message"]["chat"]["id"] if "message" in body else 0
        self.in_flight[chat] = self.in_flight.get(chat, 0) + 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight[chat])
        async with self._came:
            self.bodies.append(body)
            self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            self._came.notify_all()
        await self.gate.wait()
        self.in_flight[chat] -= 1
        return self.answers.pop(0) if self.answers else web.Response()

    async def wait(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: len(self.bodies) >= count)
        return self.bodies


@asynccontextmanager
async def webhook() -> AsyncIterator[Webhook]:
    made = Webhook()
    app = web.Application()
    app.router.add_post("/telegram", made.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    try:
        yield made
    finally:
        await runner.cleanup()


async def test_an_update_stays_until_its_offset_is_passed(rig: Rig) -> None:
    await rig.ali.type("one")
    await rig.ali.type("two")
    first, second = await rig.bot.get_updates(timeout=0)
    assert second.update_id > first.update_id
    assert len(await rig.bot.get_updates(timeout=0)) == 2
    [rest] = await rig.bot.get_updates(offset=second.update_id, timeout=0)
    assert rest.message is not None
    assert rest.message.text == "two"
    assert await rig.bot.get_updates(offset=second.update_id + 1, timeout=0) == []


async def test_long_polling_answers_as_soon_as_something_comes(rig: Rig) -> None:
    waiting = asyncio.create_task(rig.bot.get_updates(timeout=20))
    await rig.ali.type("hello")
    [update] = await asyncio.wait_for(waiting, 5)
    assert update.message is not None
    assert update.message.text == "hello"


async def test_a_second_poll_ends_the_first_with_a_conflict(rig: Rig) -> None:
    first = asyncio.create_task(rig.bot.get_updates(timeout=20))
    while not any(call.method == "getUpdates" and not call.ok for call in rig.sandbox.calls):
        await asyncio.sleep(0)
    second = asyncio.create_task(rig.bot.get_updates(timeout=1))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    assert await second == []


async def test_polling_beside_a_webhook_is_a_conflict(rig: Rig) -> None:
    async with webhook() as hook:
        await rig.bot.set_webhook(hook.url)
        with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
            await rig.bot.get_updates()
        await rig.bot.delete_webhook()
        assert await rig.bot.get_updates(timeout=0) == []


async def test_only_allowed_kinds_are_kept(rig: Rig) -> None:
    await rig.bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    await rig.ali.type("hello")
    assert await rig.bot.get_updates(timeout=0) == []
    await rig.bot.get_updates(timeout=0, allowed_updates=[])
    await rig.ali.type("hello again")
    assert len(await rig.bot.get_updates(timeout=0)) == 1


async def test_a_webhook_gets_the_secret_and_everything_that_waited(rig: Rig) -> None:
    await rig.ali.type("before")
    async with webhook() as hook:
        await rig.bot.set_webhook(hook.url, secret_token=SECRET, max_connections=5)
        await rig.ali.type("after")
        texts = [body["message"]["text"] for body in await hook.wait(2)]
        assert texts == ["before", "after"]
        assert hook.secrets == [SECRET, SECRET]
        info = await rig.bot.get_webhook_info()
        assert (info.url, info.max_connections) == (hook.url, 5)
        await rig.bot.delete_webhook()


async def test_a_refused_delivery_comes_again_at_once_then_later(rig: Rig) -> None:
    rig.sandbox.change_faults(webhook_retry=0.01)
    async with webhook() as hook:
        hook.answers = [web.Response(status=500) for _ in range(3)]
        await rig.bot.set_webhook(hook.url)
        await rig.ali.type("hello")
        bodies = await hook.wait(4)
        assert len({body["update_id"] for body in bodies}) == 1
        info = await rig.bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        await rig.bot.delete_webhook()


async def test_retry_after_of_the_bot_is_honoured(rig: Rig) -> None:
    async with webhook() as hook:
        hook.answers = [web.Response(status=503, headers={"Retry-After": "1"})]
        await rig.bot.set_webhook(hook.url)
        started = asyncio.get_running_loop().time()
        await rig.ali.type("hello")
        await hook.wait(2)
        assert asyncio.get_running_loop().time() - started >= 1
        await rig.bot.delete_webhook()


async def test_one_chat_waits_in_line_and_the_others_do_not(rig: Rig) -> None:
    async with webhook() as hook:
        hook.gate.clear()
        await rig.bot.set_webhook(hook.url)
        for number in range(3):
            await rig.ali.type(f"ali {number}")
        await rig.people.user(MALIKA).type("malika")
        came = {body["message"]["text"] for body in await hook.wait(2)}
        assert came == {"ali 0", "malika"}
        hook.gate.set()
        order = [b["message"]["text"] for b in await hook.wait(4) if b["message"]["chat"]["id"] == ALI]
        assert order == ["ali 0", "ali 1", "ali 2"]
        assert hook.most_in_flight == 1
        await rig.bot.delete_webhook()


async def test_a_method_in_the_webhooks_answer_is_done(rig: Rig) -> None:
    async with webhook() as hook:
        hook.answers = [web.json_response({"method": "sendMessage", "chat_id": ALI, "text": "from the answer"})]
        await rig.bot.set_webhook(hook.url)
        assert (await rig.ali.send("hello")).text == "from the answer"
        await rig.ali.settle()
        await rig.bot.delete_webhook()


async def test_old_updates_expire_taps_first(rig: Rig) -> None:
    sent = await rig.bot.send_message(ALI, "x")
    await rig.ali.forge(sent.message_id, "data")
    await rig.ali.type("hello")
    rig.clock.advance(151)
    [update] = await rig.bot.get_updates(timeout=0)
    assert update.message is not None
    rig.clock.advance(86_400)
    assert await rig.bot.get_updates(timeout=0) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/hook", "bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://example.com:9000/", "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
    ],
)
async def test_a_webhook_address_must_be_one_that_telegram_takes(rig: Rig, url: str, reason: str) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await rig.bot.set_webhook(url)
    assert refused.value.message == f"Bad Request: {reason}"


async def test_a_secret_with_odd_characters_is_refused(rig: Rig) -> None:
    with pytest.raises(TelegramBadRequest, match="secret token contains unallowed characters"):
        await rig.bot.set_webhook("https://example.com/", secret_token="ключ")
