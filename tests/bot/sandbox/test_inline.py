"""Inline mode: the person's side and the bot's side of `@bot words`."""

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)

from bot.sandbox.client import InlineResults, SandboxError
from tests.bot.sandbox.conftest import MALIKA, Rig


def article(number: int, text: str = "Foizlar") -> InlineQueryResultArticle:
    button = InlineKeyboardButton(text="Open", url="https://t.me/ustoz_sandbox_bot?start=c_ABC")
    return InlineQueryResultArticle(
        id=str(number),
        title=f"Course {number}",
        description="4 lessons",
        input_message_content=InputTextMessageContent(message_text=text, parse_mode="HTML"),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
    )


async def ask(rig: Rig, words: str, *articles: InlineQueryResultArticle, **options: Any) -> InlineResults:
    asked = asyncio.create_task(rig.ali.inline(words))
    query = (await waiting(rig))[0]
    await rig.bot.answer_inline_query(query.id, list(articles), **options)
    return await asked


async def waiting(rig: Rig) -> list[Any]:
    async with asyncio.timeout(5):
        while not (rows := [update.inline_query for update in await rig.updates() if update.inline_query]):
            await asyncio.sleep(0.01)
        return rows


async def test_the_bot_is_told_who_asks_and_what(rig: Rig) -> None:
    asked = asyncio.create_task(rig.ali.inline("foiz", offset="10"))
    query = (await waiting(rig))[0]
    await rig.bot.answer_inline_query(query.id, [])

    assert (query.from_user.id, query.query, query.offset) == (rig.ali.id, "foiz", "10")
    assert (await asked).results == []


async def test_a_chosen_result_is_a_message_of_the_person_with_its_button(rig: Rig) -> None:
    found = await ask(rig, "foiz", article(1), article(2, "<b>Foizlar</b> &lt;2&gt;"), next_offset="2")

    message = await found.choose(1)

    assert [result.title for result in found.results] == ["Course 1", "Course 2"]
    assert found.next_offset == "2"
    assert message.from_me
    assert message.text == "Foizlar <2>"
    assert message.raw["via_bot"]["username"] == "ustoz_sandbox_bot"
    assert message.buttons[0].url == "https://t.me/ustoz_sandbox_bot?start=c_ABC"
    told = (await rig.updates())[-1].message
    assert told is not None
    assert told.via_bot is not None


async def test_the_button_above_the_results_starts_the_bot(rig: Rig) -> None:
    button = InlineQueryResultsButton(text="Open the bot", start_parameter="catalogue")

    found = await ask(rig, "zzz", button=button)

    assert found.button is not None
    assert found.button["start_parameter"] == "catalogue"


async def test_nobody_chooses_what_was_offered_to_somebody_else(rig: Rig) -> None:
    found = await ask(rig, "foiz", article(1))
    malika = rig.people.user(MALIKA)

    with pytest.raises(SandboxError, match="no such result"):
        await malika.choose(found.query_id, "1")


async def test_an_answer_comes_once_and_within_half_a_minute(rig: Rig) -> None:
    found = await ask(rig, "foiz", article(1))
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await rig.bot.answer_inline_query(found.query_id, [article(1)])

    late = asyncio.create_task(rig.ali.inline("foiz"))
    query = (await waiting(rig))[0]
    rig.clock.advance(31)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await rig.bot.answer_inline_query(query.id, [article(1)])
    late.cancel()


@pytest.mark.parametrize(
    ("articles", "options", "sentence"),
    [
        ([article(1), article(1)], {}, "RESULT_ID_DUPLICATE"),
        ([article(number) for number in range(51)], {}, "RESULTS_TOO_MUCH"),
        ([article(1)], {"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ([article(1, "<b>")], {}, "can't parse entities"),
        ([article(1, "x" * 5000)], {}, "message is too long"),
        ([], {"button": InlineQueryResultsButton(text="x", start_parameter="a b")}, "START_PARAM_INVALID"),
    ],
)
async def test_what_telegram_refuses_is_refused(
    rig: Rig, articles: list[InlineQueryResultArticle], options: dict[str, Any], sentence: str
) -> None:
    asked = asyncio.create_task(rig.ali.inline("foiz"))
    query = (await waiting(rig))[0]

    with pytest.raises(TelegramBadRequest, match=sentence):
        await rig.bot.answer_inline_query(query.id, list(articles), **options)

    asked.cancel()


async def test_a_bot_that_does_not_want_inline_queries_gets_none(rig: Rig) -> None:
    await rig.bot.get_updates(timeout=0, allowed_updates=["message"])

    with pytest.raises(SandboxError, match="does not ask for inline queries"):
        await rig.ali.inline("foiz")
