"""Quizzes on paper: what stands on the sheet of questions, and what on the sheet of keys."""

from decimal import Decimal

from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.sheets import MAX_PRINTED, SheetLabels, sheets_of
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse

UZ = Language.UZ
LABELS = SheetLabels(
    name="Ism",
    group="Guruh",
    date="Sana",
    key="Javoblar",
    is_true="To‘g‘ri",
    is_false="Noto‘g‘ri",
    essay="O‘qituvchi baholaydi",
    points="ball",
)


def said(text: str) -> Text:
    return Text({UZ: text})


def draft(text: str, key: Key, *options: str) -> QuestionDraft:
    return QuestionDraft(text=said(text), options=tuple(map(said, options)), key=key)


MATCHING = draft("Poytaxtlar", Matching((said("Parij"), said("Rim"), said("Oslo"))), "Fransiya", "Italiya")
ORDERING = draft("Tartiblang", Ordering(), "bir", "ikki", "uch")


def test_the_sheet_of_questions_says_no_key() -> None:
    sheets = sheets_of([MATCHING, ORDERING], title="T", centre="U", language=UZ, labels=LABELS)

    matching, ordering = sheets.questions
    assert [text for _mark, text in ordering.choices] != ["bir", "ikki", "uch"]
    assert [text for _mark, text in matching.others] != ["Parij", "Rim", "Oslo"]
    letters = {text: mark for mark, text in matching.others}
    assert sheets.keys[0].answer == f"1 – {letters['Parij']}, 2 – {letters['Rim']}"
    places = {text: mark for mark, text in ordering.choices}
    assert sheets.keys[1].answer == ", ".join(places[item] for item in ("bir", "ikki", "uch"))


def test_the_key_names_letters_words_and_numbers() -> None:
    questions = [
        draft("1", Single(1), "a", "b"),
        draft("2", Multiple(frozenset({2, 0})), "a", "b", "c"),
        draft("3", TrueFalse(is_true=False)),
        draft("4", Short(("bir", "1"))),
        draft("5", Number(Decimal("2.5"))),
        draft("6", Essay()),
        draft("7", Essay(said("Ikki dalil"))),
    ]

    keys = sheets_of(questions, title="T", centre="U", language=UZ, labels=LABELS).keys

    assert [key.answer for key in keys] == [
        "B",
        "A, C",
        "Noto‘g‘ri",
        "bir / 1",
        "2.5",
        "O‘qituvchi baholaydi",
        "Ikki dalil",
    ]


def test_a_bank_is_not_printed_without_end() -> None:
    sheets = sheets_of([MATCHING] * (MAX_PRINTED + 1), title="T", centre="U", language=UZ, labels=LABELS)

    assert len(sheets.questions) == len(sheets.keys) == MAX_PRINTED
