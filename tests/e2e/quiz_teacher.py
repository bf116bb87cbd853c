"""How a teacher with a Word test makes a quiz of it and sees what came of it: each function is a chapter."""

import re
import time

from tests.e2e.folder import syllabus, word_test
from tests.e2e.hand import Hand

TITLE = "Foizlar"
LESSON = "Foizni topish"
TOPICS = ("Foiz va kasr", "Chegirma")
EACH = 5
QUESTIONS = EACH * len(TOPICS)


def right(number: int) -> int:
    """The answer to the question about this percentage."""
    return number * number


def _lines(topic: str, numbers: range) -> list[str]:
    lines = [f"Mavzu: {topic}"]
    for number in numbers:
        lines += [
            f"? {number * 100} ning {number}% i nechaga teng?",
            f"+ {right(number)}",
            f"- {right(number) + 1}",
            f"- {number}00",
        ]
    return lines


WORD_TEST = [
    line
    for place, topic in enumerate(TOPICS)
    for line in _lines(topic, range(2 + place * EACH, 2 + (place + 1) * EACH))
]


async def makes_a_lesson(hand: Hand) -> None:
    """Something to read, so that the course can be published before it has a quiz."""
    text = "Foiz – yuzdan bir ulush. 200 ning 15% ini topish uchun 200 ni 0,15 ga ko‘paytiring."
    await hand.presses("✏️ Teach")
    await hand.presses("📥 Import")
    await hand.sends([syllabus(TITLE, "Foiz, chegirma va foyda.", {"Asoslar": {LESSON: [text]}})])
    await hand.hears("📂 One thing is missing: its subject. Choose it on the next screen.")
    await hand.presses("👀 Look at it")
    await hand.presses("📂 Choose the subject")
    await hand.taps("Matematika")
    await hand.presses("✅ Make the course")
    await hand.reads(TITLE, hand.words("✏️ Draft, only you see it"))
    await hand.presses("🚀 Publish")
    await hand.reads(hand.words("🟢 Published"), "?start=c_")


async def sends_a_word_test(hand: Hand) -> None:
    """From the file in the phone to a quiz that students can take."""
    await hand.taps(LESSON)
    await hand.reads(f"1. {LESSON}")
    touches, began = hand.touches, time.perf_counter()
    await hand.sends([word_test("foizlar.docx", *WORD_TEST)])
    await hand.sees("foizlar.docx")
    await hand.taps(re.compile("foizlar|👀|❓"))
    await hand.reads("foizlar.docx", str(QUESTIONS))
    await hand.hears("🔀 The right answer always has the same place, so I mix the answers for each student.")
    await hand.picture("01-what-was-read")
    await hand.taps(re.compile("^✅"))
    await hand.hears("❓ <b>Questions of this lesson</b>")
    seconds = time.perf_counter() - began
    print(f"{QUESTIONS} questions of a Word file are live: {hand.touches - touches} touches, {seconds:.0f} s")


async def decides_how_it_is_taken(hand: Hand) -> None:
    await hand.presses("⚙️ How the quiz is taken")
    await hand.presses("⏱ Time")
    await hand.types("40")
    await hand.presses("🎯 Pass mark")
    await hand.types("60%")
    await hand.reads("40", "60%")
    await hand.picture("02-settings")
    await hand.presses("⬅️ Back")
    await hand.presses("⬅️ Back")


async def looks_at_the_results(hand: Hand) -> None:
    await hand.presses("📊 Quiz results")
    await hand.reads("Ali Karimov", "80%")
    await hand.picture("08-results")
    await hand.presses("🔎 How the questions work")
    await hand.picture("09-questions-to-look-at")
