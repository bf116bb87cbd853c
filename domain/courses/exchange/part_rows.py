"""The sheets that fill the lessons: `parts`, `questions`, `resources`, and `files`, which says what each file is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from domain.courses.exchange.cells import from_cell, from_lines, seconds_of, whole_number, yes_or_no
from domain.courses.exchange.fields import FileShelf, Findings, described_by_name, known_file, plain_path, text_in
from domain.courses.exchange.issues import Problem
from domain.courses.exchange.lesson_rows import LessonBook
from domain.courses.exchange.links import link_of
from domain.courses.exchange.model import (
    MAX_PARTS,
    MAX_QUESTIONS,
    MAX_RESOURCES,
    MAX_RESOURCES_OF_LESSON,
    RESOURCE_KINDS,
    FileDraft,
    PartDraft,
    QuizItem,
    QuizRules,
    ResourceDraft,
)
from domain.courses.exchange.tables import FILES, MORE, PARTS, QUESTIONS, RESOURCES, PackedFile, Row, Tables
from domain.courses.materials import kind_of_document
from domain.courses.model import CheckQuestion, Link, PartKind
from domain.courses.wording import clean_file_name, clean_text
from domain.errors import InvalidInput
from domain.language import Language, Text

_MIME = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+_-]{1,80}")
_BY_MIME = {"image": PartKind.PHOTO, "video": PartKind.VIDEO, "audio": PartKind.AUDIO}


def read_files(tables: Tables, found: Findings) -> FileShelf:
    described: dict[str, FileDraft] = {}
    missing: set[str] = set()
    packed: Mapping[str, PackedFile] = tables.files
    sheet = tables.sheets.get(FILES)
    for row in sheet.rows if sheet else ():
        path = plain_path(from_cell(row.cells.get("file", "")))
        if not path:
            continue
        guessed = described_by_name(path)
        mime = from_cell(row.cells.get("type", "")).strip().casefold()
        name = clean_file_name(from_cell(row.cells.get("name", "")))
        described[path] = FileDraft(
            path=path,
            # A row that says the type says the name, too: a photo has none.
            name=name if name or mime else guessed.name,
            mime=mime if _MIME.fullmatch(mime) else guessed.mime,
            duration_seconds=_seconds(row, "duration", found, FILES),
        )
        try:
            if yes_or_no(row.cells.get("missing", "")):
                missing.add(path)
        except ValueError:
            found.add(Problem.NOT_YES_OR_NO, FILES, row.number, "missing", row.cells["missing"])
    return FileShelf(packed, described, frozenset(missing), tables.is_archive)


@dataclass(slots=True)
class _PartRow:
    """A row of `parts` with the rows that continue it."""

    row: Row
    texts: dict[Language, str]


def read_parts(tables: Tables, found: Findings, book: LessonBook, shelf: FileShelf, rules: QuizRules) -> None:
    sheet = tables.sheets.get(PARTS)
    rows: list[_PartRow] = []
    for row in sheet.rows if sheet else ():
        texts = {language: from_cell(row.cells.get(f"text_{language}", "")) for language in Language}
        if row.cells.get("kind", "").strip().casefold() == MORE:
            if rows:
                rows[-1].texts = {language: rows[-1].texts[language] + texts[language] for language in Language}
            else:
                found.add(Problem.KIND_UNKNOWN, PARTS, row.number, "kind", MORE)
            continue
        rows.append(_PartRow(row, texts))
    for number, each in enumerate(rows):
        if number >= MAX_PARTS:
            found.add(Problem.TOO_MANY_PARTS, PARTS, each.row.number)
            break
        entry = book.of_row(each.row, found, PARTS)
        part = _part(each, found, shelf, rules)
        if entry is not None and part is not None:
            entry.parts.append(part)


def _part(each: _PartRow, found: Findings, shelf: FileShelf, rules: QuizRules) -> PartDraft | None:
    row = each.row
    named = {
        language: from_cell(row.cells[f"file_{language}"]).strip()
        for language in Language
        if row.cells.get(f"file_{language}", "").strip()
    }
    kind = _kind(row, named, found)
    text = _text(each, found)
    duration = _seconds(row, "duration", found, PARTS) or 0
    question = _check_question(row, found, rules)
    if kind is None:
        return None
    if kind is PartKind.TEXT:
        if text is None:
            if not any(each.texts.values()):
                found.add(Problem.TEXT_MISSING, PARTS, row.number, "text")
            return None
        return PartDraft(kind=kind, text=text, duration_seconds=duration, question=question)
    if kind is PartKind.LINK:
        link = _link(row, found)
        if link is None:
            return None
        return PartDraft(kind=kind, text=text, link=link, duration_seconds=duration, question=question)
    if not named:
        found.add(Problem.PART_EMPTY, PARTS, row.number, "file", kind.value)
        return None
    files: dict[Language, str] = {}
    for language, name in named.items():
        path = known_file(shelf, found, name, kind, PARTS, row.number, f"file_{language}")
        if path is not None:
            files[language] = path
    if not files:
        return None
    return PartDraft(kind=kind, text=text, files=files, duration_seconds=duration, question=question)


def _text(each: _PartRow, found: Findings) -> Text | None:
    variants: dict[Language, str] = {}
    for language, written in each.texts.items():
        if not written:
            continue
        try:
            variants[language] = clean_text(written)
        except InvalidInput as error:
            problem = Problem.TEXT_TOO_LONG if error.reason == "too_long" else Problem.TEXT_MISSING
            found.add(problem, PARTS, each.row.number, f"text_{language}", written)
    return Text(variants) if variants else None


def _kind(row: Row, named: Mapping[Language, str], found: Findings) -> PartKind | None:
    """What it says; where it says nothing, what its files or its link are."""
    written = row.cells.get("kind", "").strip().casefold()
    if written in set(PartKind):
        return PartKind(written)
    if written:
        found.add(Problem.KIND_UNKNOWN, PARTS, row.number, "kind", written)
        return None
    if row.cells.get("link", "").strip():
        return PartKind.LINK
    return kind_of_file(next(iter(named.values()))) if named else PartKind.TEXT


def kind_of_file(name: str) -> PartKind:
    mime = described_by_name(plain_path(name)).mime
    if PurePosixPath(name.casefold()).suffix in (".ogg", ".oga", ".opus"):
        return PartKind.VOICE
    return _BY_MIME.get(mime.partition("/")[0]) or kind_of_document(name, mime)


def _link(row: Row, found: Findings) -> Link | None:
    written = from_cell(row.cells.get("link", "")).strip()
    link = link_of(written, provider=from_cell(row.cells.get("provider", "")))
    if link is None:
        found.add(Problem.LINK_WRONG, PARTS, row.number, "link", written)
        return None
    thumbnail = from_cell(row.cells.get("thumbnail", "")).strip()
    if thumbnail and link_of(thumbnail) is None:
        found.add(Problem.LINK_WRONG, PARTS, row.number, "thumbnail", thumbnail)
        return None
    return replace(link, duration_seconds=_seconds(row, "link_seconds", found, PARTS), thumbnail_url=thumbnail or None)


def _check_question(row: Row, found: Findings, rules: QuizRules) -> CheckQuestion | None:
    if not any(column.startswith("check_") for column in row.cells):
        return None
    item = _item(row, found, PARTS, ("check", "check_options", "check_right"), rules)
    if item is None or item.correct is None:
        return None
    return CheckQuestion(text=item.text, options=item.options, correct=item.correct)


def read_questions(tables: Tables, found: Findings, book: LessonBook, rules: QuizRules) -> None:
    sheet = tables.sheets.get(QUESTIONS)
    for number, row in enumerate(sheet.rows if sheet else ()):
        if number >= MAX_QUESTIONS:
            found.add(Problem.TOO_MANY_QUESTIONS, QUESTIONS, row.number)
            break
        entry = book.of_row(row, found, QUESTIONS)
        item = _item(row, found, QUESTIONS, ("question", "options", "right"), rules)
        if entry is None or item is None:
            continue
        if len(entry.questions) >= rules.most:
            found.add(Problem.TOO_MANY_QUESTIONS, QUESTIONS, row.number, "lesson", row.cells["lesson"])
            continue
        entry.questions.append(item)


def _item(row: Row, found: Findings, sheet: str, columns: tuple[str, str, str], rules: QuizRules) -> QuizItem | None:
    asked, listed, right = columns
    text = text_in(row, asked, str, found, sheet, Problem.TEXT_TOO_LONG)
    explanation = text_in(row, "explanation", str, found, sheet, Problem.TEXT_TOO_LONG)
    lists = {
        language: from_lines(from_cell(row.cells[f"{listed}_{language}"]))
        for language in Language
        if f"{listed}_{language}" in row.cells
    }
    details = from_cell(row.cells.get("details", "")).strip() or None if sheet == QUESTIONS else None
    if text is None or not (lists or details) or len({len(options) for options in lists.values()}) > 1:
        found.add(Problem.QUESTION_WRONG, sheet, row.number, asked if text is None else listed)
        return None
    count = len(next(iter(lists.values()), ()))
    correct = _right(row.cells.get(right, ""), count) if details is None else None
    if correct is None and details is None:
        found.add(Problem.RIGHT_WRONG, sheet, row.number, right, row.cells.get(right, ""))
        return None
    options = tuple(Text({language: options[number] for language, options in lists.items()}) for number in range(count))
    try:
        return rules.check(
            QuizItem(text=text, options=options, correct=correct, explanation=explanation, details=details)
        )
    except InvalidInput as error:
        found.add(Problem.QUESTION_WRONG, sheet, row.number, error.field, error.reason)
        return None


def _right(written: str, count: int) -> int | None:
    """The right option by its number or its letter, counting from 0."""
    letter = written.strip().casefold()
    if len(letter) == 1 and "a" <= letter < chr(ord("a") + count):
        return ord(letter) - ord("a")
    try:
        return whole_number(written, 1, count) - 1
    except ValueError:
        return None


def read_resources(tables: Tables, found: Findings, book: LessonBook, shelf: FileShelf) -> None:
    sheet = tables.sheets.get(RESOURCES)
    for number, row in enumerate(sheet.rows if sheet else ()):
        if number >= MAX_RESOURCES:
            found.add(Problem.TOO_MANY_PARTS, RESOURCES, row.number)
            break
        entry = book.of_row(row, found, RESOURCES)
        name = from_cell(row.cells.get("file", "")).strip()
        written = row.cells.get("kind", "").strip().casefold()
        if not name:
            found.add(Problem.PART_EMPTY, RESOURCES, row.number, "file")
            continue
        if written and written not in RESOURCE_KINDS:
            found.add(Problem.KIND_UNKNOWN, RESOURCES, row.number, "kind", written)
            continue
        kind = PartKind(written) if written else _kind_of_resource(name)
        path = known_file(shelf, found, name, kind, RESOURCES, row.number, "file")
        if entry is None or path is None:
            continue
        if len(entry.resources) >= MAX_RESOURCES_OF_LESSON:
            found.add(Problem.TOO_MANY_RESOURCES, RESOURCES, row.number, "lesson", row.cells["lesson"])
        else:
            entry.resources.append(ResourceDraft(path=path, kind=kind))


def _kind_of_resource(name: str) -> PartKind:
    """Telegram sends files and recordings in groups; a video among them is a file."""
    kind = kind_of_file(name)
    return kind if kind in RESOURCE_KINDS else PartKind.DOCUMENT


def _seconds(row: Row, column: str, found: Findings, sheet: str) -> int | None:
    written = row.cells.get(column, "").strip()
    if not written:
        return None
    try:
        return seconds_of(written)
    except ValueError:
        found.add(Problem.DURATION_WRONG, sheet, row.number, column, written)
        return None
