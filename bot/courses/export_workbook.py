"""A course's workbook and archive as files. Not for the event loop: rows and compression take time."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from openpyxl import Workbook

from bot.sheets import headed_sheet, text_cell
from domain.courses.exchange.tables import FOLDER, MISSING_LIST, WORKBOOK, SheetToWrite

_WIDE = 48
_NARROW = 14
_NUMBERS = ("number", "lesson", "right", "stars", "price", "gate", "preview", "kind", "language")


def write_workbook(path: Path, sheets: Iterable[SheetToWrite]) -> None:
    """Texts as text and numbers as numbers; texts are safe cells already."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        widths = [_width(column) for column in sheet.columns]
        page = headed_sheet(book, sheet.name, sheet.columns, widths)
        for row in sheet.rows:
            page.append([text_cell(page, cell) if isinstance(cell, str) else cell for cell in row])
    book.save(path)
    book.close()


def _width(column: str) -> int:
    is_text = column.startswith(("text", "section", "title", "question", "options", "explanation", "error", "value"))
    return _WIDE if is_text and column not in _NUMBERS else _NARROW


class ArchiveWriter:
    """One file after another: their contents are never in memory together."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def add(self, path: str, content: bytes) -> None:
        # Pictures, videos and PDFs are packed already.
        self._archive.writestr(FOLDER + path, content, zipfile.ZIP_STORED)

    def finish(self, workbook: Path, missing: Mapping[str, str]) -> None:
        """`missing`: why a file is not there, by its path."""
        self._archive.write(workbook, WORKBOOK)
        if missing:
            lines = [f"{FOLDER}{path}: {reason}" for path, reason in missing.items()]
            self._archive.writestr(MISSING_LIST, "\n".join(lines) + "\n")
        self._archive.close()
