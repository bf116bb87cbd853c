"""The sheets of a course's workbook, as text: what a file holds before anything of it is believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.language import Language

FORMAT = 1
WORKBOOK = "course.xlsx"
FOLDER = "files/"
MISSING_LIST = "missing.txt"


def _in_languages(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{language}" for language in Language)


COURSE, LESSONS, PARTS, QUESTIONS, RESOURCES, FILES = "course", "lessons", "parts", "questions", "resources", "files"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    COURSE: ("key", "value", *Language),
    LESSONS: (
        "number", *_in_languages("section"), *_in_languages("title"),
        "opens", "gate", "pass_percent", "preview", "price", "stars",
    ),
    PARTS: (
        "lesson", "kind", *_in_languages("text"), *_in_languages("file"), "link", "provider", "link_seconds",
        "thumbnail", "duration", *_in_languages("check"), *_in_languages("check_options"), "check_right",
    ),
    QUESTIONS: (
        "lesson", *_in_languages("question"), *_in_languages("options"), "right", *_in_languages("explanation"),
        "details",
    ),
    RESOURCES: ("lesson", "file", "kind"),
    FILES: ("file", "name", "type", "duration", "missing"),
}  # fmt: skip
"""The sheets and their columns, in the order in which they are written. They may be read in any order."""
NEEDED = (COURSE, LESSONS)
KEYS = (
    "format", "title", "description", "language", "category", "level", "slug", "sale", "price", "stars", "certificate",
    "certificate_percent", "cover", "prerequisites", "fiscal_ikpu", "fiscal_package", "fiscal_vat",
)  # fmt: skip
"""What the rows of the sheet `course` may be about."""
ERROR = "error"
"""A column that the bot adds beside rows that are wrong; whoever corrects them may leave it there."""
MORE = "more"
"""The kind of a row of `parts` whose texts continue those of the row above: a cell takes 32,767 characters."""

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As the spreadsheet counts: the headings are row 1."""
    cells: Mapping[str, str]
    """By column; empty ones are left out."""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of the archive: its size in bytes, and its first bytes, which tell what it is."""

    size: int
    head: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    sheets: Mapping[str, Table]
    files: Mapping[str, PackedFile] = field(default_factory=dict[str, PackedFile])
    """By path below `files/`."""
    is_archive: bool = False
    """False for a workbook alone: then no file that it names is there."""


@dataclass(frozen=True, slots=True)
class SheetToWrite:
    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    """A cell for each column; texts are safe cells already (see `cells.to_cell`)."""


def load_tables(parsed: Mapping[str, Any]) -> Tables:
    """From what the reader of files gives: `sheets` (by name: `columns`, and `rows` of a number and its cells), `files`
    (by path: `size`, and `head` in hexadecimal), `is_archive`."""
    sheets: Mapping[str, Mapping[str, Any]] = parsed["sheets"]
    files: Mapping[str, Mapping[str, Any]] = parsed["files"]
    return Tables(
        sheets={name: _table(sheet) for name, sheet in sheets.items() if name in COLUMNS},
        files={path: PackedFile(file["size"], bytes.fromhex(file["head"])) for path, file in files.items()},
        is_archive=parsed["is_archive"],
    )


def _table(sheet: Mapping[str, Any]) -> Table:
    columns: Sequence[str] = sheet["columns"]
    rows: Sequence[tuple[int, Sequence[str]]] = sheet["rows"]
    read = [
        Row(number, {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell})
        for number, cells in rows
    ]
    return Table(tuple(columns), tuple(row for row in read if row.cells))
