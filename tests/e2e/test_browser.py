"""The whole loop in a browser on a phone's screen, by what a person sees and taps."""

import re

from playwright.async_api import Browser, expect

from tests.centre import Centre
from tests.e2e.phone import HEIGHT, WIDTH, Phone

NEWCOMER_ID = 680_001
COURSE = "Quadratic equations and the parabola"
LESSON = "The discriminant and the quadratic formula"


async def test_a_newcomer_registers_learns_pays_takes_the_quiz_and_asks_the_tutor(
    centre: Centre, browser: Browser
) -> None:
    ali = await centre.client.add_person(
        NEWCOMER_ID, "Ali", last_name="Karimov", language_code="en", phone_number="+998901112233"
    )
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
    phone = await Phone.open(context, f"{centre.url}/?persona={ali.id}")

    await _register(phone)
    await _read_the_first_lesson(phone)
    await _buy_the_course(phone)
    await _take_the_quiz(phone)
    await centre.lessons_are_indexed()
    await _ask_the_tutor(phone)

    assert phone.complaints == []
    await context.close()


async def _register(phone: Phone) -> None:
    await phone.page.get_by_test_id("start").click()
    await phone.reads("Choose your language")
    await phone.taps("English")
    await phone.reads("What is your name?")
    await phone.taps("Use “Ali Karimov”")
    await phone.reads("Your phone number")
    await phone.taps_below("Share my number")
    await phone.page.get_by_test_id("confirm").click()
    await phone.reads("What do you want to learn?")
    await expect(phone.page.get_by_test_id("reply-button")).to_have_count(0)
    await phone.taps("Mathematics")
    await phone.taps("✅ Mathematics")
    await phone.taps("📐 Mathematics")
    await phone.taps("Done")
    await phone.reads("What do you learn for?")
    await phone.fits()
    await phone.taps("Pass an exam")
    await phone.reads("How many minutes a day")
    await phone.taps("15 min")


async def _read_the_first_lesson(phone: Phone) -> None:
    await phone.reads("Percentages and proportions", "1 / 4 · What is a percent?")
    lesson = await phone.sees("A percent is one hundredth")
    await expect(lesson.get_by_role("heading", name="What is a percent?")).to_be_visible()
    await expect(lesson.get_by_role("cell", name="a quarter")).to_be_visible()
    await expect(lesson.locator("math").first).to_be_visible()
    await expect(lesson).not_to_contain_text("$")
    await phone.fits()


async def _buy_the_course(phone: Phone) -> None:
    await phone.taps("Menu")
    await phone.reads("Hello, Ali Karimov!")
    await phone.taps("Catalogue")
    await phone.reads("Choose a subject")
    await phone.types(COURSE)
    await phone.reads("🔎")
    await phone.taps(COURSE)
    await phone.reads("The whole course: 149 000 so")
    await phone.taps(f"🔒 2. {LESSON}")
    await phone.reads("🔒 This lesson is part of the paid course")
    await phone.taps("Buy for 149 000 so")
    await phone.reads(COURSE, "Please pay before")
    await phone.fits()

    cashier = await phone.follows("Pay with Payme")
    await expect(cashier.locator("body")).to_contain_text("149 000")
    await cashier.get_by_role("button", name="Pay", exact=True).click()
    await expect(cashier.locator("body")).to_contain_text("Payment complete")
    await cashier.close()

    await phone.reads("Your payment of 149 000 so", f"{COURSE} is open")
    await phone.taps("Open the course")
    await phone.reads("✅ Paid", "0%")
    await phone.taps(f"2. {LESSON}")
    await phone.reads(f"2 / 4 · {LESSON}")
    await phone.fits()


async def _take_the_quiz(phone: Phone) -> None:
    await phone.taps("Take the quiz")
    await phone.reads(LESSON, "5 questions")
    await phone.taps("Start")
    right = 0
    for number in range(1, 6):
        await phone.reads(re.compile(rf"{number} / 5\b"))
        await phone.taps(re.compile(r"^D"))
        await phone.reads(re.compile("✅ Right!|❌ Not quite"), "💡")
        right += "✅ Right!" in await phone.newest.inner_text()
        await phone.taps("Next" if number < 5 else "See the result")
    assert 0 < right < 5, "the demo's quiz has right answers at different letters"
    await phone.reads(f"{20 * right}%", f"{right} of 5 right", LESSON)
    await phone.fits()
    await phone.taps(re.compile("Review 4 mistakes"))
    await phone.reads(f"Mistake 1 of {5 - right}", "Your answer was D")
    await phone.taps("Back to the result")


async def _ask_the_tutor(phone: Phone) -> None:
    await phone.reads("of 5 right")
    await phone.taps("Menu")
    await phone.taps("Ask the tutor")
    await phone.reads("Type your question")
    await phone.types("What is the discriminant?")
    answer = await phone.sees("No model is connected")
    await expect(answer).to_contain_text("There is a key that opens every quadratic equation: the discriminant.")
    await expect(answer.get_by_test_id("inline-button").filter(has_text=LESSON)).to_be_visible()
    await phone.fits()
