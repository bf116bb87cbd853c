"""Questions of every kind as teachers type them."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.language import Language
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse
from domain.quizzes.typed import draft_of_typed

UZ = Language.UZ


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("2 + 2?\n- 3\n+ 4", Single(1)),
        ("Juft sonlar?\n+ 2\n- 3\n+ 4", Multiple(frozenset({0, 2}))),
        ("Toshkent – poytaxt.\n+ To'g'ri", TrueFalse(True)),
        ("Yer tekis.\n- rost\n+ yolg‘on\n! U shar.", TrueFalse(False)),
        ("Земля круглая.\n+ верно", TrueFalse(True)),
        ("Poytaxt?\n= Toshkent\n= Ташкент", Short(("Toshkent", "Ташкент"))),
        ("Pi?\n= 3,14 ± 0,01", Number(Decimal("3.14"), Decimal("0.01"))),
        ("2 + 2?\n= 4", Number(Decimal(4))),
        ("Tartibla.\n1. bir\n2. ikki\n3. uch", Ordering()),
        ("Nega?\n...", Essay()),
    ],
)
def test_the_kind_follows_from_what_is_typed(typed: str, key: Key) -> None:
    draft = draft_of_typed(UZ, typed).checked()

    assert draft.key == key
    assert "\n" not in draft.text.read_in(UZ)


def test_a_matching_may_have_right_sides_that_mislead() -> None:
    draft = draft_of_typed(UZ, "Moslang\nolma -> apple\nnok → pear\n-> plum\n! Mevalar.").checked()

    assert [option.read_in(UZ) for option in draft.options] == ["olma", "nok"]
    assert isinstance(draft.key, Matching)
    assert [right.read_in(UZ) for right in draft.key.rights] == ["apple", "pear", "plum"]
    assert draft.explanation is not None


def test_labels_come_last_in_any_of_the_languages() -> None:
    draft = draft_of_typed(UZ, "2 + 2?\n- 3\n+ 4\n! Sanang.\nMavzu: Qo‘shish\nсложность: 2\nball: 3\nsource: DTM 2024")

    assert (draft.topic, draft.difficulty, draft.points, draft.source) == ("Qo‘shish", 2, 3, "DTM 2024")
    assert draft.explanation is not None
    assert draft.explanation.read_in(UZ) == "Sanang."


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ("Nima?", "options", "missing"),
        ("+ a\n- b", "question", "empty"),
        ("Nima?\n- a\n- b", "correct", "missing"),
        ("Moslang\nolma -> apple\nnok", "rights", "empty"),
        ("2?\n+ 2\n- 3\npoints: ko‘p", "points", "format"),
    ],
)
def test_what_is_wrong_has_a_name(typed: str, field: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as error:
        draft_of_typed(UZ, typed).checked()

    assert (error.value.field, error.value.reason) == (field, reason)


@example("1\n!\n+")
@given(st.text(alphabet="a1 \n+-=!.?>→…:±)", max_size=60))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    try:
        draft_of_typed(UZ, typed).checked()
    except InvalidInput:
        return
