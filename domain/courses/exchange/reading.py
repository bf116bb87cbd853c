"""From the sheets of a file to a course, with everything that is wrong with them."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from domain.courses.exchange.cells import from_cell, percent, price_of, whole_number, yes_or_no
from domain.courses.exchange.fields import FileShelf, Findings, known_file
from domain.courses.exchange.issues import Issue, Problem
from domain.courses.exchange.lesson_rows import LessonBook, read_lessons
from domain.courses.exchange.model import CourseDraft, QuizRules
from domain.courses.exchange.part_rows import read_files, read_parts, read_questions, read_resources
from domain.courses.exchange.tables import COLUMNS, COURSE, ERROR, FILES, FORMAT, KEYS, NEEDED, Row, Tables
from domain.courses.model import Level, PartKind, Sale
from domain.courses.slugs import checked_slug
from domain.courses.tariffs import MAX_STARS, parse_fiscal
from domain.courses.wording import clean_description, clean_title
from domain.errors import InvalidInput
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money

_LEVELS = {
    "beginner": Level.BEGINNER, "boshlang‘ich": Level.BEGINNER, "boshlang'ich": Level.BEGINNER,
    "начальный": Level.BEGINNER, "intermediate": Level.INTERMEDIATE, "o‘rta": Level.INTERMEDIATE,
    "o'rta": Level.INTERMEDIATE, "средний": Level.INTERMEDIATE, "advanced": Level.ADVANCED,
    "yuqori": Level.ADVANCED, "продвинутый": Level.ADVANCED,
}  # fmt: skip


def read_tables(
    tables: Tables,
    *,
    rules: QuizRules,
    zone: ZoneInfo,
    is_admin: bool,
    language: Language,
    into_course: bool = False,
    file_name: str | None = None,
) -> tuple[CourseDraft, tuple[Issue, ...]]:
    """The course as far as it can be read, and what is wrong; it may be kept only if all of that are warnings.

    `zone`: of moments that name none. `is_admin`: fiscal codes are theirs. `language`: of a course that names none.
    `into_course`: only sections and lessons are wanted, the course is there. `file_name`: of a Word syllabus, which a
    course without a title is called after.
    """
    found = Findings()
    _check_sheets(tables, found, into_course=into_course)
    files = read_files(tables, found)
    course = CourseDraft(title=Text({language: "?"}), language=language)
    if not into_course:
        course = _read_course(tables, found, files, is_admin=is_admin, language=language, file_name=file_name)
    book = LessonBook()
    if "lessons" in tables.sheets:
        book = read_lessons(tables, found, zone)
        read_parts(tables, found, book, files, rules)
        read_questions(tables, found, book, rules)
        read_resources(tables, found, book, files)
    sections = book.sections()
    if not sections and (into_course or file_name is not None):
        found.add(Problem.NOTHING_THERE)
    if course.sale is Sale.FREE and course.price is None and not _says_sale(tables):
        sold_alone = any(lesson.price is not None for section in sections for lesson in section.lessons)
        course = replace(course, sale=Sale.LESSONS if sold_alone else Sale.FREE)
    course = replace(course, sections=sections, files=files.used)
    _check_leftovers(tables, found, files)
    return course, found.sorted()


class _Keys:
    """The rows of the sheet `course`, by what they are about."""

    def __init__(self, tables: Tables, found: Findings) -> None:
        self._rows: dict[str, Row] = {}
        sheet = tables.sheets.get(COURSE)
        for row in sheet.rows if sheet else ():
            key = row.cells.get("key", "").strip().casefold()
            if not key:
                continue
            if key not in KEYS:
                found.add(Problem.KEY_UNKNOWN, COURSE, row.number, "key", key)
            elif key in self._rows:
                found.add(Problem.KEY_TWICE, COURSE, row.number, "key", key)
            else:
                self._rows[key] = row

    def number(self, key: str) -> int:
        row = self._rows.get(key)
        return row.number if row else 0

    def value(self, key: str) -> str:
        """What stands in `value`, else in the first language that has something."""
        row = self._rows.get(key)
        cells: Mapping[str, str] = row.cells if row else {}
        return next((from_cell(cells[name]).strip() for name in ("value", *Language) if name in cells), "")

    def text(self, key: str, language: Language) -> dict[Language, str]:
        """By language; a text in `value` alone is one in the course's language."""
        row = self._rows.get(key)
        cells: Mapping[str, str] = row.cells if row else {}
        variants = {each: from_cell(cells[each]) for each in Language if each in cells}
        if not variants and "value" in cells:
            return {language: from_cell(cells["value"])}
        return variants


