"""A workbook to take away, which an import reads back."""

from pathlib import Path

import pytest

from bot.clients.parsing.test_files import read
from bot.courses.question_workbook import questions_workbook
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.import_encoding import test_of_data as of_data
from domain.quizzes.keys import Single
from tests.domain.quizzes.samples.bank import BANK

UZ = Language.UZ


def text(value: str) -> Text:
    return Text({UZ: value})


@pytest.mark.parametrize("reader", list(Language))
def test_a_workbook_is_read_back(tmp_path: Path, reader: Language) -> None:
    drafts = [
        *(asked.draft for asked in BANK),
        QuestionDraft(text=text("=1+1"), options=(text("=2"), text("-3")), key=Single(1), points=5, difficulty=2),
    ]
    path = tmp_path / "sent"
    path.write_bytes(questions_workbook(drafts, UZ, reader))

    test = of_data(read(path, name="a.xlsx", language="uz"))

    assert list(test.drafts) == drafts
