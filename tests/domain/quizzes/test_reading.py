"""Tests in the formats of local teachers are read as they were meant."""

import time
from collections.abc import Sequence
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.model import ReadTest, TestFormat
from domain.quizzes.importing.reading import read_test
from domain.quizzes.importing.tables import read_table
from tests.domain.quizzes.samples import hands
from tests.domain.quizzes.samples.bank import BANK, SINGLES, Asked

UZ = Language.UZ
ENOUGH = 0.98


def check(name: str, test: ReadTest, asked: Sequence[Asked]) -> None:
    """Compare one by one with what was asked, and print the rate."""

    def seen(draft: QuestionDraft | None) -> object:
        if draft is None:
            return None
        return " ".join(str(draft.text).split()), [str(option) for option in draft.options], draft.key

    wrong = [
        (seen(expected.draft) if expected else None, question)
        for expected, question in zip_longest(asked, test.questions)
        if expected is None or question is None or seen(question.draft) != seen(expected.draft)
    ]
    rate = 1 - len(wrong) / len(asked)
    print(f"{name}: {rate:.1%} of {len(asked)} questions")
    assert len(asked) >= 50
    assert rate >= ENOUGH, wrong[:3]


@pytest.mark.parametrize(
    ("hand", "asked", "form"),
    [
        (hands.signs, BANK, TestFormat.SIGNS),
        (hands.numbered_signs, BANK, TestFormat.SIGNS),
        (hands.hashes, BANK, TestFormat.SIGNS),
        (hands.starred, BANK, TestFormat.LETTERS),
        (hands.answered, BANK, TestFormat.LETTERS),
        (hands.key_string, SINGLES, TestFormat.KEYED),
        (hands.key_pairs, BANK, TestFormat.KEYED),
        (hands.key_lines, BANK, TestFormat.KEYED),
        (hands.key_close, BANK, TestFormat.KEYED),
        (hands.key_rows, SINGLES, TestFormat.KEYED),
        (hands.gift, BANK, TestFormat.GIFT),
    ],
)
def test_98_of_100_questions_of_a_sample_are_read_exactly(
    hand: hands.Hand, asked: Sequence[Asked], form: TestFormat
) -> None:
    test = read_test(hand(asked), UZ)

    check(hand.__name__, test, asked)
    assert test.format is form


@pytest.mark.parametrize(
    ("headings", "key"),
    [
        (("№", "Savol", "A", "B", "C", "D", "To‘g‘ri javob"), lambda each: hands._letter(each)),
        (("#", "Вопрос", "Вариант 1", "Вариант 2", "Вариант 3", "Вариант 4", "Правильный ответ"),
         lambda each: ", ".join(str(place + 1) for place in sorted(each.right))),
        (("No", "Question", "Option A", "Option B", "Option C", "Option D", "Correct answer"),
         lambda each: "\n".join(each.options[place] for place in sorted(each.right))),
    ],
)  # fmt: skip
def test_98_of_100_rows_of_a_table_are_read_exactly(headings: tuple[str, ...], key: object) -> None:
    test = read_table(hands.rows(BANK, headings, key), UZ)  # pyright: ignore[reportArgumentType] (lambdas)

    check(f"table {headings[1]}", test, BANK)


def test_a_table_without_headings_is_read_by_its_shape() -> None:
    check("table", read_table(hands.rows(SINGLES, (), hands._letter), UZ), SINGLES)


ALPHABET = st.sampled_from("?+-=#*>@!~{}\\:$%/ABCabcабв.)(123 \n\t\ufeff\0\ue000\ue001•→жdJ")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=ALPHABET, max_size=200) | st.text(max_size=200))
def test_no_text_is_more_than_questions_and_mistakes(text: str) -> None:
    for question in read_test(text, UZ).questions:
        assert [question.draft, question.keyless, question.mistakes or None].count(None) == 2
        assert 1 <= question.line <= text.count("\n") + text.count("\r") + 10
        if question.draft is not None:
            assert question.draft == question.draft.checked()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(st.text(alphabet=ALPHABET, max_size=8) | st.sampled_from(["Savol", "A", "Kalit", "Turi"]), max_size=6),
        max_size=6,
    )
)
def test_no_table_is_more_than_questions_and_mistakes(rows: list[list[str]]) -> None:
    for question in read_table(rows, UZ).questions:
        assert [question.draft, question.keyless, question.mistakes or None].count(None) == 2


@pytest.mark.parametrize("hand", [hands.signs, hands.starred, hands.key_lines, hands.gift, hands.hashes])
def test_ten_thousand_questions_are_read_in_seconds(hand: hands.Hand) -> None:
    text = hand([BANK[place % len(BANK)] for place in range(10_000)])

    started = time.perf_counter()
    test = read_test(text, UZ)
    seconds = time.perf_counter() - started

    print(f"{hand.__name__}: {seconds:.2f} s")
    assert len(test.questions) >= 9_800
    assert seconds < 15  # far below on an idle machine; this one is busy


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "A) " * 50_000, "? + " * 50_000, "$" * 50_000, "1" * 100_000, "\\" * 100_000, "{=" * 50_000,
             " " * 100_000 + "A) x", "a " * 50_000, "$a " * 50_000, "::" * 50_000, "(+" * 50_000,
             "? s\n> a" + "  " * 40_000 + "b", "? s\n" + "+ a\n" * 20_000,
             "1. a\nA) b" + " " * 60_000 + "c\nB) d", "{=a" + "%" * 60_000, "12 " * 40_000, "{ " * 40_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    read_test(text, UZ)
    assert time.perf_counter() - started < 5