def _read_course(
    tables: Tables, found: Findings, files: FileShelf, *, is_admin: bool, language: Language, file_name: str | None
) -> CourseDraft:
    keys = _Keys(tables, found)
    said = keys.value("language").casefold()
    if said in set(Language):
        language = Language(said)
    else:
        titles = keys.text("title", language)
        language = language if language in titles else next(iter(titles), language)
        if said:
            _tell(found, keys, "language", Problem.LANGUAGE_UNKNOWN, said)
    if keys.value("format") and not _is_known_format(keys.value("format")):
        _tell(found, keys, "format", Problem.FORMAT_NEWER, keys.value("format"))
    sale, price = _sale(keys, found)
    cover = None
    if keys.value("cover"):
        cover = known_file(files, found, keys.value("cover"), PartKind.PHOTO, COURSE, keys.number("cover"), "value")
    return CourseDraft(
        title=_title(keys, found, language, file_name),
        language=language,
        category=keys.value("category").casefold(),
        description=_description(keys, found, language),
        level=_level(keys, found),
        slug=_slug(keys, found),
        sale=sale,
        price=price,
        stars=_number(keys, found, "stars", 1, MAX_STARS, Problem.STARS_WRONG),
        has_certificate=_flag(keys, found, "certificate"),
        certificate_percent=_percent(keys, found, "certificate_percent"),
        fiscal=_fiscal(keys, found, is_admin=is_admin),
        cover=cover,
        prerequisites=tuple(sorted(set(keys.value("prerequisites").replace(",", " ").upper().split()))),
    )


def _tell(found: Findings, keys: _Keys, key: str, problem: Problem, value: str = "") -> None:
    found.add(problem, COURSE, keys.number(key), key, value)


def _is_known_format(written: str) -> bool:
    try:
        return whole_number(written, 1, 999) <= FORMAT
    except ValueError:
        return False


def _title(keys: _Keys, found: Findings, language: Language, file_name: str | None) -> Text:
    variants: dict[Language, str] = {}
    called = {language: file_name.rpartition(".")[0] or file_name} if file_name else {}
    for each, written in (keys.text("title", language) or called).items():
        try:
            variants[each] = clean_title(written)
        except InvalidInput as error:
            is_long = error.reason == "too_long"
            _tell(found, keys, "title", Problem.TITLE_TOO_LONG if is_long else Problem.TITLE_MISSING, written)
    if not variants:
        if not keys.number("title") or not any(issue.column == "title" for issue in found.issues):
            _tell(found, keys, "title", Problem.TITLE_MISSING)
        return Text({language: "?"})
    return Text(variants)


def _description(keys: _Keys, found: Findings, language: Language) -> Text | None:
    variants: dict[Language, str] = {}
    for each, written in keys.text("description", language).items():
        try:
            cleaned = clean_description(written)
        except InvalidInput:
            _tell(found, keys, "description", Problem.DESCRIPTION_TOO_LONG, written)
            continue
        if cleaned is not None:
            variants[each] = cleaned
    return Text(variants) if variants else None


