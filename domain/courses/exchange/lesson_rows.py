"""The sheet `lessons`: sections and lessons, in their order."""

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from domain.courses.exchange.cells import opening_of, percent, price_of, whole_number, yes_or_no
from domain.courses.exchange.fields import Findings, text_in
from domain.courses.exchange.issues import Problem
from domain.courses.exchange.model import (
    MAX_LESSONS,
    MAX_SECTIONS,
    LessonDraft,
    PartDraft,
    QuizItem,
    ResourceDraft,
    SectionDraft,
)
from domain.courses.exchange.tables import LESSONS, Row, Tables
from domain.courses.tariffs import MAX_STARS
from domain.courses.wording import clean_title
from domain.errors import InvalidInput
from domain.language import Language, Text

_UNTITLED = "…"


@dataclass(slots=True)
class LessonEntry:
    """A lesson while its parts are still being read."""

    lesson: LessonDraft
    parts: list[PartDraft] = field(default_factory=list[PartDraft])
    questions: list[QuizItem] = field(default_factory=list[QuizItem])
    resources: list[ResourceDraft] = field(default_factory=list[ResourceDraft])

    def whole(self) -> LessonDraft:
        return replace(
            self.lesson,
            parts=tuple(self.parts),
            questions=tuple(self.questions),
            resources=tuple(self.resources),
        )


@dataclass(slots=True)
class LessonBook:
    by_number: dict[int, LessonEntry] = field(default_factory=dict[int, LessonEntry])
    highest: int = 0
    _sections: list[tuple[Text, list[LessonEntry]]] = field(default_factory=list[tuple[Text, list[LessonEntry]]])

    def begin_section(self, title: Text) -> None:
        self._sections.append((title, []))

    def add(self, number: int, lesson: LessonDraft) -> None:
        entry = LessonEntry(lesson)
        self.by_number[number] = entry
        self.highest = max(self.highest, number)
        self._sections[-1][1].append(entry)

    @property
    def section(self) -> Text | None:
        """The one that is being filled."""
        return self._sections[-1][0] if self._sections else None

    @property
    def section_count(self) -> int:
        return len(self._sections)

    def sections(self) -> tuple[SectionDraft, ...]:
        return tuple(
            SectionDraft(title=title, lessons=tuple(entry.whole() for entry in lessons))
            for title, lessons in self._sections
        )

    def of_row(self, row: Row, found: Findings, sheet: str) -> LessonEntry | None:
        """The lesson that a row of another sheet belongs to."""
        written = row.cells.get("lesson", "")
        try:
            entry = self.by_number.get(whole_number(written, 1, 10**6))
        except ValueError:
            entry = None
        if entry is None:
            found.add(Problem.LESSON_UNKNOWN, sheet, row.number, "lesson", written)
        return entry


def read_lessons(tables: Tables, found: Findings, zone: ZoneInfo) -> LessonBook:
    """A row with a section and no lesson begins a section, whatever it is called; one with both begins it unless it
    goes on already; an empty section goes on with the one above."""
    book = LessonBook()
    for row in tables.sheets[LESSONS].rows:
        if len(book.by_number) >= MAX_LESSONS:
            found.add(Problem.TOO_MANY_LESSONS, LESSONS, row.number)
            break
        if book.section_count > MAX_SECTIONS:
            found.add(Problem.TOO_MANY_SECTIONS, LESSONS, row.number)
            break
        section = text_in(row, "section", clean_title, found, LESSONS, Problem.TITLE_TOO_LONG)
        title = text_in(row, "title", clean_title, found, LESSONS, Problem.TITLE_TOO_LONG)
        has_title = any(column.startswith("title_") for column in row.cells)
        is_section_only = section is not None and not has_title
        if section is not None and (is_section_only or section != book.section):
            book.begin_section(section)
        if is_section_only:
            continue
        if title is None:
            if not has_title:
                found.add(Problem.TITLE_MISSING, LESSONS, row.number, "title")
            title = Text({next(iter(section.variants)) if section else Language.UZ: _UNTITLED})
        if book.section is None:
            found.add(Problem.SECTION_MISSING, LESSONS, row.number, "section")
            book.begin_section(title)
        book.add(_number_of(row, found, book), _lesson(row, title, found, zone))
    return book


def _number_of(row: Row, found: Findings, book: LessonBook) -> int:
    following = book.highest + 1
    written = row.cells.get("number", "")
    if not written:
        return following
    try:
        number = whole_number(written, 1, 10**6)
    except ValueError:
        found.add(Problem.NUMBER_WRONG, LESSONS, row.number, "number", written)
        return following
    if number in book.by_number:
        found.add(Problem.NUMBER_TWICE, LESSONS, row.number, "number", written)
        return following
    return number


def _lesson(row: Row, title: Text, found: Findings, zone: ZoneInfo) -> LessonDraft:
    lesson = LessonDraft(title=title)
    cells = row.cells

    def wrong(problem: Problem, column: str) -> None:
        found.add(problem, LESSONS, row.number, column, cells.get(column, ""))

    try:
        opens_at, after_days = opening_of(cells.get("opens", ""), zone)
        lesson = replace(lesson, opens_at=opens_at, opens_after_days=after_days)
    except ValueError:
        wrong(Problem.OPENING_WRONG, "opens")
    try:
        lesson = replace(lesson, is_gate=yes_or_no(cells.get("gate", "")))
    except ValueError:
        wrong(Problem.NOT_YES_OR_NO, "gate")
    try:
        lesson = replace(lesson, is_preview=yes_or_no(cells.get("preview", "")))
    except ValueError:
        wrong(Problem.NOT_YES_OR_NO, "preview")
    if "pass_percent" in cells:
        try:
            lesson = replace(lesson, pass_percent=percent(cells["pass_percent"]))
        except ValueError:
            wrong(Problem.PERCENT_WRONG, "pass_percent")
    try:
        lesson = replace(lesson, price=price_of(cells.get("price", "")))
    except InvalidInput:
        wrong(Problem.PRICE_WRONG, "price")
    if "stars" in cells:
        try:
            lesson = replace(lesson, stars=whole_number(cells["stars"], 1, MAX_STARS))
        except ValueError:
            wrong(Problem.STARS_WRONG, "stars")
    return lesson
