"""Which messages suggest danger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tutor.safety import suggests_danger


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "sometimes i think i'll KILL MYSELF after school",
        "I don't want to live any more",
        "o'zimni o'ldirmoqchiman",
        "Ўзимни ўлдиргим келяпти",
        "O‘lgim kelyapti",
        "yashagim kelmayapti",
        "Otam meni uradi",
        "хочу умереть",
        "Я не хочу жить",
        "меня бьёт отчим",
    ],
)
def test_a_cry_for_help_is_heard_in_every_spelling(text: str) -> None:
    assert suggests_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "Why does Hamlet die?",
        "Почему умер Ленский?",
        "Kim Qodiriyni o‘ldirgan?",
        "Find the area of the circle that is cut",
        "x + 2 = 5",
        "Yurak qanday uradi?",
        "",
        "😀",
    ],
)
def test_a_question_about_a_lesson_is_a_question(text: str) -> None:
    assert not suggests_danger(text)


@given(st.text(max_size=200))
def test_every_text_is_judged(text: str) -> None:
    assert suggests_danger(text) in (True, False)
