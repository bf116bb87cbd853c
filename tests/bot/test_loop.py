"""The core loop, as people live it: register, learn, pay, take the quiz, ask the tutor; in three languages."""

import pytest

from tests.bot.conftest import Centre


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("English", "Use", "Skip", "Start learning")),
    ],
)
async def test_a_newcomer_reaches_the_first_lesson_in_five_taps(
    centre: Centre, language: str, words: tuple[str, ...]
) -> None:
    ali = await centre.person(language)

    await ali.send("/start")
    for word in words:
        await centre.settle(ali)
        await ali.press(word)
    await centre.settle(ali)

    assert len(words) <= 5
    assert "1 / 4" in (await ali.last_message()).text
