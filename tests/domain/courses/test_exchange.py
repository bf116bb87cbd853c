"""A course as sheets, and back: equal, whatever its texts are; and what is wrong with sheets that people filled."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.courses.exchange.cells import from_cell, from_lines, opening_of, percent, seconds_of, to_cell, to_lines
from domain.courses.exchange.issues import Issue, Problem
from domain.courses.exchange.links import link_of
from domain.courses.exchange.model import CourseDraft, LessonDraft, PartDraft, SectionDraft
from domain.courses.exchange.reading import read_tables
from domain.courses.exchange.tables import COLUMNS, PackedFile, load_tables
from domain.courses.exchange.writing import sheets_of
from domain.courses.model import PartKind, Sale
from domain.language import Language, Text
from domain.money import Money
from domain.quizzes.exchange import QUIZ_RULES
from tests.domain.courses.exchange_courses import HOSTILE, LONG, courses, packed

TASHKENT = ZoneInfo("Asia/Tashkent")
PDF = PackedFile(100, b"%PDF-1.7")
Rows = list[dict[str, str | int]]


def read(
    filled: dict[str, Rows] | None = None,
    *,
    archive: dict[str, PackedFile] | None = None,
    is_admin: bool = False,
    into_course: bool = False,
    **sheets: Rows,
) -> tuple[CourseDraft, tuple[Issue, ...]]:
    """Sheets as a person would fill them: rows of cells by column."""
    parsed: dict[str, Any] = {
        "sheets": {
            name: {
                "columns": list(columns := dict.fromkeys(column for row in rows for column in row)),
                "rows": [
                    [number, [str(row.get(column, "")) for column in columns]] for number, row in enumerate(rows, 2)
                ],
            }
            for name, rows in {**(filled or {}), **sheets}.items()
        },
        "files": {path: {"size": file.size, "head": file.head.hex()} for path, file in (archive or {}).items()},
        "is_archive": archive is not None,
    }
    return read_tables(
        load_tables(json.loads(json.dumps(parsed))),
        rules=QUIZ_RULES,
        zone=TASHKENT,
        is_admin=is_admin,
        language=Language.UZ,
        into_course=into_course,
    )


def simple(**more: str) -> Rows:
    return [{"key": "title", "uz": "Kurs"}, *({"key": key, "value": value} for key, value in more.items())]


LESSONS: Rows = [{"number": 1, "section_uz": "Bir", "title_uz": "Dars"}]


def problems(issues: tuple[Issue, ...]) -> list[tuple[str, int, Problem]]:
    return [(issue.sheet, issue.row, issue.problem) for issue in issues]


@settings(max_examples=40, phases=(Phase.reuse, Phase.generate, Phase.shrink))
@given(courses())
def test_what_is_exported_imports_equal(course: CourseDraft) -> None:
    imported, issues = there_and_back(course)

    assert issues == ()
    assert imported == course


@pytest.mark.parametrize("text", LONG)
def test_the_longest_texts_are_cut_into_cells_and_joined_again(text: str) -> None:
    part = PartDraft(kind=PartKind.TEXT, text=Text({Language.UZ: text, Language.RU: "short"}))
    lesson = LessonDraft(title=Text({Language.UZ: "Dars"}), parts=(part, part))
    section = SectionDraft(title=Text({Language.UZ: "Bo‘lim"}), lessons=(lesson,))
    course = CourseDraft(title=Text({Language.UZ: "Kurs"}), language=Language.UZ, sections=(section,))

    cells = [cell for sheet in sheets_of(course) for row in sheet.rows for cell in row if isinstance(cell, str)]

    assert max(len(cell.encode("utf-16-le")) // 2 for cell in cells) <= 32_767
    assert there_and_back(course) == (course, ())


def there_and_back(course: CourseDraft) -> tuple[CourseDraft, tuple[Issue, ...]]:
    sheets = {
        sheet.name: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows] for sheet in sheets_of(course)
    }

    filled = {
        name: [{column: cell for column, cell in row.items() if cell is not None} for row in rows]
        for name, rows in sheets.items()
    }
    return read(filled, archive=packed(course), is_admin=True)


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_no_cell_starts_a_formula_and_every_text_comes_back(text: str) -> None:
    cell = to_cell(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert "\x00" not in cell
    kept = "".join(sign for sign in text if (sign >= " " or sign in "\t\n\r") and sign not in "\ufffe\uffff")
    assert from_cell(cell) == kept


@given(st.lists(st.text("ab\\\n \r", min_size=1).filter(str.strip), max_size=5))
def test_options_come_back_line_by_line_whatever_is_in_them(options: list[str]) -> None:
    plain = [option.replace("\r", "") for option in options if option.replace("\r", "").strip()]

    assert from_lines(to_lines(plain)) == plain


def test_an_apostrophe_that_guards_nothing_stays() -> None:
    assert [from_cell(cell) for cell in ("'Twas", "'", "'=1", "''")] == ["'Twas", "'", "=1", "'"]


def test_rows_make_sections_and_lessons() -> None:
    course, issues = read(
        course=simple(),
        lessons=[
            {"section_uz": "Bir", "title_uz": "A"},
            {"section_uz": "Bir", "title_uz": "B"},
            {"title_uz": "C"},
            {"section_uz": "Ikki"},
            {"section_uz": "Ikki", "title_uz": "D"},
            {"section_uz": "Ikki"},
        ],
    )

    assert issues == ()
    shape = [(str(section.title), [str(each.title) for each in section.lessons]) for section in course.sections]
    assert shape == [("Bir", ["A", "B", "C"]), ("Ikki", ["D"]), ("Ikki", [])]


def test_kinds_are_told_from_what_is_there() -> None:
    course, issues = read(
        course=simple(),
        lessons=LESSONS,
        parts=[
            {"lesson": 1, "text_uz": "Matn"},
            {"lesson": 1, "file_uz": "a.pdf"},
            {"lesson": 1, "file_uz": "files/v.mp4"},
            {"lesson": 1, "link": "https://www.youtube.com/watch?v=1"},
            {"lesson": 1, "file_uz": "S.PPTX"},
        ],
        archive={"a.pdf": PDF, "v.mp4": PackedFile(1), "s.pptx": PackedFile(1)},
    )

    assert issues == ()
    parts = course.lessons[0].parts
    assert [part.kind for part in parts] == [
        PartKind.TEXT, PartKind.PDF, PartKind.VIDEO, PartKind.LINK, PartKind.SLIDES,
    ]  # fmt: skip
    assert parts[3].link is not None
    assert parts[3].link.provider == "YouTube"
    assert parts[4].files == {Language.UZ: "s.pptx"}


def test_a_course_without_a_word_about_its_sale_is_sold_as_its_prices_say() -> None:
    assert read(course=simple(price="50 ming"), lessons=LESSONS)[0].price == Money.soms(50_000)
    assert read(course=simple(), lessons=[{**LESSONS[0], "price": 5000}])[0].sale is Sale.LESSONS
    assert read(course=simple(), lessons=LESSONS)[0].sale is Sale.FREE


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("language", "de", Problem.LANGUAGE_UNKNOWN),
        ("level", "guru", Problem.LEVEL_UNKNOWN),
        ("slug", "Ә ә", Problem.SLUG_MALFORMED),
        ("slug", "a" * 49, Problem.SLUG_MALFORMED),
        ("sale", "auction", Problem.SALE_UNKNOWN),
        ("sale", "course", Problem.PRICE_MISSING),
        ("price", "999", Problem.PRICE_WRONG),
        ("price", "-5000", Problem.PRICE_WRONG),
        ("price", "NaN", Problem.PRICE_WRONG),
        ("stars", "0", Problem.STARS_WRONG),
        ("certificate", "perhaps", Problem.NOT_YES_OR_NO),
        ("certificate_percent", "101", Problem.PERCENT_WRONG),
        ("format", "2", Problem.FORMAT_NEWER),
        ("description", "x" * 2001, Problem.DESCRIPTION_TOO_LONG),
        ("colour", "red", Problem.KEY_UNKNOWN),
        ("title", "again", Problem.KEY_TWICE),
        ("cover", "none.jpg", Problem.FILE_NOT_THERE),
    ],
)
def test_a_mistake_in_the_course_is_named_with_its_row(key: str, value: str, problem: Problem) -> None:
    _course, issues = read(course=simple(**{key: value}), lessons=LESSONS, archive={})

    assert problems(issues) == [("course", 3, problem)]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"title_uz": "x" * 121}, Problem.TITLE_TOO_LONG),
        ({"title_uz": "—"}, Problem.TITLE_MISSING),
        ({"opens": "soon"}, Problem.OPENING_WRONG),
        ({"opens": "2026-13-45 99:00"}, Problem.OPENING_WRONG),
        ({"opens": "366"}, Problem.OPENING_WRONG),
        ({"gate": "maybe"}, Problem.NOT_YES_OR_NO),
        ({"pass_percent": "0"}, Problem.PERCENT_WRONG),
        ({"price": "1"}, Problem.PRICE_WRONG),
        ({"stars": "1000000"}, Problem.STARS_WRONG),
        ({"number": "x"}, Problem.NUMBER_WRONG),
    ],
)
def test_a_mistake_in_a_lesson_is_named_with_its_row(cells: dict[str, str | int], problem: Problem) -> None:
    _course, issues = read(course=simple(), lessons=[{**LESSONS[0], **cells}])

    assert problems(issues) == [("lessons", 2, problem)]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"lesson": 7, "text_uz": "a"}, Problem.LESSON_UNKNOWN),
        ({"lesson": "=1", "text_uz": "a"}, Problem.LESSON_UNKNOWN),
        ({"lesson": 1, "kind": "hologram", "text_uz": "a"}, Problem.KIND_UNKNOWN),
        ({"lesson": 1, "kind": "more", "text_uz": "a"}, Problem.KIND_UNKNOWN),
        ({"lesson": 1, "kind": "text"}, Problem.TEXT_MISSING),
        ({"lesson": 1, "kind": "text", "text_uz": "x" * 32_001}, Problem.TEXT_TOO_LONG),
        ({"lesson": 1, "kind": "pdf"}, Problem.PART_EMPTY),
        ({"lesson": 1, "kind": "pdf", "file_uz": "b.pdf"}, Problem.FILE_NOT_THERE),
        ({"lesson": 1, "kind": "pdf", "file_uz": "../a.pdf"}, Problem.FILE_NOT_THERE),
        ({"lesson": 1, "kind": "pdf", "file_uz": "empty.pdf"}, Problem.FILE_EMPTY),
        ({"lesson": 1, "kind": "pdf", "file_uz": "fake.pdf"}, Problem.FILE_OTHER_KIND),
        ({"lesson": 1, "kind": "photo", "file_uz": "fake.pdf"}, Problem.FILE_OTHER_KIND),
        ({"lesson": 1, "kind": "document", "file_uz": "tool.doc"}, Problem.FILE_PROGRAM),
        ({"lesson": 1, "kind": "video", "file_uz": "huge.mp4"}, Problem.FILE_TOO_LARGE),
        ({"lesson": 1, "link": "http://127.0.0.1/x"}, Problem.LINK_WRONG),
        ({"lesson": 1, "link": "https://a.uz", "thumbnail": "http://10.0.0.1/"}, Problem.LINK_WRONG),
        ({"lesson": 1, "link": "https://a.uz", "link_seconds": "long"}, Problem.DURATION_WRONG),
        ({"lesson": 1, "text_uz": "a", "check_uz": "b", "check_right": 1}, Problem.QUESTION_WRONG),
    ],
)
def test_a_mistake_in_a_part_is_named_with_its_row(cells: dict[str, str | int], problem: Problem) -> None:
    files = {
        "empty.pdf": PackedFile(0),
        "fake.pdf": PackedFile(9, b"hello"),
        "tool.doc": PackedFile(9, b"MZ\x90"),
        "huge.mp4": PackedFile(50_000_001),
    }

    _course, issues = read(course=simple(), lessons=LESSONS, parts=[cells], archive=files)

    assert ("parts", 2, problem) in problems(issues)
    assert {issue.problem for issue in issues} <= {problem, Problem.FILE_UNUSED}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"options_uz": "3\n4", "right": 2}, Problem.QUESTION_WRONG),
        ({"question_uz": "2+2?", "right": 2}, Problem.QUESTION_WRONG),
        ({"question_uz": "2+2?", "options_uz": "4", "right": 1}, Problem.QUESTION_WRONG),
        ({"question_uz": "2+2?", "options_uz": "4\n4", "right": 1}, Problem.QUESTION_WRONG),
        ({"question_uz": "2+2?", "options_uz": "3\n4", "options_ru": "3", "right": 1}, Problem.QUESTION_WRONG),
        ({"question_uz": "2+2?", "options_ru": "3\n4", "right": 1}, Problem.QUESTION_WRONG),
        ({"question_uz": "x" * 3_001, "options_uz": "3\n4", "right": 1}, Problem.QUESTION_WRONG),
        ({"question_uz": "2+2?", "options_uz": "3\n4"}, Problem.RIGHT_WRONG),
        ({"question_uz": "2+2?", "options_uz": "3\n4", "right": 3}, Problem.RIGHT_WRONG),
        ({"question_uz": "2+2?", "options_uz": "3\n4", "right": "c"}, Problem.RIGHT_WRONG),
    ],
)
def test_a_mistake_in_a_question_is_named_with_its_row(cells: dict[str, str | int], problem: Problem) -> None:
    _course, issues = read(course=simple(), lessons=LESSONS, questions=[{"lesson": 1, **cells}])

    assert problems(issues) == [("questions", 2, problem)]


def test_the_right_answer_may_be_a_letter() -> None:
    course, issues = read(
        course=simple(),
        lessons=LESSONS,
        questions=[{"lesson": 1, "question_uz": "2+2?", "options_uz": "3\n4\n", "right": "B"}],
    )

    assert issues == ()
    assert course.lessons[0].questions[0].correct == 1


def test_two_lessons_of_one_number_are_told_apart() -> None:
    _course, issues = read(course=simple(), lessons=[*LESSONS, *LESSONS])

    assert problems(issues) == [("lessons", 3, Problem.NUMBER_TWICE)]


def test_a_lesson_without_a_section_above_is_a_mistake() -> None:
    assert problems(read(course=simple(), lessons=[{"title_uz": "Dars"}])[1]) == [
        ("lessons", 2, Problem.SECTION_MISSING)
    ]


def test_missing_sheets_and_an_empty_file_are_named() -> None:
    assert problems(read()[1]) == [
        ("course", 0, Problem.SHEET_MISSING),
        ("course", 0, Problem.TITLE_MISSING),
        ("lessons", 0, Problem.SHEET_MISSING),
    ]


def test_files_that_nothing_names_and_foreign_columns_are_warnings() -> None:
    _course, issues = read(course=simple(), lessons=[{**LESSONS[0], "title_de": "Stunde"}], archive={"extra.pdf": PDF})

    assert {issue.problem for issue in issues} == {Problem.COLUMN_UNKNOWN, Problem.FILE_UNUSED}
    assert all(issue.is_warning for issue in issues)


def test_a_workbook_alone_is_a_course_without_files() -> None:
    course, issues = read(
        course=simple(cover="c.jpg"), lessons=LESSONS, parts=[{"lesson": 1, "kind": "pdf", "file_uz": "a.pdf"}]
    )

    assert [(issue.problem, issue.value) for issue in issues] == [(Problem.FILES_LEFT_OUT, "2")]
    assert course.lessons[0].parts == ()
    assert course.cover is None


def test_a_file_that_the_export_could_not_put_in_is_left_out_with_a_warning() -> None:
    course, issues = read(
        course=simple(),
        lessons=LESSONS,
        parts=[{"lesson": 1, "kind": "video", "file_uz": "v.mp4"}],
        archive={},
    )
    assert problems(issues) == [("parts", 2, Problem.FILE_NOT_THERE)]

    course, issues = read(
        course=simple(),
        lessons=LESSONS,
        parts=[{"lesson": 1, "kind": "video", "file_uz": "v.mp4"}],
        files=[{"file": "v.mp4", "missing": "yes"}],
        archive={},
    )
    assert [issue.problem for issue in issues] == [Problem.FILES_LEFT_OUT]
    assert course.lessons[0].parts == ()


def test_fiscal_codes_of_a_teacher_are_left_out_and_an_admins_are_kept() -> None:
    codes = {"fiscal_ikpu": "10305008002000000", "fiscal_package": "1514296", "fiscal_vat": "12"}

    teachers, issues = read(course=simple(**codes), lessons=LESSONS)
    admins, _issues = read(course=simple(**codes), lessons=LESSONS, is_admin=True)

    assert teachers.fiscal is None
    assert [issue.problem for issue in issues] == [Problem.FISCAL_NOT_YOURS]
    assert admins.fiscal is not None
    assert admins.fiscal.vat_percent == 12


def test_too_many_lessons_are_one_mistake() -> None:
    course, issues = read(course=simple(), lessons=[{"section_uz": "S", "title_uz": "D"}] * 5_001)

    assert problems(issues) == [("lessons", 5_002, Problem.TOO_MANY_LESSONS)]
    assert len(course.lessons) == 5_000


def test_into_a_course_only_lessons_count() -> None:
    course, issues = read(lessons=LESSONS, into_course=True)
    assert issues == ()
    assert len(course.lessons) == 1

    assert [issue.problem for issue in read(lessons=[], into_course=True)[1]] == [Problem.NOTHING_THERE]


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://a.uz", "javascript:alert(1)", "https://localhost/", "http://127.0.0.1", "http://10.1.2.3/",
        "http://[::1]/", "http://169.254.169.254/latest", "http://2130706433/", "http://0x7f.1/", "http://db:5432/",
        "http://printer.local", "https://user:pass@a.uz/", "https://a.uz/ b", "https://a.uz:99999/",
        "https://" + "a" * 2001,
        "http://[::ffff:127.0.0.1]/", "http://192.168.1.1.", "http://a.uz\\@evil",
    ],
)  # fmt: skip
def test_links_lead_out_to_the_open_web_only(url: str) -> None:
    assert link_of(url) is None


def test_cells_are_read_as_people_write_them() -> None:
    assert [percent(cell) for cell in ("70", "70%", "70.0", "0.7")] == [70, 70, 70, 70]
    assert [seconds_of(cell) for cell in ("90", "1:30", "1:02:03")] == [90, 90, 3723]
    assert opening_of("7 kun", TASHKENT) == (None, 7)
    moment, days = opening_of("2026-12-01 09:00:00", TASHKENT)
    assert moment is not None
    assert (moment.isoformat(), days) == ("2026-12-01T09:00:00+05:00", None)
    assert set(COLUMNS) == {"course", "lessons", "parts", "questions", "resources", "files"}
