"""How a student takes a quiz and gets its mistakes back: each function is a chapter."""

import re

from tests.e2e.hand import Hand
from tests.e2e.quiz_teacher import LESSON, QUESTIONS, TITLE, right

WRONG = (2, 7)
"""Places of the questions that are answered wrongly."""
ASKED = re.compile(r"(\d+)% i nechaga teng")


async def opens_the_lesson(hand: Hand) -> None:
    await hand.reads(TITLE)
    await hand.presses("➕ Join the course")
    await hand.taps(LESSON)
    await hand.reads(LESSON)


async def takes_the_quiz(hand: Hand) -> None:
    await hand.presses("📝 Take the quiz")
    await hand.picture("03-before")
    await hand.presses("▶️ Start")
    for place in range(1, QUESTIONS + 1):
        await hand.reads(re.compile(rf"\b{place} / {QUESTIONS}\b"))
        asked = ASKED.search(await hand.newest.inner_text())
        assert asked is not None
        answer = right(int(asked[1]))
        if place == 1:
            await hand.picture("04-question")
        await hand.taps(re.compile(rf"\) {answer + (place in WRONG)}$"))
        await hand.reads(hand.words("❌ Not quite.") if place in WRONG else hand.words("✅ Right!"))
        if place == WRONG[0]:
            await hand.picture("05-not-quite")
        await hand.presses("📊 See the result" if place == QUESTIONS else "Next ➡️")


async def reads_the_result(hand: Hand) -> None:
    await hand.reads("80%")
    await hand.hears("📌 Your mistakes come back from tomorrow on, until you know them: /review")
    await hand.picture("06-result")
    await hand.taps(re.compile("^🔍"))
    await hand.picture("07-mistake")
