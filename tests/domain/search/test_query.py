"""What is made of typed words: stems, corrections, and expressions that no text can break."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.search.query import MAX_WORDS, Near, Spelling, meanings_of, query_of, slips, stem_of, words_of

UNKNOWN = Spelling(is_known=False)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("O‘zbekiston tarixi", ["ozbekiston", "tarixi"]),
        ("ўзбек   тили!", ["ozbek", "tili"]),
        ("MATH-2", ["math", "2"]),
        ("a b algebra", ["algebra"]),
        ("c", ["c"]),
        ("foiz foiz FOIZ", ["foiz"]),
        ("<b>&|!:*'", []),
        ("", []),
    ],
)
def test_words_are_folded_and_told_apart(text: str, folded: list[str]) -> None:
    # `<b>` has a letter, but one letter alone says nothing beside nothing.
    assert [word.folded for word in words_of(text)] == (["b"] if text.startswith("<b>") else folded)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("tenglamalarni", "tenglama"),
        ("foizlardan", "foiz"),
        ("darsi", "dars"),
        ("dars", "dars"),
        ("kitoblarimizdan", "kitob"),
        ("fizikadan", "fizi"),
    ],
)
def test_uzbek_endings_fall_off_but_no_word_becomes_shorter_than_four_letters(word: str, stem: str) -> None:
    assert stem_of(word) == stem


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("foiz", "foiz", 0), ("fioz", "foiz", 1), ("algbra", "algebra", 1), ("shaxmot", "shaxmat", 1), ("ab", "ba", 1)],
)
def test_a_swap_of_neighbours_is_one_slip(one: str, other: str, count: int) -> None:
    assert slips(one, other) == count


def test_a_long_word_may_hold_more_slips_than_a_short_one() -> None:
    assert meanings_of("fizz", [Near("foiz", "foiz"), Near("jazz", "jazz")]) == []
    assert meanings_of("trigonmetirya", [Near("trigonometriya", "trigonometriya")]) != []


def test_a_known_word_is_taken_as_it_is() -> None:
    query = query_of(words_of("foiz"), {"foiz": Spelling(is_known=True, near=[Near("foyiz", "foyiz")])})

    assert query.meant is None
    assert query.alternatives == ("'foiz':*",)


def test_an_unknown_word_is_also_looked_up_as_what_it_resembles_and_the_searcher_is_told() -> None:
    query = query_of(words_of("алгибра"), {"algibra": Spelling(is_known=False, near=[Near("algebra", "алгебра")])})

    assert query.meant == "алгебра"
    assert "'algebra':*" in query.alternatives[0]


def test_what_was_meant_is_told_in_one_script() -> None:
    known = {
        "kvadrat": Spelling(is_known=True),
        "tinglama": Spelling(is_known=False, near=[Near("tenglama", "tenglama")]),
    }

    assert query_of(words_of("квадрат тинглама"), known).meant == "kvadrat tenglama"


def test_another_form_of_a_word_is_no_misspelling() -> None:
    query = query_of(words_of("percents"), {"percents": Spelling(is_known=False, near=[Near("percent", "percent")])})

    assert query.meant is None
    assert "'percent':*" in query.alternatives[0]


@given(st.text(max_size=400))
def test_no_text_leaves_the_quotes_of_an_expression(text: str) -> None:
    words = words_of(text)
    query = query_of(words, {word.folded: UNKNOWN for word in words})

    assert len(words) <= MAX_WORDS
    for expression in (*query.exact, *query.alternatives):
        assert re.fullmatch(r"'[^\W_]+'(?::\*)?(?: \| '[^\W_]+'(?::\*)?)*", expression)


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_slips_are_counted_alike_from_both_sides_and_none_only_between_equals(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one) <= max(len(one), len(other))
    assert (slips(one, other) == 0) == (one == other)
