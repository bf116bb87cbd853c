"""Reads a course's workbook, an archive with one, or a Word syllabus, in the child process.

The result is the form that `load_tables` of domain/courses/exchange/tables.py takes: nothing but text.
"""

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from bot.clients.parsing.archives import check_archive
from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.tables import COLUMNS, FOLDER, WORKBOOK
from domain.courses.inspection import MAX_RATIO, MAX_UNPACKED
from domain.files import ParseRefused

Json = dict[str, Any]

MAX_ROWS = 25_000
"""Of one sheet, empty ones aside."""
MAX_TEXT = 4_000_000
"""Characters of all sheets together."""
MAX_COLUMNS = 60
HEAD = 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook with a password begins, and every file of the Office of the nineties."""


def read(path: Path, *, language: str, takes: Literal["any", "word"], name: str = "") -> Json:
    """`kind` is "sheets" or "word". `language`: what a syllabus is written in; `name`: the file's.

    Raises ParseRefused with a Refusal, or with a FileFault of the archive's.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise ParseRefused(Refusal.EMPTY)
    if head.startswith(_OLE):
        raise ParseRefused(Refusal.ENCRYPTED)
    if not head.startswith(b"PK"):
        raise ParseRefused(Refusal.UNKNOWN)
    names = check_archive(path)
    if "word/document.xml" in names:
        # Each of the two libraries takes its time and memory: only the one that is needed is loaded.
        from bot.clients.parsing.syllabus import read_syllabus

        return {"kind": "word", "sheets": read_syllabus(path, language, name), "files": {}, "is_archive": False}
    if takes == "word":
        raise ParseRefused(Refusal.NOT_WORD)
    if "xl/workbook.xml" in names:
        return {"kind": "sheets", "sheets": _sheets(io.BytesIO(path.read_bytes())), "files": {}, "is_archive": False}
    folder = folder_of(names)
    if folder is None:
        raise ParseRefused(Refusal.NO_WORKBOOK)
    with zipfile.ZipFile(path) as archive:
        workbook = _inner_workbook(archive, folder + WORKBOOK)
        files = {
            name: {"size": entry.file_size, "head": archive.open(entry).read(HEAD).hex()}
            for name, entry in packed_files(archive, folder)
        }
    return {"kind": "sheets", "sheets": _sheets(workbook), "files": files, "is_archive": True}


def folder_of(names: list[str]) -> str | None:
    """Where the workbook is: at the top, or in the one folder that was packed."""
    folders = [name.removesuffix(WORKBOOK) for name in names if name == WORKBOOK or name.endswith(f"/{WORKBOOK}")]
    inner = [folder for folder in folders if folder.count("/") <= 1 and not folder.startswith("__MACOSX")]
    return min(inner, key=len) if inner else None


def packed_files(archive: zipfile.ZipFile, folder: str) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files that a course may name, by their path below `files/`, in the order of the archive."""
    seen: set[str] = set()
    for entry in archive.infolist():
        name = unicodedata.normalize("NFC", entry.filename.replace("\\", "/"))
        path = name.removeprefix(folder).removeprefix(FOLDER)
        is_hidden = path.rpartition("/")[2].startswith(".")
        if entry.is_dir() or is_hidden or not name.startswith(folder + FOLDER) or path in seen:
            continue
        seen.add(path)
        yield path, entry


def _inner_workbook(archive: zipfile.ZipFile, name: str) -> io.BytesIO:
    content = archive.read(name)
    if content.startswith(_OLE):
        raise ParseRefused(Refusal.ENCRYPTED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            unpacked = sum(entry.file_size for entry in inner.infolist())
    except zipfile.BadZipFile:
        raise ParseRefused(Refusal.BROKEN) from None
    if unpacked > min(MAX_UNPACKED, MAX_RATIO * len(content)):
        raise ParseRefused(Refusal.UNSAFE)
    return io.BytesIO(content)


def _sheets(source: io.BytesIO) -> Json:
    """The sheets that a course may have, with the cells that are not empty; formulas as what they came to."""
    from openpyxl import load_workbook

    book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
    sheets: Json = {}
    budget = MAX_TEXT
    for sheet in book.worksheets:
        name = sheet.title.strip().casefold()
        if name not in COLUMNS or name in sheets:
            continue
        columns: list[str] | None = None
        rows: list[tuple[int, list[str]]] = []
        for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
            cells = [cell_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if columns is None:
                columns = [cell.strip().casefold().replace(" ", "_") for cell in cells]
            elif cells:
                rows.append((number, cells))
                budget -= sum(map(len, cells))
            if len(rows) > MAX_ROWS or budget < 0:
                raise ParseRefused(Refusal.TOO_MUCH)
        sheets[name] = {"columns": columns or [], "rows": rows}
    return sheets


def cell_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(int(value.total_seconds()))
        case _:
            return str(value)
