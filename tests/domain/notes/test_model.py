"""What may be a note, and what a search looks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.notes.model import BEGINNING, MAX_FOLDED, MAX_NOTE, MAX_WORDS, searched_words, writing_of


@given(st.text(max_size=MAX_NOTE), st.text(max_size=MAX_NOTE))
def test_any_text_becomes_what_a_database_takes(text: str, markdown: str) -> None:
    writing = writing_of(text, markdown, may_be_empty=True)

    assert "\x00" not in writing.markdown + writing.beginning + writing.folded
    assert len(writing.beginning) <= BEGINNING
    assert len(writing.folded) <= MAX_FOLDED
    (writing.markdown + writing.beginning + writing.folded).encode()


def test_a_note_says_something_unless_it_is_a_recording() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        writing_of(" \u200b\n", "", may_be_empty=False)

    assert writing_of("", "", may_be_empty=True).markdown == ""


def test_a_note_has_four_thousand_characters_at_most() -> None:
    assert writing_of("x" * MAX_NOTE, "x" * MAX_NOTE, may_be_empty=False).beginning == "x" * BEGINNING

    with pytest.raises(InvalidInput, match="too_long"):
        writing_of("x" * (MAX_NOTE + 1), "x", may_be_empty=False)


def test_breaks_of_lines_stay_and_overrides_of_direction_go() -> None:
    writing = writing_of("a\nb\u202e", "a  \nb\u202e", may_be_empty=False)

    assert writing.markdown == "a  \nb"


@given(st.text())
def test_a_search_is_a_few_words_of_letters_and_digits(text: str) -> None:
    words = searched_words(text)

    assert len(words) <= MAX_WORDS
    assert all(word.isalnum() for word in words)


def test_both_alphabets_are_searched_alike() -> None:
    assert searched_words("Квадрат О‘QUVCHI 100%") == ("kvadrat", "oquvchi", "100")
