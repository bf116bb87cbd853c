"""How a teacher with a Word test makes a quiz of it and sees what came of it: each function is a chapter."""

import re
import time

from tests.e2e.folder import syllabus, word_test
from tests.e2e.hand import Hand

TITLE = "Foizlar"
LESSON = "Foizni topish"
TOPICS = ("Foiz va kasr", "Chegirma")
WORD_TEST = [
    line
    for topic in TOPICS
    for line in (
        f"Mavzu: {topic}",
        *(
            text
            for number in range(1, 16)
            for text in (
                f"? {topic}: {number * 100} ning {number}% i nechaga teng?",
                f"+ {number * number}",
                f"- {number * number + 1}",
                f"- {number}00",
            )
        ),
    )
]
ESSAY = "Chegirma nega 100% dan katta bo‘lmaydi? Uch gap yozing.\n...\n! Narx manfiy bo‘lmaydi."


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
    await hand.reads("foizlar.docx")
    await hand.picture("01-what-was-read")
    await hand.taps(re.compile(r"^✅.*30"))
    await hand.reads(hand.words("❓ <b>Questions of this lesson</b>"))
    print(
        f"30 questions of a Word file are live: {hand.touches - touches} touches, {time.perf_counter() - began:.0f} s"
    )


async def decides_how_it_is_taken(hand: Hand) -> None:
    await hand.presses("⚙️ How the quiz is taken")
    await hand.presses("⏱ Time")
    await hand.types("40")
    await hand.presses("🎯 Pass mark")
    await hand.picture("x-pass")
    await hand.taps("60")
    await hand.picture("02-settings")
    await hand.presses("⬅️ Back")
    await hand.picture("x-after-settings")


async def looks_at_the_results(hand: Hand) -> None:
    await hand.presses("📊 Quiz results")
    await hand.reads("Ali Karimov")
    await hand.picture("09-results")
    await hand.presses("🔎 How the questions work")
    await hand.picture("10-questions-to-look-at")
