"""Tests in the formats of local teachers are read as they were meant."""

import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.model import LessonId
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.imports import (
    ImportSource,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
    SentPoll,
    SentTest,
    Target,
)
from domain.quizzes.importing.model import Mistake, ReadTest, TestFormat
from domain.quizzes.importing.previewing import questions_of
from domain.quizzes.importing.reading import read_test
from domain.quizzes.importing.tables import read_table
from domain.quizzes.keys import Essay, Key, Matching, Number, Ordering, Short, Single, TrueFalse
from domain.quizzes.typed import draft_of_typed
from domain.users.model import UserId
from tests.domain.quizzes.samples import hands
from tests.domain.quizzes.samples.bank import BANK, SINGLES, Asked

T = TypeVar("T")
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


def test_forwarded_polls_are_the_questions_that_their_authors_wrote() -> None:
    polls = tuple(
        SentPoll(message_id=place, question=asked.text, options=asked.options, correct=tuple(sorted(asked.right)))
        for place, asked in enumerate(BANK)
    )
    imported = QuestionImport(
        id=QuestionImportId(1),
        owner_id=UserId(1),
        target=Target(lesson_id=LessonId(1)),
        sent=SentTest(message_id=1, source=ImportSource.POLLS),
        asks=False,
        part_id=None,
        state=QuestionImportState.READY,
        refusal=None,
        test=None,
        polls=polls,
        made_bank_id=None,
        added_count=0,
        progress_id=None,
    )

    check("polls", ReadTest(format=TestFormat.SIGNS, questions=questions_of(imported, UZ)), BANK)


@pytest.mark.parametrize("hand", [hands.signs, hands.starred, hands.key_lines, hands.gift, hands.hashes])
def test_ten_thousand_questions_take_as_long_as_ten_times_a_thousand(hand: hands.Hand) -> None:
    thousand, ten_thousand = (hand([BANK[place % len(BANK)] for place in range(count)]) for count in (1_000, 10_000))

    small, _test = worked(lambda: read_test(thousand, UZ))
    large, test = worked(lambda: read_test(ten_thousand, UZ))

    print(f"{hand.__name__}: {large:.2f} s")
    assert len(test.questions) >= 9_800
    assert large < 25 * small


