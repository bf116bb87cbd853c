"""Folding: one spelling for every way to write a word."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.folding import DIMENSIONS, fold, folded_words, ngram_vector


def similarity(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(ngram_vector(folded_words(one)), ngram_vector(folded_words(other)), strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O‘quvchi", "ўқувчи"),
        ("o'quvchi", "oʻquvchi"),
        ("O`QUVCHI", "o’quvchi"),
        ("G‘ijduvon", "Ғиждувон"),
        ("Yer", "Ер"),
        ("ko‘paytma", "Кўпайтма"),
        ("aksiya", "акция"),
        ("konstitutsiya", "конституция"),
        ("ma’no", "маъно"),
        ("hosila", "ҳосила"),
        ("yoshlar", "ёшлар"),
        ("Café", "cafe"),
        ("Ｆｕｌｌ", "full"),
    ],
)
def test_two_spellings_of_one_word_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_words_stay_different() -> None:
    assert fold("ҳол") != fold("хол")
    assert fold("kasr") != fold("kasb")


def test_russian_stays_searchable_whatever_the_case() -> None:
    assert fold("Квадратное УРАВНЕНИЕ") == fold("квадратное уравнение") == "kvadratnoye uravneniye"


def test_a_decomposed_letter_folds_like_a_composed_one() -> None:
    assert fold("и\u0306од") == fold("йод")


@given(st.text())
def test_folding_is_total_and_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)

    assert fold(once) == once


@given(st.text(alphabet="АаБбЕеЁёЎўҚқҒғҲҳЦцЪъЬь о‘ʼ'xyz-\n"))
def test_cyrillic_letters_never_survive(text: str) -> None:
    assert not any("\u0400" <= letter <= "\u04ff" for letter in fold(text))


@given(st.text())
def test_a_vector_has_length_one_or_is_empty(text: str) -> None:
    vector = ngram_vector(folded_words(text))

    length = math.sqrt(sum(value * value for value in vector))
    assert len(vector) == DIMENSIONS
    assert math.isclose(length, 1.0) if any(vector) else not length


def test_words_are_separated_from_punctuation() -> None:
    assert folded_words("Kasr, 3/4 — bu nima?") == ["kasr", "3", "4", "bu", "nima"]


def test_an_ending_and_a_typo_stay_near_and_another_word_stays_far() -> None:
    assert similarity("tenglama", "tenglamalarni") > 0.5
    assert similarity("uravnenie", "уравнения") > 0.5
    assert similarity("tenglama", "tenglma") > 0.3
    assert similarity("tenglama", "fotosintez") < 0.2
