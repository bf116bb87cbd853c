"""What reading each sheet has in common: the list of mistakes, texts in languages, and the shelf of files."""

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from domain.courses.exchange.cells import from_cell
from domain.courses.exchange.issues import Issue, Problem
from domain.courses.exchange.model import FileDraft
from domain.courses.exchange.tables import PackedFile, Row
from domain.courses.model import PartKind
from domain.errors import InvalidInput
from domain.language import Language, Text

MAX_ISSUES = 2_000
"""Nobody reads more; a file with so many has one mistake that repeats itself."""
_SHOWN = 60
MAX_PHOTO = 10_000_000
MAX_FILE = 50_000_000
"""Bytes that Telegram takes from a bot, of a photo and of any other file."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf", b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
)  # fmt: skip
"""What runs on somebody's computer is not taken from an archive either."""
_ORDER = {name: number for number, name in enumerate(("course", "lessons", "parts", "questions", "resources", "files"))}


@dataclass(slots=True)
class Findings:
    issues: list[Issue] = field(default_factory=list[Issue])

    def add(self, problem: Problem, sheet: str = "", row: int = 0, column: str = "", value: str = "") -> None:
        if len(self.issues) < MAX_ISSUES:
            shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
            self.issues.append(Issue(problem, sheet, row, column, shown))

    def sorted(self) -> tuple[Issue, ...]:
        """What keeps the course from being saved first, then in the order of the file."""
        return tuple(sorted(self.issues, key=lambda issue: (issue.is_warning, _ORDER.get(issue.sheet, -1), issue.row)))


@dataclass(slots=True)
class FileShelf:
    """The files of the archive, and which of them the sheets have asked for."""

    packed: Mapping[str, PackedFile]
    described: Mapping[str, FileDraft]
    """By the path as the sheet `files` writes it."""
    missing: frozenset[str]
    """Paths that the exporter could not put in."""
    is_archive: bool
    used: dict[str, FileDraft] = field(default_factory=dict[str, FileDraft])
    asked_for: set[str] = field(default_factory=set[str])
    left_out: set[str] = field(default_factory=set[str])
    _folded: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def path_of(self, name: str) -> str | None:
        """Where the file is that a cell names, with or without `files/` before it; None when it is not there."""
        wanted = plain_path(name)
        if wanted in self.packed:
            return wanted
        if not self._folded:
            for path in self.packed:
                self._folded.setdefault(path.casefold(), []).append(path)
        alike = self._folded.get(wanted.casefold(), [])
        return alike[0] if len(alike) == 1 else None


def plain_path(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./").removeprefix("files/")


def known_file(
    shelf: FileShelf, found: Findings, name: str, kind: PartKind, sheet: str, row: int, column: str
) -> str | None:
    """The path of the file that a cell names, if it is there and of that kind; what is wrong is noted."""
    path = shelf.path_of(name)
    if path is None:
        if not shelf.is_archive or plain_path(name) in shelf.missing:
            shelf.left_out.add(plain_path(name))
        else:
            found.add(Problem.FILE_NOT_THERE, sheet, row, column, name)
        return None
    shelf.asked_for.add(path)
    packed = shelf.packed[path]
    if packed.size == 0:
        found.add(Problem.FILE_EMPTY, sheet, row, column, name)
        return None
    if packed.head.startswith(_PROGRAMS):
        found.add(Problem.FILE_PROGRAM, sheet, row, column, name)
        return None
    if not _is_of(kind, packed):
        found.add(Problem.FILE_OTHER_KIND, sheet, row, column, name)
        return None
    if packed.size > (MAX_PHOTO if kind is PartKind.PHOTO else MAX_FILE):
        found.add(Problem.FILE_TOO_LARGE, sheet, row, column, name)
        return None
    shelf.used[path] = shelf.described.get(path) or described_by_name(path)
    return path


def _is_of(kind: PartKind, packed: PackedFile) -> bool:
    """Only what can be told for certain is refused."""
    match kind:
        case PartKind.PDF:
            return b"%PDF" in packed.head
        case PartKind.PHOTO:
            return packed.head.startswith(_PICTURES)
        case _:
            return True


def described_by_name(path: str) -> FileDraft:
    """What a file is whose row in the sheet `files` is missing."""
    name = path.rpartition("/")[2]
    return FileDraft(path=path, name=name, mime=mimetypes.guess_type(name)[0] or "application/octet-stream")


def text_in(
    row: Row, name: str, clean: Callable[[str], str | None], found: Findings, sheet: str, too_long: Problem
) -> Text | None:
    """The columns `<name>_uz`, `<name>_ru`, `<name>_en`; None when all of them are empty."""
    variants: dict[Language, str] = {}
    for language in Language:
        column = f"{name}_{language}"
        if column not in row.cells:
            continue
        try:
            cleaned = clean(from_cell(row.cells[column]))
        except InvalidInput as error:
            empty = Problem.TITLE_MISSING if too_long is Problem.TITLE_TOO_LONG else Problem.TEXT_MISSING
            found.add(too_long if error.reason == "too_long" else empty, sheet, row.number, column, row.cells[column])
            continue
        if cleaned:
            variants[language] = cleaned
    return Text(variants) if variants else None
