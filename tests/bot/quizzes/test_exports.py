"""Tests as files to take away: a workbook that an import reads back, and paper with its key apart."""

from pathlib import Path

import pypdfium2
import pytest

from bot.clients.parsing.test_files import read
from bot.clients.test_papers import TypstPaperPress
from bot.quizzes.question_workbook import questions_workbook
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.ports import PaperWords
from domain.quizzes.importing.import_encoding import test_of_data as of_data
from domain.quizzes.keys import Essay, Matching, Ordering, Short, Single, TrueFalse
from tests.domain.quizzes.samples.bank import BANK

UZ = Language.UZ
WORDS = PaperWords(name="Ism-familiya", date="Sana", key="Javoblar kaliti", true="To‘g‘ri", false="Noto‘g‘ri")


def text(value: str) -> Text:
    return Text({UZ: value})


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("reader", list(Language))
def test_a_workbook_is_read_back(tmp_path: Path, reader: Language) -> None:
    drafts = [
        *(asked.draft for asked in BANK),
        QuestionDraft(text=text("=1+1"), options=(text("=2"), text("-3")), key=Single(1), points=5, difficulty=2),
    ]
    (tmp_path / "a.xlsx").write_bytes(questions_workbook(drafts, UZ, reader))

    test = of_data(read(tmp_path / "a.xlsx", name="a.xlsx", language="uz"))

    assert list(test.drafts) == drafts


async def test_a_test_on_paper_has_its_key_apart_and_markup_is_text() -> None:
    pairs = QuestionDraft(
        text=text("Moslang"), options=(text("bir"), text("ikki")), key=Matching((text("1"), text("2")))
    )
    drafts = [
        QuestionDraft(text=text('#panic("x") $x^2$ *qalin*'), options=(text("#a"), text("[b]")), key=Single(1)),
        QuestionDraft(text=text("Ўзбекистон пойтахти?"), key=Short(("MAXFIYJAVOB",))),
        QuestionDraft(text=text("Yer dumaloq"), key=TrueFalse(is_true=True)),
        pairs,
        QuestionDraft(text=text("Tartiblang"), options=(text("x"), text("y"), text("z")), key=Ordering()),
        QuestionDraft(text=text("Yozing"), key=Essay(text("MAXFIYYO‘RIQ"))),
    ]

    paper, key = await TypstPaperPress().print_test("Yakuniy test", drafts, UZ, WORDS)

    printed, answers = text_of(paper), text_of(key)
    assert '#panic("x") $x^2$ *qalin*' in printed
    assert "Ўзбекистон пойтахти?" in printed
    assert "MAXFIY" not in printed
    assert "Javoblar kaliti" not in printed
    assert "MAXFIYJAVOB" in answers
    assert "Javoblar kaliti" in answers
    assert "1-" in answers
