"""Quizzes on paper: real PDFs, and never a key among the questions."""

import asyncio
from decimal import Decimal

import pypdfium2
import pytest

from bot.clients.quiz_sheets import TypstSheets
from domain.language import Language, Text
from domain.quizzes.draft import MAX_OPTION, MAX_OPTIONS, MAX_QUESTION, QuestionDraft
from domain.quizzes.exporting.sheets import PrintedQuiz, SheetFailed, sheets_of
from domain.quizzes.keys import Essay, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse
from tests.domain.quizzes.test_sheets import LABELS

UZ = Language.UZ


def said(text: str) -> Text:
    return Text({UZ: text})


QUESTIONS = [
    QuestionDraft(
        text=said("$\\frac{x^2+1}{\\sqrt{x_1}} \\le \\alpha$"), options=(said("3"), said("5")), key=Single(1)
    ),
    QuestionDraft(
        text=said("Қайсилари тўғри?"),
        options=tuple(map(said, ("ғоз", "ҳаво", "ўқ"))),
        key=Multiple(frozenset({0, 2})),
        explanation=said("Chunki shunday"),
        points=3,
    ),
    QuestionDraft(text=said("Yer yumaloq"), key=TrueFalse(is_true=True)),
    QuestionDraft(text=said("Poytaxt?"), key=Short(("Toshkent",))),
    QuestionDraft(text=said("g?"), key=Number(Decimal("9.8"), Decimal("0.1"))),
    QuestionDraft(
        text=said("Moslang"), options=(said("Fransiya"), said("Italiya")), key=Matching((said("Parij"), said("Rim")))
    ),
    QuestionDraft(text=said("Tartiblang"), options=(said("bir"), said("ikki")), key=Ordering()),
    QuestionDraft(text=said("Insho"), key=Essay(said("Ikki dalil kerak"))),
]
HOSTILE = '#panic("x") $x^$ `raw` @ref <label> *b* ]] }} // /* #set page(fill: red) \\ 👩‍🏫 \u202e \x01'


async def printed(drafts: list[QuestionDraft], title: str = "Algebra") -> PrintedQuiz:
    sheets = sheets_of(drafts, title=title, centre="Ustoz", language=UZ, labels=LABELS)
    return await TypstSheets().print(sheets)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


async def test_the_questions_and_their_keys_are_two_files() -> None:
    quiz = await printed(QUESTIONS)

    questions, keys = text_of(quiz.questions), text_of(quiz.key)
    for words in ("Algebra", "Ism:", "Қайсилари тўғри?", "(3 ball)", "Fransiya", "Parij", "Insho"):
        assert words in questions
    for secret in ("Toshkent", "9.8", "Chunki shunday", "Ikki dalil", "Javoblar"):
        assert secret in keys
        assert secret not in questions


async def test_what_people_wrote_is_no_markup() -> None:
    drafts = [QuestionDraft(text=said(HOSTILE), options=(said(HOSTILE), said("x")), key=Single(0))]

    quiz = await printed(drafts, title=HOSTILE)

    text = text_of(quiz.questions)
    assert text.count('#panic("x")') == 3
    assert "#set page(fill: red)" in text


async def test_the_longest_question_goes_on_on_the_next_page() -> None:
    options = tuple(said(f"{number} " + "w" * (MAX_OPTION - 3)) for number in range(MAX_OPTIONS))
    draft = QuestionDraft(text=said("so‘z " * (MAX_QUESTION // 5)), options=options, key=Single(0))

    quiz = await printed([draft])

    document = pypdfium2.PdfDocument(quiz.questions)
    assert len(document) > 1
    for page in document:
        text = page.get_textpage()
        assert all(text.get_rect(number)[1] > 0 for number in range(text.count_rects())), "below the page's end"


async def test_a_printer_that_takes_too_long_is_not_waited_for() -> None:
    sheets = sheets_of(QUESTIONS * 10, title="T", centre="U", language=UZ, labels=LABELS)

    with pytest.raises(SheetFailed):
        await TypstSheets(patience=0.0).print(sheets)


async def test_two_at_once_are_printed_one_after_the_other() -> None:
    printer = TypstSheets()
    sheets = sheets_of(QUESTIONS, title="T", centre="U", language=UZ, labels=LABELS)

    first, second = await asyncio.gather(printer.print(sheets), printer.print(sheets))

    assert text_of(first.key) == text_of(second.key)
