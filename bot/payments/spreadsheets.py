"""Exports as files: a workbook for accountants, CSV for programs. Both are written as the rows come."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.sheets import headed_sheet
from domain.language import Language
from domain.payments.export import Cell

SHEET_ROWS = 1_000_000
"""A sheet of a workbook takes 1,048,576 rows."""
_WIDTHS = (15, 18, 18, 18, 13, 26, 10, 34, 14, 17, 13, 9, 13, 30)
_SUM_WIDTHS = (18, 10, 10, 16, 10, 10, 16, 14, 16)
_MOMENT = "yyyy-mm-dd hh:mm"


class Writer(Protocol):
    """Not for the event loop: rows take time."""

    def add(self, rows: Sequence[tuple[Cell, ...]]) -> None: ...

    def finish(self, sums: Iterable[tuple[Cell, ...]]) -> None:
        """Write the sums, where the kind of file has a place for them, and close the file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Headings of the columns, and names of the two sheets, in the reader's language."""

    columns: Sequence[str]
    sum_columns: Sequence[str]
    orders: str
    sums: str


class XlsxWriter:
    """openpyxl in its write-only mode: rows go to a temporary file at once."""

    def __init__(self, path: Path, headings: Headings) -> None:
        self._path = path
        self._headings = headings
        self._book = Workbook(write_only=True)
        self._rows = 0
        self._sheets = 0
        self._sheet: Any = None

    def add(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        for row in rows:
            if self._rows % SHEET_ROWS == 0:
                self._next_sheet()
            self._sheet.append([self._cell(value) for value in row])
            self._rows += 1

    def finish(self, sums: Iterable[tuple[Cell, ...]]) -> None:
        if self._sheet is None:
            self._next_sheet()
        sheet = headed_sheet(self._book, self._headings.sums, self._headings.sum_columns, _SUM_WIDTHS)
        for row in sums:
            sheet.append(list(row))
        self._book.save(self._path)
        self._book.close()

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = self._headings.orders if self._sheets == 1 else f"{self._headings.orders} {self._sheets}"
        self._sheet = headed_sheet(self._book, name, self._headings.columns, _WIDTHS)

    def _cell(self, value: Cell) -> Any:
        if isinstance(value, datetime):
            cell = WriteOnlyCell(self._sheet, value)
            cell.number_format = _MOMENT
            return cell
        return value


class CsvWriter:
    """UTF-8 with a byte order mark, so that spreadsheets know it; separated as they expect it where the language is
    spoken: a semicolon and a decimal comma in Uzbek and Russian."""

    def __init__(self, path: Path, headings: Headings, language: Language) -> None:
        self._is_english = language is Language.EN
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter="," if self._is_english else ";")
        self._writer.writerow(headings.columns)

    def add(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        self._writer.writerows([self._text(value) for value in row] for row in rows)

    def finish(self, sums: Iterable[tuple[Cell, ...]]) -> None:
        self._file.close()

    def _text(self, value: Cell) -> str | int:
        match value:
            case None:
                return ""
            case datetime():
                return value.strftime("%Y-%m-%d %H:%M")
            case Decimal():
                return f"{value:.2f}" if self._is_english else f"{value:.2f}".replace(".", ",")
            case _:
                return value
