"""OUT-5: an alert has at most 200 and a caption 1,024 UTF-16 units, whatever they are written in."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.types import BufferedInputFile
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.limits import MAX_ALERT, MAX_CAPTION, cut, units
from bot.telegram import make_bot
from tests.bot.conftest import Centre

WRITING = {
    "latin": "o‘qish ",
    "cyrillic": "ўқиш ",
    "emoji": "🎓",
    "a family": "👩‍🏫",
    "flags": "🇺🇿",
    "markup": "a<b&c ",
}
PICTURE = BufferedInputFile(b"\x89PNG\r\n\x1a\n", "x.png")
FILLED = st.text("aо‘ʻў🎓👩\u200d🏫\ufe0f\n<&", min_size=0, max_size=60)


def written(letters: str, size: int) -> str:
    """So many units exactly."""
    whole = letters * (size // units(letters))
    return whole + "." * (size - units(whole))


@pytest.fixture
async def bot(centre: Centre) -> AsyncIterator[Bot]:
    """The client as the program has it, on the sandbox that refuses what is too long."""
    async with make_bot(SecretStr(centre.sandbox.token), centre.url) as made:
        yield made


@given(FILLED, st.integers(1, 40))
def test_what_is_cut_fits_and_is_the_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)

    assert units(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
    assert short.encode().decode() == short


@pytest.mark.parametrize("letters", WRITING.values(), ids=WRITING)
@pytest.mark.parametrize("limit", [MAX_ALERT, MAX_CAPTION])
def test_what_just_fits_is_left_alone_and_one_unit_more_is_cut(letters: str, limit: int) -> None:
    assert cut(written(letters, limit), limit) == written(letters, limit)
    assert cut(written(letters, limit + 1), limit).endswith("…")


def test_no_sign_is_cut_in_two() -> None:
    assert [cut("👩‍🏫" * 9, limit) for limit in (5, 6, 7, 11, 12)] == ["…", "👩‍🏫…", "👩‍🏫…", "👩‍🏫👩‍🏫…", "👩‍🏫👩‍🏫…"]


@pytest.mark.parametrize("letters", WRITING.values(), ids=WRITING)
@pytest.mark.parametrize("more", [0, 1, 500])
@pytest.mark.parametrize("mode", [None, "HTML"])
async def test_a_caption_of_any_length_arrives(
    centre: Centre, bot: Bot, letters: str, more: int, mode: str | None
) -> None:
    person = await centre.student()
    caption = written(letters, MAX_CAPTION + more)
    marked = "<b>" + caption.replace("&", "&amp;").replace("<", "&lt;") + "</b>" if mode else caption

    sent = await bot.send_document(person.id, PICTURE, caption=marked, parse_mode=mode)

    shown = sent.caption or ""
    assert (shown == caption.strip()) if not more else (shown.endswith("…") and caption.startswith(shown[:-1]))


@pytest.mark.parametrize("letters", WRITING.values(), ids=WRITING)
@pytest.mark.parametrize("more", [0, 1, 500])
async def test_an_alert_of_any_length_arrives(centre: Centre, bot: Bot, letters: str, more: int) -> None:
    text = written(letters, MAX_ALERT + more)
    calls = len(centre.sandbox.calls)

    await bot.answer_callback_query("1", text)

    [call] = [call for call in list(centre.sandbox.calls)[calls:] if call.method == "answerCallbackQuery"]
    assert units(call.params["text"]) <= MAX_ALERT
    assert (call.params["text"] == text) == (more == 0)