def _level(keys: _Keys, found: Findings) -> Level | None:
    written = keys.value("level").casefold()
    if written and written not in _LEVELS:
        _tell(found, keys, "level", Problem.LEVEL_UNKNOWN, written)
    return _LEVELS.get(written)


def _slug(keys: _Keys, found: Findings) -> str | None:
    written = keys.value("slug")
    if not written:
        return None
    try:
        return checked_slug(written)
    except InvalidInput:
        _tell(found, keys, "slug", Problem.SLUG_MALFORMED, written)
        return None


def _sale(keys: _Keys, found: Findings) -> tuple[Sale, Money | None]:
    price: Money | None = None
    try:
        price = price_of(keys.value("price"))
    except InvalidInput:
        _tell(found, keys, "price", Problem.PRICE_WRONG, keys.value("price"))
        return Sale.FREE, None
    written = keys.value("sale").casefold()
    if not written:
        return (Sale.FREE, None) if price is None else (Sale.COURSE, price)
    if written not in set(Sale):
        _tell(found, keys, "sale", Problem.SALE_UNKNOWN, written)
        return Sale.FREE, None
    sale = Sale(written)
    if sale is Sale.COURSE and price is None:
        _tell(found, keys, "sale" if not keys.number("price") else "price", Problem.PRICE_MISSING)
        return Sale.FREE, None
    if sale is not Sale.COURSE and price is not None:
        _tell(found, keys, "price", Problem.PRICE_UNUSED, keys.value("price"))
        return sale, None
    return sale, price


def _says_sale(tables: Tables) -> bool:
    sheet = tables.sheets.get(COURSE)
    return any(row.cells.get("key", "").strip().casefold() == "sale" for row in (sheet.rows if sheet else ()))


def _number(keys: _Keys, found: Findings, key: str, least: int, most: int, problem: Problem) -> int | None:
    written = keys.value(key)
    if not written:
        return None
    try:
        return whole_number(written, least, most)
    except ValueError:
        _tell(found, keys, key, problem, written)
        return None


def _percent(keys: _Keys, found: Findings, key: str) -> int | None:
    written = keys.value(key)
    if not written:
        return None
    try:
        return percent(written)
    except ValueError:
        _tell(found, keys, key, Problem.PERCENT_WRONG, written)
        return None


def _flag(keys: _Keys, found: Findings, key: str) -> bool:
    try:
        return yes_or_no(keys.value(key))
    except ValueError:
        _tell(found, keys, key, Problem.NOT_YES_OR_NO, keys.value(key))
        return False


def _fiscal(keys: _Keys, found: Findings, *, is_admin: bool) -> FiscalCodes | None:
    written = [keys.value(key) for key in ("fiscal_ikpu", "fiscal_package", "fiscal_vat")]
    if not any(written):
        return None
    if not is_admin:
        # The accountant's business, by hand and by import alike.
        _tell(found, keys, "fiscal_ikpu", Problem.FISCAL_NOT_YOURS)
        return None
    try:
        return parse_fiscal(" ".join(written))
    except InvalidInput:
        _tell(found, keys, "fiscal_ikpu", Problem.FISCAL_WRONG, " ".join(written))
        return None


def _check_sheets(tables: Tables, found: Findings, *, into_course: bool) -> None:
    for name in NEEDED:
        if name not in tables.sheets and not (into_course and name == COURSE):
            found.add(Problem.SHEET_MISSING, name)
    for name, sheet in tables.sheets.items():
        for column in sheet.columns:
            if column and column not in COLUMNS[name] and column != ERROR:
                found.add(Problem.COLUMN_UNKNOWN, name, 1, column, column)


def _check_leftovers(tables: Tables, found: Findings, files: FileShelf) -> None:
    if files.left_out:
        found.add(Problem.FILES_LEFT_OUT, value=str(len(files.left_out)))
    for path in tables.files:
        if path not in files.asked_for:
            found.add(Problem.FILE_UNUSED, FILES, value=path)
