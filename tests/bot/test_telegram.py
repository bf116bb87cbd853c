"""The Bot API's client on the wire: what it posts, what it makes of an answer, what it tries again."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramServerError
from aiogram.types import (
    BufferedInputFile,
    ChatPermissions,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot import telegram
from bot.telegram import make_bot

BACK = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="⬅️ Back", callback_data="back")]])
SENT = {"message_id": 7, "date": 1_700_000_000, "chat": {"id": 5, "type": "private"}, "text": "Hello"}


class Api:
    """Answers with what it was told to, in turn; the last answer stays."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.bodies: list[tuple[str, bytes]] = []

    def says(self, *answers: tuple[int, str]) -> None:
        self.answers = [web.Response(status=status, text=text) for status, text in answers]

    async def serve(self, request: web.Request) -> web.Response:
        self.bodies.append((request.content_type, await request.read()))
        status, text = self.answers[0].status, self.answers[0].text
        if len(self.answers) > 1:
            del self.answers[0]
        return web.Response(status=status, text=text)

    @property
    def sent(self) -> dict[str, object]:
        """The newest request."""
        kind, body = self.bodies[-1]
        assert kind == "application/json"
        return json.loads(body)


@pytest.fixture
def api() -> Api:
    api = Api()
    api.says((200, json.dumps({"ok": True, "result": SENT})))
    return api


@pytest.fixture
async def bot(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(telegram, "PAUSES", (0.0, 0.0))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.serve)
    async with TestServer(app) as server:
        made = make_bot(SecretStr("42:abcdefgh"), str(server.make_url("")).rstrip("/"))
        yield made
        await made.session.close()


async def test_a_request_holds_what_was_given_and_the_defaults_and_nothing_else(bot: Bot, api: Api) -> None:
    await bot.send_message(5, "Hello", reply_markup=BACK, disable_notification=False)

    assert api.sent == {
        "chat_id": 5,
        "text": "Hello",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_web_page_preview": True,
        "disable_notification": False,
        "reply_markup": {"inline_keyboard": [[{"text": "⬅️ Back", "callback_data": "back"}]]},
    }


async def test_a_default_gives_way_to_what_is_asked_for(bot: Bot, api: Api) -> None:
    preview = LinkPreviewOptions(is_disabled=False, url="https://a.uz")

    await bot.send_message(5, "Hello", parse_mode=None, link_preview_options=preview)

    assert "parse_mode" not in api.sent
    assert api.sent["link_preview_options"] == {"is_disabled": False, "url": "https://a.uz"}


async def test_a_moment_is_sent_as_seconds(bot: Bot, api: Api) -> None:
    api.says((200, '{"ok":true,"result":true}'))

    await bot.restrict_chat_member(5, 6, ChatPermissions(), until_date=datetime(2026, 3, 1, tzinfo=UTC))

    assert api.sent["until_date"] == 1_772_323_200


async def test_half_of_a_surrogate_pair_is_sent_escaped(bot: Bot, api: Api) -> None:
    await bot.send_message(5, "a\ud83d")

    assert b'"a\\ud83d"' in api.bodies[-1][1]


async def test_a_file_goes_as_a_form(bot: Bot, api: Api) -> None:
    await bot.send_document(5, BufferedInputFile(b"%PDF", "a.pdf"))

    kind, body = api.bodies[-1]
    assert kind == "multipart/form-data"
    assert b"%PDF" in body


async def test_a_sent_message_is_known_but_for_its_keyboard(bot: Bot, api: Api) -> None:
    keyboard = BACK.model_dump(exclude_none=True)
    api.says((200, json.dumps({"ok": True, "result": SENT | {"reply_markup": keyboard}})))

    message = await bot.send_message(5, "Hello", reply_markup=BACK)

    assert isinstance(message, Message)
    assert (message.message_id, message.chat.id, message.text) == (7, 5, "Hello")
    assert message.reply_markup is None
    assert message.bot is bot


async def test_yes_is_yes(bot: Bot, api: Api) -> None:
    api.says((200, '{"ok":true,"result":true}'))

    assert await bot.answer_callback_query("1") is True


@pytest.mark.parametrize("page", ["<html>Bad Gateway</html>", ""])
async def test_a_gateway_s_error_page_is_tried_again(bot: Bot, api: Api, page: str) -> None:
    api.says((502, page), (504, page), (200, json.dumps({"ok": True, "result": SENT})))

    assert (await bot.send_message(5, "Hello")).message_id == 7
    assert len(api.bodies) == 3


async def test_a_gateway_that_stays_broken_is_the_server_s_failure(bot: Bot, api: Api) -> None:
    api.says((502, "<html>Bad Gateway</html>"))

    with pytest.raises(TelegramServerError):
        await bot.send_message(5, "Hello")


async def test_a_refusal_is_raised_with_telegram_s_words(bot: Bot, api: Api) -> None:
    api.says((400, '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'))

    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "Hello")
    assert len(api.bodies) == 1


@pytest.mark.parametrize("answer", ["<html>", '{"ok":true,"result":{"strange":1}}', "[]"])
async def test_an_answer_that_is_none_of_the_bot_api_s_is_not_taken_for_one(bot: Bot, api: Api, answer: str) -> None:
    api.says((200, answer))

    with pytest.raises(ClientDecodeError):
        await bot.send_message(5, "Hello")
