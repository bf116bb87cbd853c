"""A folder becomes a course, and the course a certificate: two people, each with a phone, by what they see and tap."""

from playwright.async_api import Browser, expect

from domain.language import Language
from tests.centre import Centre
from tests.e2e import student, teacher
from tests.e2e.hand import Hand
from tests.e2e.phone import HEIGHT, WIDTH

MAX_TOUCHES = 120
"""At five seconds for each, ten minutes."""


async def hand_of(centre: Centre, browser: Browser, user_id: int, language: Language, start: str = "") -> Hand:
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
    return await Hand.of(context, f"{centre.url}/?persona={user_id}{start}", language)


async def puts_away(hand: Hand) -> None:
    assert hand.complaints == []
    await hand.page.context.close()


async def test_a_folder_becomes_a_course_and_the_course_a_certificate(centre: Centre, browser: Browser) -> None:
    dilnoza, ali, passer_by = await centre.teacher("uz"), await centre.student("ru"), await centre.student("en")

    hand = await hand_of(centre, browser, dilnoza.id, Language.UZ)
    await teacher.imports_the_syllabus(hand)
    await teacher.sets_price_level_and_certificate(hand)
    await teacher.fills_the_first_lesson(hand)
    await teacher.fills_the_second_lesson(hand)
    await teacher.fills_the_third_lesson(hand)
    await teacher.translates_title_and_first_lesson(hand)
    await teacher.publishes(hand)
    print(f"The teacher: {hand.touches} touches, {hand.typed} of them typed messages")
    assert hand.touches <= MAX_TOUCHES
    await puts_away(hand)

    hand = await hand_of(centre, browser, ali.id, Language.RU)
    await student.finds_the_course(hand)
    await student.buys_it(hand)
    await student.reads_the_first_lesson(hand)
    await student.answers_the_check_question(hand)
    await student.logs_out_and_comes_back(hand)
    await student.passes_the_quiz(hand)
    await student.finishes_the_course(hand)
    number = await student.opens_the_certificate(hand)
    await student.rates_the_course(hand)
    await puts_away(hand)

    hand = await hand_of(centre, browser, passer_by.id, Language.EN, f"&start=v_{number}")
    genuine = await hand.sees("Genuine certificate")
    await expect(genuine).to_contain_text(teacher.TITLES[Language.EN])
    await expect(genuine).to_contain_text("Ali Karimov")
    await hand.picture("19-verified")
    await puts_away(hand)
