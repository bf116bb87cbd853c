"""Questions typed as blocks of lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.language import Language
from domain.quizzes.block import draft_of_block
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Multiple, Single


def read(text: str) -> QuestionDraft:
    return draft_of_block(Language.UZ, text)


def test_a_block_becomes_a_question() -> None:
    draft = read("200 ning 15 foizi?\n- 15\n+ 30\n- 45\n! 10% – 20,\n5% – 10.").checked()

    assert draft.text.variants == {Language.UZ: "200 ning 15 foizi?"}
    assert [str(option) for option in draft.options] == ["15", "30", "45"]
    assert draft.key == Single(1)
    assert str(draft.explanation) == "10% – 20,\n5% – 10."


def test_the_signs_of_other_bots_are_understood_too() -> None:
    draft = read("?Poytaxt\n\nqaysi?\n\n=Samarqand\n\n+Toshkent\n— Buxoro").checked()

    assert str(draft.text) == "Poytaxt\n\nqaysi?"
    assert [str(option) for option in draft.options] == ["Samarqand", "Toshkent", "Buxoro"]
    assert draft.key == Single(1)
    assert draft.explanation is None


def test_negative_numbers_and_exclamations_stay_what_they_are() -> None:
    draft = read("5!\nnima?\n+ -5\n- +5").checked()

    assert str(draft.text) == "5!\nnima?"
    assert [str(option) for option in draft.options] == ["-5", "+5"]


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("", "options", "missing"),
        ("2 + 2?", "options", "missing"),
        ("+ 4\n- 5", "question", "empty"),
        ("?\n+ 4\n- 5", "question", "empty"),
        ("2 + 2?\n- 4\n- 5", "correct", "missing"),
    ],
)
def test_what_is_missing_is_named(text: str, field: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(text)

    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_several_right_options_are_all_asked_for() -> None:
    assert read("Even?\n+ 4\n- 5\n+ 6").checked().key == Multiple(frozenset({0, 2}))


words = st.text(alphabet=st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40).filter(
    lambda text: text[0] not in "?+-–—−=!"
)


@given(words, st.lists(words, min_size=2, max_size=12), st.data(), st.none() | words)
def test_every_question_is_read_back(question: str, options: list[str], data: st.DataObject, why: str | None) -> None:
    correct = data.draw(st.integers(0, len(options) - 1))
    lines = [question, *(f"{'+' if number == correct else '-'} {text}" for number, text in enumerate(options))]

    draft = read("\n".join([*lines, *([f"! {why}"] if why else [])]))

    assert str(draft.text) == question
    assert [str(option) for option in draft.options] == options
    assert draft.key == Single(correct)
    assert (str(draft.explanation) if draft.explanation else None) == why


@given(st.text(alphabet=st.sampled_from("?+-=! ab\n\r\u2028"), max_size=60) | st.text())
def test_any_text_is_a_question_or_refused(text: str) -> None:
    try:
        draft = read(text).checked()
    except InvalidInput:
        return
    assert 2 <= len(draft.options) <= 12
    assert isinstance(draft.key, Single | Multiple)
