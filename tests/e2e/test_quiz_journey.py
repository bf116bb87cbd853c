"""A Word test becomes a quiz, its mistakes come back, and its teacher sees what to look at."""

import re

from playwright.async_api import Browser

from domain.language import Language
from tests.centre import Centre
from tests.e2e import quiz_student as student
from tests.e2e import quiz_teacher as teacher
from tests.e2e.hand import Hand
from tests.e2e.test_course_journey import hand_of, puts_away


async def person(centre: Centre, browser: Browser, user_id: int, language: Language, start: str = "") -> Hand:
    hand = await hand_of(centre, browser, user_id, language, start)
    hand.feature = "quizzes"
    return hand


async def test_a_word_test_becomes_a_quiz_whose_mistakes_come_back(centre: Centre, browser: Browser) -> None:
    dilnoza, ali = await centre.teacher("uz"), await centre.student("ru")
    desk = await person(centre, browser, dilnoza.id, Language.UZ)
    await teacher.makes_a_lesson(desk)
    code = re.search(r"start=(c_\w+)", await desk.newest.inner_text())
    assert code is not None
    await teacher.sends_a_word_test(desk)
    await teacher.decides_how_it_is_taken(desk)

    phone = await person(centre, browser, ali.id, Language.RU, f"&start={code[1]}")
    await student.opens_the_lesson(phone)
    await student.takes_the_quiz(phone)
    await student.reads_the_result(phone)
    await puts_away(phone)

    await teacher.looks_at_the_results(desk)
    await puts_away(desk)
