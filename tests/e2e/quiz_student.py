"""How a student takes a quiz and gets its mistakes back: each function is a chapter."""

import re

from tests.e2e.hand import Hand
from tests.e2e.quiz_teacher import LESSON, TITLE

QUESTIONS = 30
WRONG = (3, 4, 20)
"""Places of the questions that are answered wrongly."""


async def opens_the_lesson(hand: Hand) -> None:
    await hand.reads(TITLE)
    await hand.picture("x-card")
    await hand.taps(re.compile("^▶️|^🚀|^➕"))
    await hand.reads(LESSON)


async def takes_the_quiz(hand: Hand) -> None:
    await hand.presses("📝 Take the quiz")
    await hand.picture("03-before")
    await hand.presses("▶️ Start")
    for place in range(1, QUESTIONS + 1):
        await hand.reads(re.compile(rf"\b{place} / {QUESTIONS}\b"))
        if place == 1:
            await hand.picture("04-question")
        await hand.taps(re.compile("^B" if place in WRONG else "^A"))
        if place in WRONG:
            await hand.hears("❌ Not quite\n")
        if place == WRONG[0]:
            await hand.picture("05-not-quite")
        await hand.presses("📊 See the result" if place == QUESTIONS else "Next ➡️")


async def reads_the_result(hand: Hand) -> None:
    await hand.reads("90%")
    await hand.picture("06-result")
    await hand.taps(re.compile("^🔍"))
    await hand.picture("07-mistake")


async def reviews(hand: Hand) -> None:
    await hand.types("/review")
    await hand.picture("x-review")
