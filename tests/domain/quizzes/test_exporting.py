"""What is exported is read back as it was."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.gift import to_gift
from domain.quizzes.exporting.rows import HEADINGS, to_rows
from domain.quizzes.importing.gift import read_gift
from domain.quizzes.importing.tables import read_table
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse

UZ = Language.UZ

words = st.text(
    alphabet=st.sampled_from("abA?+-=~#{}\\:$%/'\"*.,;|() \n‘ўяn>1@_") | st.characters(categories=("L", "N", "P", "S")),
    min_size=1,
    max_size=20,
).map(lambda text: " ".join(text.split(" ")))


def text(value: str) -> Text:
    return Text({UZ: value})


@st.composite
def a_draft(draw: st.DrawFn) -> QuestionDraft | None:
    options = draw(st.lists(words, min_size=2, max_size=12, unique_by=lambda word: word.strip().casefold()))
    places = st.integers(0, len(options) - 1)
    key: Key = draw(
        st.one_of(
            st.builds(Single, places),
            st.builds(Multiple, st.frozensets(places, min_size=1)),
            st.builds(TrueFalse, st.booleans()),
            st.builds(Short, st.lists(words, min_size=1, max_size=4).map(tuple)),
            st.builds(
                Number,
                st.decimals(-10_000, 10_000, places=3).map(Decimal),
                st.decimals(0, 10, places=2).map(Decimal),
            ),
            st.builds(
                Matching,
                st.lists(words, min_size=len(options), max_size=12, unique_by=lambda word: word.strip().casefold()).map(
                    lambda rights: tuple(map(text, rights))
                ),
            ),
            st.just(Ordering()),
            st.builds(Essay, st.none() | words.map(text)),
        )
    )
    has_options = isinstance(key, Single | Multiple | Matching | Ordering)
    draft = QuestionDraft(
        text=text(draw(words)),
        options=tuple(map(text, options)) if has_options else (),
        key=key,
        explanation=draw(st.none() | words.map(text)),
        topic=draw(st.sampled_from([None, "Algebra", "Kasrlar: oddiy"])),
        difficulty=draw(st.none() | st.integers(1, 5)),
        points=draw(st.integers(1, 100)),
        source=draw(st.sampled_from([None, "DTM 2024", "=1+1"])),
    )
    try:
        return draft.checked()
    except InvalidInput:
        return None


drafts = st.lists(a_draft(), max_size=4).map(lambda found: [draft for draft in found if draft is not None])


@settings(max_examples=100, deadline=None)
@given(drafts, st.sampled_from(list(Language)))
def test_rows_are_read_back_and_no_cell_is_a_formula(asked: list[QuestionDraft], language: Language) -> None:
    rows = to_rows(asked, UZ, HEADINGS[language])

    assert all(cell[:1] not in tuple("=+-@\t\r") for row in rows for cell in row if cell)
    test = read_table(rows, UZ)
    assert [question.draft or question for question in test.questions] == asked


@settings(max_examples=100, deadline=None)
@given(drafts)
def test_gift_is_read_back(asked: list[QuestionDraft]) -> None:
    read = read_gift(to_gift(asked, UZ), UZ)

    assert [question.draft or question for question in read] == asked


@pytest.mark.parametrize("note", ["{", "[1]", '{"points": "9", "difficulty": [], "source": 1, "kind": "x"}', '"a"', ""])
def test_a_comment_that_only_looks_like_a_note_is_none(note: str) -> None:
    (question,) = read_gift(f"// ustoz: {note}\n::1::Poytaxt? {{=Toshkent ~Buxoro}}", UZ)

    assert question.draft == QuestionDraft(
        text=text("Poytaxt?"), options=(text("Toshkent"), text("Buxoro")), key=Single(0)
    )


def test_a_note_out_of_range_is_a_mistake_of_its_question() -> None:
    (question,) = read_gift('// ustoz: {"points": 1000}\n::1::Poytaxt? {=Toshkent ~Buxoro}', UZ)

    assert [(mistake.field, mistake.reason) for mistake in question.mistakes] == [("points", "out_of_range")]
