"""Sheets of workbooks, as every export writes them. Imported by whoever writes one: the library takes its time."""

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_BOLD = Font(bold=True)


def headed_sheet(book: Workbook, name: str, columns: Sequence[str], widths: Sequence[int]) -> Any:
    """A new sheet of a workbook in write-only mode, its headings bold and always in sight; rows are appended to it."""
    sheet: Any = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    titles = [text_cell(sheet, title) for title in columns]
    for title in titles:
        title.font = _BOLD
    sheet.append(titles)
    return sheet


def text_cell(sheet: Any, text: str) -> Any:
    """Text, whatever it looks like: the library would make formulas and error values of some."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