def worked(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of the processor, whatever else it is doing, and what came of it."""
    started = time.process_time()
    done = work()
    return time.process_time() - started, done


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "A) " * 50_000, "? + " * 50_000, "$" * 50_000, "1" * 100_000, "\\" * 100_000, "{=" * 50_000,
             " " * 100_000 + "A) x", "a " * 50_000, "$a " * 50_000, "::" * 50_000, "(+" * 50_000,
             "? s\n> a" + "  " * 40_000 + "b", "? s\n" + "+ a\n" * 20_000,
             "1. a\nA) b" + " " * 60_000 + "c\nB) d", "{=a" + "%" * 60_000, "12 " * 40_000, "{ " * 40_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    seconds, _test = worked(lambda: read_test(text, UZ))

    # A text of this length that is read step by step takes a tenth of a second; what grows with its square, minutes.
    assert seconds < 5


def only(text: str) -> QuestionDraft:
    (draft,) = read_test(text, UZ).drafts
    return draft


def texts(*values: str) -> tuple[Text, ...]:
    return tuple(Text({UZ: value}) for value in values)


@pytest.mark.parametrize(
    ("lines", "options", "key"),
    [
        ("* Toshkent\n* Tashkent", (), Short(("Toshkent", "Tashkent"))),
        ("# 3,14 ± 0,01", (), Number(Decimal("3.14"), Decimal("0.01"))),
        ("> Fransiya => Parij\n> => London\n> Italiya = Rim", ("Fransiya", "Italiya"),
         Matching(texts("Parij", "Rim", "London"))),
        ("1> bahor\n2> yoz", ("bahor", "yoz"), Ordering()),
        ("@ Uchta dalil", (), Essay(Text({UZ: "Uchta dalil"}))),
        ("@", (), Essay()),
        ("+ Верно\n- Неверно", (), TrueFalse(is_true=True)),
        ("- Ҳа\n+ Йўқ", (), TrueFalse(is_true=False)),
    ],
)  # fmt: skip
def test_the_other_kinds_have_signs_of_their_own(lines: str, options: tuple[str, ...], key: Key) -> None:
    draft = only(f"Mavzu: Fanlar\n? Savol\n{lines}\nBall: 2\nQiyinlik: 3\nIzoh: chunki")

    assert (str(draft.text), draft.options, draft.key) == ("Savol", texts(*options), key)
    assert (draft.topic, draft.points, draft.difficulty, str(draft.explanation)) == ("Fanlar", 2, 3, "chunki")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("? Bir\n+ a\n- b\n\n? Ikki\n- a\n- b", Mistake(5, "correct", "missing")),
        ("? Bir\n+ a\n- b\n- A", Mistake(4, "options", "duplicate")),
        ("? Bir\n+ a\n-\n- c", Mistake(3, "options", "empty")),
        ("? Bir\n" + "- a\n" * 99 + "+ b", Mistake(1, "options", "too_many")),
        ("? Bir\n+ a\n- " + "b" * 501, Mistake(3, "options", "too_long")),
        ("? " + "b" * 3_001 + "\n+ a\n- b", Mistake(1, "question", "too_long")),
        ("? Bir", Mistake(1, "options", "missing")),
        ("?\n+ a\n- b", Mistake(1, "question", "empty")),
        ("? Son\n# o‘n", Mistake(2, "number", "not_a_number")),
        ("1. Bir\nA) a\nB) b\nJavob: F", Mistake(4, "correct", "unknown")),
        ("1. Bir\nA) a\nB) b\n2. Ikki\nA) a\nB) b\nKalit: 1A 2D", Mistake(4, "correct", "unknown")),
        ("Bir {~a ~b}", Mistake(1, "correct", "missing")),
    ],
)
def test_each_mistake_is_said_with_its_line(text: str, mistake: Mistake) -> None:
    assert [each for question in read_test(text, UZ).questions for each in question.mistakes] == [mistake]


def test_a_lettered_question_without_a_key_is_kept_to_be_asked_for() -> None:
    (question,) = read_test("1. Poytaxt?\nA) Toshkent\nB) Buxoro", UZ).questions

    assert question.keyless is not None
    assert (question.draft, question.mistakes) == (None, ())


def test_statements_in_a_question_are_no_questions() -> None:
    draft = only("1. Qaysilari to‘g‘ri?\n1) suv\n2) havo\n3) yer\nA) 1, 2\nB) 3\nC) 1, 3*")

    assert str(draft.text) == "Qaysilari to‘g‘ri?\n1) suv\n2) havo\n3) yer"
    assert draft.key == Single(2)


@pytest.mark.parametrize("text", ["", "Dars rejasi", "Bugungi dars:\n- o‘qish\n- yozish", "2024-yil 5-may, soat 10:00"])
def test_what_is_no_test_has_no_questions(text: str) -> None:
    assert read_test(text, UZ).questions == ()


def test_a_key_that_slips_answers_nothing() -> None:
    asked = "\n".join(f"{number}. Savol {number}\nA) a\nB) b" for number in range(1, 5))

    assert [str(draft.key) for draft in read_test(f"{asked}\nABAB", UZ).drafts] == [
        str(Single(place)) for place in (0, 1) * 2
    ]
    assert read_test(f"{asked}\nJavoblar: ABA", UZ).drafts == []


@pytest.mark.parametrize(
    "typed",
    [
        "Suv 100 °C da qaynaydi.\n+ to‘g‘ri",
        "π nechaga teng?\n= 3.14 ± 0.01\n! Taxminan.",
        "Poytaxt?\n= Toshkent",
        "Moslang\nolma -> apple\nnok → pear\n-> plum",
        "Tartiblang\n1. bir\n2. ikki\n3. uch",
        "Nega?\n...\n! Ikki sabab.",
    ],
)
def test_what_is_typed_alone_is_read_among_others_too(typed: str) -> None:
    test = read_test(f"? {typed}\n\n? 1 + 1?\n+ 2\n- 3", UZ)

    assert len(test.drafts) == 2
    assert test.drafts[0] == draft_of_typed(UZ, typed).checked()


def test_several_wrong_answers_are_no_spellings_of_a_right_one() -> None:
    test = read_test("? Poytaxt?\n= Toshkent\n= Buxoro\n\n? 1 + 1?\n+ 2\n- 3", UZ)

    assert [mistake.reason for question in test.questions for mistake in question.mistakes] == ["missing"]
