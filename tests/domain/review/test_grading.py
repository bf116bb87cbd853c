"""The grade that an answer earns by itself: right or not, and how long it took."""

from decimal import Decimal

import pytest

from domain.language import Language, Text
from domain.quizzes.keys import Choice, Key, Multiple, Number, Short, Single, TrueFalse, Written, one
from domain.quizzes.model import LessonId, Question, QuestionId
from domain.review.grading import expected_seconds, grade_of
from domain.review.model import Grade


def text(words: str) -> Text:
    return Text({Language.EN: words})


def question(key: Key, words: str = "x" * 60, options: int = 3) -> Question:
    return Question(
        id=QuestionId(1),
        lesson_id=LessonId(1),
        position=1,
        version=1,
        text=text(words),
        options=tuple(text("a" * 5) for _ in range(options)),
        key=key,
        explanation=None,
    )


TAPPED, TYPED = question(Single(1)), question(Short(("Toshkent",)), options=0)


def test_the_expected_time_is_that_of_reading_thinking_and_typing() -> None:
    assert expected_seconds(TAPPED, Language.EN) == 5 + 75 / 15
    assert expected_seconds(TYPED, Language.EN) == 5 + 60 / 15 + 10


@pytest.mark.parametrize(
    ("seconds", "grade"),
    [
        (0, Grade.GOOD),
        (10, Grade.GOOD),
        (30, Grade.GOOD),
        (30.1, Grade.HARD),
        (600, Grade.HARD),
        (601, Grade.GOOD),
        (None, Grade.GOOD),
        (-5, Grade.GOOD),
    ],
)
def test_a_right_tap_is_good_and_hard_when_it_was_slow(seconds: float | None, grade: Grade) -> None:
    assert grade_of(TAPPED, one(1), seconds, Language.EN) is grade


@pytest.mark.parametrize(
    ("seconds", "grade"), [(9.5, Grade.EASY), (9.6, Grade.GOOD), (57, Grade.GOOD), (58, Grade.HARD)]
)
def test_a_right_answer_that_was_typed_is_easy_when_it_was_fast(seconds: float, grade: Grade) -> None:
    assert grade_of(TYPED, Written("toshkent"), seconds, Language.EN) is grade


@pytest.mark.parametrize(
    ("asked", "response"),
    [
        (TAPPED, one(0)),
        (question(Multiple(frozenset({0, 1}))), Choice(frozenset({0}))),
        (question(TrueFalse(is_true=True), options=0), one(1)),
        (question(Number(Decimal(5)), options=0), Written("6")),
        (TYPED, Written("Samarqand")),
    ],
)
def test_what_is_not_wholly_right_is_asked_again(asked: Question, response: Choice | Written) -> None:
    assert grade_of(asked, response, 1, Language.EN) is Grade.AGAIN
