"""What an answer may claim."""

from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import LessonId
from domain.tutor.grounding import ground
from domain.tutor.model import Source

SOURCES = (
    Source(number=1, lesson_id=LessonId(10), title="Percents", text="A percent is a hundredth."),
    Source(number=2, lesson_id=LessonId(11), title="Fractions", text="A half is 1/2."),
)


def test_a_sentence_with_a_given_source_stands_and_is_cited() -> None:
    grounded = ground("A percent is a hundredth part [1]. A half is one of two parts. [2]", SOURCES)

    assert grounded.text == "A percent is a hundredth part [1]. A half is one of two parts. [2]"
    assert [(each.number, each.lesson_id, each.title) for each in grounded.citations] == [
        (1, 10, "Percents"),
        (2, 11, "Fractions"),
    ]
    assert grounded.unsupported == ()


def test_a_claim_without_a_source_is_set_apart() -> None:
    grounded = ground("A percent is a hundredth part [1]. The Romans paid it at auctions already.", SOURCES)

    assert grounded.text == "A percent is a hundredth part [1]."
    assert grounded.unsupported == ("The Romans paid it at auctions already.",)


def test_a_number_that_was_not_given_carries_nothing() -> None:
    grounded = ground("A percent is a hundredth part [1]. The sky is green on Mondays [7].", SOURCES)

    assert grounded.unsupported == ("The sky is green on Mondays.",)
    assert "7" not in grounded.text


def test_of_several_numbers_the_given_ones_stay() -> None:
    grounded = ground("Both are parts of a whole [1, 9, 2].", SOURCES)

    assert grounded.text == "Both are parts of a whole [1][2]."
    assert [each.number for each in grounded.citations] == [1, 2]


def test_without_any_source_nothing_is_split_and_no_number_pretends() -> None:
    grounded = ground("Paris is the capital of France [1]. It lies on the Seine.", ())

    assert grounded.text == "Paris is the capital of France. It lies on the Seine."
    assert (grounded.citations, grounded.unsupported) == ((), ())


def test_questions_lead_ins_and_courtesy_claim_nothing() -> None:
    text = "Good question!\n\nLet us see what it says:\n- a hundredth part of it [1]\n\nShall we try one together now?"

    grounded = ground(text, SOURCES)

    assert grounded.text == text
    assert grounded.unsupported == ()


def test_of_a_list_only_what_is_carried_stays() -> None:
    grounded = ground("- a hundredth part of it [1]\n- an invention of the old Romans\n\nEnd.", SOURCES)

    assert grounded.text == "- a hundredth part of it [1]\n\nEnd."
    assert grounded.unsupported == ("an invention of the old Romans",)


def test_brackets_in_code_and_formulas_are_no_citations() -> None:
    text = "Take `rows[1]` and $a[2]$ as they are.\n\n```\nx = y[1]\n```"

    grounded = ground(text, SOURCES)

    assert grounded.text == text
    assert grounded.citations == ()


def test_a_link_is_no_citation() -> None:
    assert ground("See [1](http://e.uz) for more of this.", SOURCES).citations == ()


@given(st.text(alphabet="ab .?!:[]12,\n-`$\ue000\ue001", max_size=200))
def test_every_text_is_read_and_nothing_is_invented(text: str) -> None:
    grounded = ground(text, SOURCES)

    letters = [letter for letter in grounded.text + "".join(grounded.unsupported) if letter in "ab"]
    assert sorted(letters) == sorted(letter for letter in text if letter in "ab")
    assert {each.number for each in grounded.citations} <= {1, 2}
