"""From a course to the sheets of a file: what `read_tables` reads again as the same course."""

from collections.abc import Iterator, Mapping

from domain.courses.exchange.cells import opening_cell, price_cell, to_cell, to_lines
from domain.courses.exchange.model import CourseDraft, LessonDraft, PartDraft, QuizItem
from domain.courses.exchange.tables import (
    COLUMNS,
    COURSE,
    FILES,
    FORMAT,
    LESSONS,
    MORE,
    PARTS,
    QUESTIONS,
    RESOURCES,
    Cell,
    SheetToWrite,
)
from domain.courses.model import CheckQuestion
from domain.language import Text

_CELL_UNITS = 32_000
"""A cell takes 32,767 units of UTF-16; an emoji is two."""


def sheets_of(course: CourseDraft, missing: frozenset[str] = frozenset()) -> tuple[SheetToWrite, ...]:
    """`missing`: paths of files that are not in the archive; who imports it is told, and goes on without them."""
    numbered = list(enumerate(course.lessons, start=1))
    return (
        _sheet(COURSE, _course_rows(course)),
        _sheet(LESSONS, _lesson_rows(course)),
        _sheet(
            PARTS, (row for number, lesson in numbered for part in lesson.parts for row in _part_rows(number, part))
        ),
        _sheet(QUESTIONS, (_question_row(number, item) for number, lesson in numbered for item in lesson.questions)),
        _sheet(
            RESOURCES,
            (
                {"lesson": number, "file": to_cell(each.path), "kind": each.kind.value}
                for number, lesson in numbered
                for each in lesson.resources
            ),
        ),
        _sheet(
            FILES,
            (
                {
                    "file": to_cell(file.path),
                    "name": to_cell(file.name),
                    "type": to_cell(file.mime),
                    "duration": file.duration_seconds,
                    "missing": "yes" if file.path in missing else None,
                }
                for file in course.files.values()
            ),
        ),
    )


def _sheet(name: str, rows: Iterator[Mapping[str, Cell]]) -> SheetToWrite:
    columns = COLUMNS[name]
    return SheetToWrite(name, columns, [[row.get(column) for column in columns] for row in rows])


def _course_rows(course: CourseDraft) -> Iterator[Mapping[str, Cell]]:
    yield {"key": "format", "value": FORMAT}
    yield {"key": "title", **_by_language(course.title)}
    yield {"key": "description", **_by_language(course.description)}
    values: Mapping[str, Cell] = {
        "language": course.language.value,
        "category": to_cell(course.category),
        "level": course.level.value if course.level else None,
        "slug": course.slug,
        "sale": course.sale.value,
        "price": price_cell(course.price),
        "stars": course.stars,
        "certificate": "yes" if course.has_certificate else "no",
        "certificate_percent": course.certificate_percent,
        "cover": to_cell(course.cover) if course.cover else None,
        "prerequisites": " ".join(course.prerequisites) or None,
    }
    for key, value in values.items():
        yield {"key": key, "value": value}
    if course.fiscal is not None:
        yield {"key": "fiscal_ikpu", "value": course.fiscal.ikpu}
        yield {"key": "fiscal_package", "value": course.fiscal.package_code}
        yield {"key": "fiscal_vat", "value": course.fiscal.vat_percent}


def _lesson_rows(course: CourseDraft) -> Iterator[Mapping[str, Cell]]:
    number = 0
    above: Text | None = None
    for section in course.sections:
        heading = _columns("section", section.title)
        # A row of its own, where the first lesson's row could not tell that a section begins.
        if not section.lessons or section.title == above:
            yield heading
            heading = {}
        above = section.title
        for lesson in section.lessons:
            number += 1
            yield {"number": number, **heading, **_lesson_cells(lesson)}
            heading = {}


def _lesson_cells(lesson: LessonDraft) -> Mapping[str, Cell]:
    return {
        **_columns("title", lesson.title),
        "opens": opening_cell(lesson.opens_at, lesson.opens_after_days),
        "gate": "yes" if lesson.is_gate else None,
        "pass_percent": lesson.pass_percent,
        "preview": "yes" if lesson.is_preview else None,
        "price": price_cell(lesson.price),
        "stars": lesson.stars,
    }


def _part_rows(number: int, part: PartDraft) -> Iterator[Mapping[str, Cell]]:
    pieces = {language: _pieces(text) for language, text in part.text.variants.items()} if part.text else {}
    link = part.link
    yield {
        "lesson": number,
        "kind": part.kind.value,
        **{f"text_{language}": to_cell(texts[0]) for language, texts in pieces.items()},
        **{f"file_{language}": to_cell(path) for language, path in part.files.items()},
        "link": to_cell(link.url) if link else None,
        "provider": to_cell(link.provider) if link else None,
        "link_seconds": link.duration_seconds if link else None,
        "thumbnail": to_cell(link.thumbnail_url) if link and link.thumbnail_url else None,
        "duration": part.duration_seconds or None,
        **_asked(part.question, "check", "check_options", "check_right"),
    }
    for extra in range(1, max(map(len, pieces.values()), default=0)):
        yield {
            "lesson": number,
            "kind": MORE,
            **{f"text_{language}": to_cell(texts[extra]) for language, texts in pieces.items() if extra < len(texts)},
        }


def _question_row(number: int, item: QuizItem) -> Mapping[str, Cell]:
    return {
        "lesson": number,
        **_asked(item, "question", "options", "right"),
        "details": to_cell(item.details) if item.details else None,
        **(_columns("explanation", item.explanation) if item.explanation else {}),
    }


def _asked(item: QuizItem | CheckQuestion | None, asked: str, listed: str, right: str) -> Mapping[str, Cell]:
    if item is None:
        return {}
    return {
        **_columns(asked, item.text),
        **{
            f"{listed}_{language}": to_cell(to_lines(option.variants[language] for option in item.options))
            for language in item.text.variants
            if item.options
        },
        right: item.correct + 1 if item.correct is not None else None,
    }


def _columns(name: str, text: Text) -> Mapping[str, Cell]:
    return {f"{name}_{language}": to_cell(variant) for language, variant in text.variants.items()}


def _by_language(text: Text | None) -> Mapping[str, Cell]:
    return {str(language): to_cell(variant) for language, variant in text.variants.items()} if text else {}


def _pieces(text: str) -> list[str]:
    """The text in pieces that a cell takes."""
    if len(text) * 2 <= _CELL_UNITS:
        return [text]
    pieces: list[str] = []
    begun, units = 0, 0
    for place, character in enumerate(text):
        width = 2 if ord(character) > 0xFFFF else 1
        if units + width > _CELL_UNITS:
            pieces.append(text[begun:place])
            begun, units = place, 0
        units += width
    return [*pieces, text[begun:]]
