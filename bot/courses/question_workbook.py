"""Questions as an Excel workbook, which an import reads back."""

import io
from collections.abc import Sequence

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.rows import HEADINGS, to_rows


def questions_workbook(drafts: Sequence[QuestionDraft], language: Language, reader: Language) -> bytes:
    """Texts in one language, headings in the reader's. It takes its time: call it in a thread."""
    from openpyxl import Workbook

    from bot.sheets import headed_sheet, text_cell

    headings, *rows = to_rows(drafts, language, HEADINGS[reader])
    book = Workbook(write_only=True)
    sheet = headed_sheet(book, "Test", headings, [60, *[24] * (len(headings) - 1)])
    for row in rows:
        sheet.append([text_cell(sheet, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
