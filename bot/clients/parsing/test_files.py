"""Which kind of file a test came in, and the test in it. Runs in the child of `runner.py`."""

import codecs
import csv
import io
from pathlib import Path, PurePath
from typing import Any

from bot.clients.parsing.archives import check_archive
from bot.clients.parsing.course_files import cell_text
from domain.files import ParseRefused
from domain.language import Language
from domain.quizzes.importing.import_encoding import test_to_data
from domain.quizzes.importing.imports import ImportRefusal
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.importing.reading import read_test
from domain.quizzes.importing.tables import read_table

MAX_CHARACTERS = 8_000_000
MAX_ROWS = 25_000
MAX_COLUMNS = 60
MAX_PAGES = 500
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a document with a password begins, and every file of the Office of the nineties."""
_PDF_BEGINS = 1024
_DELIMITERS = ";\t,|"
_SNIFFED = 20
_TABLES = frozenset({".csv", ".tsv"})


def read(path: Path, *, name: str, language: str) -> dict[str, Any]:
    """The test as `test_to_data` writes it. Raises ParseRefused with an ImportRefusal, or a FileFault of archives."""
    content = path.read_bytes()
    if not content.strip():
        raise ParseRefused(ImportRefusal.EMPTY)
    if content.startswith(_OLE):
        raise ParseRefused(ImportRefusal.ENCRYPTED)
    test = _read(path, content, PurePath(name).suffix.casefold(), Language(language))
    if not test.questions:
        raise ParseRefused(ImportRefusal.NO_QUESTIONS)
    return test_to_data(test)


def _read(path: Path, content: bytes, suffix: str, language: Language) -> ReadTest:
    if content.startswith(b"PK"):
        names = check_archive(path)
        if "word/document.xml" in names:
            # Each of the libraries takes its time and memory: only the one that is needed is loaded.
            from bot.clients.parsing.word_tests import lines_and_rows

            text, rows = lines_and_rows(path)
            return best(read_test(_limited(text), language), read_table(rows, language))
        if "xl/workbook.xml" in names:
            return _of_rows(_sheet_rows(content), language)
        raise ParseRefused(ImportRefusal.UNKNOWN)
    if b"%PDF-" in content[:_PDF_BEGINS]:
        return read_test(_limited(_pdf_text(path)), language, is_wrapped=True)
    text = _limited(_decoded(content))
    if suffix in _TABLES:
        return _of_rows(_csv_rows(text), language)
    return read_test(text, language)


def best(text: ReadTest, table: ReadTest) -> ReadTest:
    """Of two readings of the same file the one that understood more."""

    def whole(test: ReadTest) -> tuple[int, int]:
        keyless = sum(question.keyless is not None for question in test.questions)
        return len(test.drafts) * 2 + keyless, len(test.questions)

    return table if whole(table) > whole(text) else text


def _of_rows(rows: list[list[str]], language: Language) -> ReadTest:
    """A table; or a test in signs or letters whose lines are in cells."""
    table = read_table(rows, language)
    if table.drafts:
        return table
    text = "\n".join("\t".join(cell for cell in row if cell) for row in rows)
    return best(table, read_test(text, language))


def _limited(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise ParseRefused(ImportRefusal.TOO_HEAVY)
    return text


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or the code page of Cyrillic Windows."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ParseRefused(ImportRefusal.UNKNOWN)


def _csv_rows(text: str) -> list[list[str]]:
    head = text.split("\n", _SNIFFED)[:_SNIFFED]
    delimiter = max(_DELIMITERS, key=lambda each: sum(min(line.count(each), MAX_COLUMNS) for line in head))
    csv.field_size_limit(MAX_CHARACTERS)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row[:MAX_COLUMNS])
            if len(rows) > MAX_ROWS:
                raise ParseRefused(ImportRefusal.TOO_HEAVY)
    except csv.Error:
        raise ParseRefused(ImportRefusal.BROKEN) from None
    return rows


def _sheet_rows(content: bytes) -> list[list[str]]:
    """Of the first sheet that has any."""
    from openpyxl import load_workbook

    # Not by its path: it would judge what was sent by the name that the file has here.
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        rows: list[list[str]] = []
        size = filled = 0
        for values in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            row = [cell_text(value) for value in values]
            rows.append(row)
            filled += any(row)
            size += sum(map(len, row))
            if filled > MAX_ROWS or len(rows) > 2 * MAX_ROWS or size > MAX_CHARACTERS:
                raise ParseRefused(ImportRefusal.TOO_HEAVY)
        if filled:
            return rows
    raise ParseRefused(ImportRefusal.EMPTY)


def _pdf_text(path: Path) -> str:
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    pages: list[str] = []
    try:
        document = pypdfium2.PdfDocument(path)
        if len(document) > MAX_PAGES:
            raise ParseRefused(ImportRefusal.TOO_HEAVY)
        for page in document:
            pages.append(page.get_textpage().get_text_bounded())
            page.close()
        document.close()
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == FPDF_ERR_PASSWORD
        raise ParseRefused(ImportRefusal.ENCRYPTED if is_locked else ImportRefusal.BROKEN) from error
    text = "\n".join(pages)
    if not text.strip():
        raise ParseRefused(ImportRefusal.NO_TEXT)
    return text
