"""What of a question is searched for, and how passages are quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import CourseId, LessonId
from domain.folding import fold
from domain.language import Language, Text
from domain.tutor.model import Passage
from domain.tutor.search import MAX_QUOTE, quoted, search_query


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Kasr nima?", ("kasr",)),
        ("Что такое дробь и как её сложить?", ("drob", "yeyo", "slojit")),
        ("How do I add the fractions?", ("add", "fractions")),
        ("Nima uchun?", ("nima", "uchun")),
        ("kasr KASR Каср", ("kasr",)),
        ("?!", ()),
    ],
)
def test_words_that_say_nothing_are_left_out_unless_there_are_no_others(question: str, words: tuple[str, ...]) -> None:
    assert search_query(question).words == words


def test_long_words_are_searched_without_their_endings() -> None:
    assert search_query("tenglamalarni kasr").stems == ("tenglamal", "kasr")


@given(st.text(max_size=300))
def test_any_question_can_be_searched(question: str) -> None:
    query = search_query(question)

    assert all(word.isalnum() and word == fold(word) for word in query.words)
    assert all(any(word.startswith(stem) for word in query.words) for stem in query.stems)
    assert any(query.vector) == bool(query.words)


def passage(text: str, title: str = "Kasrlar") -> Passage:
    return Passage(
        lesson_id=LessonId(1),
        lesson_title=Text({Language.UZ: title}),
        course_id=CourseId(1),
        course_title=Text({Language.UZ: "Algebra"}),
        language=Language.UZ,
        heading="Maxraj",
        text=text,
    )


def test_every_line_of_a_passage_is_a_quotation() -> None:
    assert quoted([passage("bir\n\nikki")], Language.UZ) == "**Kasrlar** · Maxraj\n\n> bir\n>\n> ikki"


def test_a_long_passage_is_cut_between_words() -> None:
    text = quoted([passage("so‘z " * 400)], Language.UZ).partition("> ")[2]

    assert len(text) <= MAX_QUOTE + 2
    assert text.endswith("so‘z …")


def test_a_title_cannot_leave_its_line() -> None:
    assert quoted([passage("bir", "a**\n> b")], Language.UZ).startswith("**a > b** · ")
