"""How a student finds a course, takes it and has something to show for it: each function is a chapter."""

import re

from playwright.async_api import expect

from domain.language import Language
from tests.e2e.hand import Hand
from tests.e2e.phone import PATIENCE
from tests.e2e.teacher import FIRST_LESSON, LESSONS, TITLES

TITLE = TITLES[Language.RU]
FIRST = FIRST_LESSON[Language.RU]
MISSPELT = "тригонамитрия нолдан"
"""Uzbek in Cyrillic, with two slips of the finger; the teacher wrote Latin."""


PAID = re.compile("complete|прош|оплачен|выполнен", re.IGNORECASE)


async def finds_the_course(hand: Hand) -> None:
    await hand.presses("📚 Catalogue")
    await hand.hears("📚 <b>Catalogue</b>")
    await hand.types(MISSPELT)
    await hand.reads(MISSPELT)
    await hand.picture("09-search")
    await hand.taps(TITLE)
    await hand.reads(TITLE, re.compile(r"99\s000"))
    await hand.picture("10-course-card")


async def buys_it(hand: Hand) -> None:
    await hand.taps(re.compile(r"^🛒"))
    await hand.reads(TITLE, hand.words("\nThe payment opens every lesson of the course, for good."))
    await hand.picture("11-order")
    cashier = await hand.follows("Payme")
    await cashier.get_by_role("button", name=re.compile("^(Pay|Оплатить|To‘lash)")).first.click()
    await expect(cashier.locator("body")).to_contain_text(PAID)
    await cashier.close()
    await hand.presses("▶️ Open the course")
    await hand.hears("✅ Paid")
    await hand.presses("▶️ Continue")


async def reads_the_first_lesson(hand: Hand) -> None:
    """A note and a bookmark are replies to what the bot has sent."""
    await hand.reads(f"1 / 3 · {FIRST}")
    await hand.picture("12-lesson")
    await hand.answers(await hand.sees("radian bilan"), "360° это 2π!")
    await hand.sees(hand.words("📝 Noted."))
    await hand.answers(hand.page.locator('.message[data-from="bot"]:has(video)').last, "0:05 Вершина")
    saved = await hand.sees("🔖 0:05 Вершина")
    await expect(saved).to_be_visible()
    await hand.picture("13-note-and-bookmark")
    await hand.presses("▶️ Next part")
    await expect(hand.page.locator('.message[data-from="bot"] .player').last).to_be_visible(timeout=PATIENCE)
    await hand.presses("✅ Done, go on")
    await hand.reads(f"2 / 3 · {LESSONS[1]}")


async def answers_the_check_question(hand: Hand) -> None:
    await hand.presses("❓ Answer the check question")
    await hand.reads("Parabola qaysi tomonga ochiladi?")
    await hand.picture("14-answering")
    await hand.taps("Yuqoriga")
    await hand.reads(f"2 / 3 · {LESSONS[1]}")


async def logs_out_and_comes_back(hand: Hand) -> None:
    await hand.types("/logout")
    await hand.hears("🚪 <b>Log out?</b>")
    await hand.presses("Log out")
    await hand.sees("/start")
    await hand.types("/start")
    await hand.hears("👋 <b>Hello, {name}!</b>", name="Ali Karimov")
    await hand.picture("15-back-again")
    await hand.taps(LESSONS[1])
    await hand.reads(f"2 / 3 · {LESSONS[1]}")


async def passes_the_quiz(hand: Hand) -> None:
    await hand.presses("📝 Take the quiz")
    await hand.presses("▶️ Start")
    for number in (1, 2):
        await hand.reads(re.compile(rf"{number} / 2\b"))
        await hand.taps(re.compile(r"^A"))
        await hand.hears("✅ Right!\n")
        if number == 1:
            await hand.presses("Next ➡️")
    await hand.presses("📊 See the result")
    await hand.reads("100%")
    await hand.picture("16-quiz-result")
    await hand.presses("📖 Back to the lesson")
    await hand.presses("✅ Done, go on")


async def finishes_the_course(hand: Hand) -> None:
    await hand.reads(f"3 / 3 · {LESSONS[2]}")
    await hand.presses("✅ Done, go on")
    await hand.page.get_by_test_id("confirm").click()
    await hand.sees(TITLE)
    told = await hand.sees(hand.words("What next: look back at your results, or choose the next course."))
    await expect(told).to_be_visible()
    await hand.picture("17-finished")


async def opens_the_certificate(hand: Hand) -> str:
    """The number that its verify link ends with."""
    ready = await hand.sees(hand.words("🎓 Your certificate for <b>{course}</b> is ready. Well done!", course=TITLE))
    await ready.get_by_test_id("inline-button").click()
    await hand.reads(re.compile(r"\w{4}-\w{4}-\w{4}-\w{4}"))
    await hand.fits()
    await hand.picture("18-certificate")
    found = re.search(r"\w{4}-\w{4}-\w{4}-\w{4}", await hand.newest.inner_text())
    assert found is not None
    return found[0].replace("-", "")


async def rates_the_course(hand: Hand) -> None:
    told = await hand.sees(hand.words("What next: look back at your results, or choose the next course."))
    await told.get_by_test_id("inline-button").filter(has_text=hand.words("⭐ Rate the course")).click()
    await hand.hears("How did you like the course?")
    await hand.picture("20-rating")
    await hand.taps(re.compile("^★★★★★$"))
    await hand.hears("Thank you! Would you say why, in a sentence? It stands beside your first name.")
    await hand.types("Всё понятно, спасибо!")
    await hand.reads("★★★★★", "Всё понятно, спасибо!")
