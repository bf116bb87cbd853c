"""Real workbooks, archives and Word documents: written, read in the child process, and the same course again."""

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from docx import Document
from docx.document import Document as WordDocument
from hypothesis import HealthCheck, Phase, given, settings

from bot.clients.parsing.course_files import read
from bot.clients.parsing.course_reader import ChildCourseFiles
from bot.courses.export_workbook import ArchiveWriter, write_workbook
from domain.courses.exchange.issues import Issue, Problem
from domain.courses.exchange.model import CourseDraft
from domain.courses.exchange.reading import read_tables
from domain.courses.exchange.tables import load_tables
from domain.courses.exchange.writing import sheets_of
from domain.courses.model import PartKind
from domain.files import ParseRefused
from domain.language import Language
from domain.quizzes.exchange import QUIZ_RULES
from tests.domain.courses.exchange_courses import courses, packed


def checked(parsed: dict[str, Any], **options: Any) -> tuple[CourseDraft, tuple[Issue, ...]]:
    return read_tables(
        load_tables(parsed),
        rules=QUIZ_RULES,
        zone=ZoneInfo("Asia/Tashkent"),
        is_admin=True,
        language=Language.UZ,
        **options,
    )


def archive_of(course: CourseDraft, folder: Path) -> Path:
    write_workbook(folder / "course.xlsx", sheets_of(course))
    writer = ArchiveWriter(folder / "course.zip")
    for path, file in packed(course).items():
        writer.add(path, file.head)
    writer.finish(folder / "course.xlsx", {})
    return folder / "course.zip"


@settings(
    max_examples=25,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(courses())
def test_a_course_goes_through_a_real_archive_unchanged(tmp_path: Path, course: CourseDraft) -> None:
    path = archive_of(course, tmp_path)

    imported, issues = checked(read(path, language="uz", takes="any"))

    assert issues == ()
    assert imported == course
    for sheet in openpyxl.load_workbook(tmp_path / "course.xlsx").worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@"))


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


GOOD = workbook(
    course=[["key", "value", "uz"], ["title", None, "Kurs"], ["price", 50000]],
    lessons=[["number", "Section_UZ", "title_uz", "opens"], [1, "Bir", "Dars", None]],
)


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in files.items():
            archive.writestr(name, inner)
    return content.getvalue()


def zipped_as(files: dict[str, bytes]) -> bytes:
    return zipped(**files)


def encrypted_zip() -> bytes:
    content = bytearray(zipped_as({"course.xlsx": GOOD}))
    content[6] |= 1
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    return bytes(content)


HOSTILE = {
    "empty": (b"", "empty"),
    "text": (b"hello", "unknown"),
    "program": (b"MZ" + b"\0" * 100, "unknown"),
    "with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
    "cut": (GOOD[: len(GOOD) // 2], "broken"),
    "no workbook": (zipped_as({"notes.txt": b"x"}), "no_workbook"),
    "leads out": (zipped_as({"course.xlsx": GOOD, "files/../../etc/passwd": b"x"}), "unsafe"),
    "absolute": (zipped_as({"course.xlsx": GOOD, "/etc/passwd": b"x"}), "unsafe"),
    "too many": (zipped_as({"course.xlsx": GOOD, **{f"files/{n}": b"" for n in range(2_001)}}), "too_heavy"),
    "bomb": (zipped_as({"course.xlsx": GOOD, "files/a.bin": b"\0" * 60_000_000}), "too_heavy"),
    "ratio": (zipped_as({"course.xlsx": GOOD, "files/a.bin": b"\0" * 9_000_000}), "too_heavy"),
    "encrypted": (encrypted_zip(), "encrypted"),
    "inner with a password": (
        zipped_as({"course.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99}),
        "encrypted",
    ),
    "inner broken": (zipped_as({"course.xlsx": b"PK no"}), "broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    content, reason = HOSTILE[name]
    (tmp_path / "sent").write_bytes(content)

    with pytest.raises(ParseRefused) as refused:
        await ChildCourseFiles().read(tmp_path / "sent", language="uz", only_word=False)

    assert refused.value.reason == reason


async def test_a_bomb_inside_a_workbook_ends_at_a_limit(tmp_path: Path) -> None:
    """Its one cell unpacks to a hundred megabytes."""
    inner = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bad:
        for entry in good.infolist():
            bad.writestr(entry.filename, good.read(entry).replace(b"Kurs", b"K" * 100_000_000))
    (tmp_path / "bomb.xlsx").write_bytes(inner.getvalue())
    (tmp_path / "bomb.zip").write_bytes(zipped_as({"course.xlsx": inner.getvalue()}))

    for name in ("bomb.xlsx", "bomb.zip"):
        with pytest.raises(ParseRefused) as refused:
            await ChildCourseFiles().read(tmp_path / name, language="uz", only_word=False)
        assert refused.value.reason in ("too_heavy", "unsafe")


async def test_a_hundred_thousand_rows_are_too_many(tmp_path: Path) -> None:
    rows = [["number", "section_uz", "title_uz"], *([number, "S", "D"] for number in range(1, 100_001))]
    (tmp_path / "long.xlsx").write_bytes(workbook(course=[["key", "uz"], ["title", "Kurs"]], lessons=rows))

    with pytest.raises(ParseRefused) as refused:
        await ChildCourseFiles().read(tmp_path / "long.xlsx", language="uz", only_word=False)

    assert refused.value.reason in ("too_much", "too_heavy")


async def test_a_folder_that_was_packed_as_a_whole_is_understood(tmp_path: Path) -> None:
    book = workbook(
        course=[["key", "uz"], ["title", "Kurs"]],
        lessons=[["section_uz", "title_uz"], ["Bir", "Dars"]],
        parts=[["lesson", "file_uz"], [1, "reja.pdf"]],
    )
    content = zipped_as(
        {
            "kurs/course.xlsx": book,
            "kurs/files/reja.pdf": b"%PDF-1.4",
            "kurs/files/.DS_Store": b"x",
            "__MACOSX/kurs/._course.xlsx": b"x",
        }
    )
    (tmp_path / "kurs.zip").write_bytes(content)
    files = ChildCourseFiles()

    parsed = await files.read(tmp_path / "kurs.zip", language="uz", only_word=False)
    course, issues = checked(dict(parsed))

    assert issues == ()
    assert course.lessons[0].parts[0].kind is PartKind.PDF
    unpacked = await asyncio.to_thread(lambda: list(files.unpack(tmp_path / "kurs.zip", ["reja.pdf"])))
    assert unpacked == [("reja.pdf", b"%PDF-1.4")]


def syllabus(folder: Path) -> Path:
    document = Document()
    document.add_paragraph("Algebra", style="Title")
    document.add_paragraph("Kim uchun: hamma.")
    document.add_heading("Kirish", 1)
    document.add_heading("Nima bu?", 2)
    paragraph = document.add_paragraph("Bu ")
    paragraph.add_run("muhim").bold = True
    paragraph.add_run(" va ")
    paragraph.add_run("qiziq ").italic = True
    paragraph.add_run("=1+1 *yulduz*")
    document.add_paragraph("bir", style="List Bullet")
    document.add_paragraph("ikki", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for number, words in enumerate(("x", "y", "1", "2|3")):
        table.cell(number // 2, number % 2).text = words
    document.add_heading("Kimga?", 2)
    document.add_heading("Asosiy", 1)
    document.add_paragraph("Birinchi dars", style="List Number")
    document.add_paragraph("Matni")
    document.add_paragraph("Ikkinchi dars", style="List Number")
    document.save(str(folder / "dastur.docx"))
    return folder / "dastur.docx"


async def test_a_word_syllabus_becomes_an_outline(tmp_path: Path) -> None:
    parsed = await ChildCourseFiles().read(syllabus(tmp_path), language="uz", only_word=True)

    course, issues = checked(dict(parsed))

    assert [issue for issue in issues if issue.problem is not Problem.CATEGORY_UNKNOWN] == []
    assert str(course.title) == "Algebra"
    assert str(course.description) == "Kim uchun: hamma."
    shape = [(str(section.title), [str(each.title) for each in section.lessons]) for section in course.sections]
    assert shape == [("Kirish", ["Nima bu?", "Kimga?"]), ("Asosiy", ["Birinchi dars", "Ikkinchi dars"])]
    assert str(course.lessons[0].parts[0].text) == (
        "Bu **muhim** va *qiziq* =1+1 \\*yulduz\\*\n\n- bir\n- ikki\n\n| x | y |\n| --- | --- |\n| 1 | 2\\|3 |"
    )
    assert str(course.lessons[2].parts[0].text) == "Matni"


@pytest.mark.parametrize("lines", [["1. Bir", "matn", "2) Ikki"], ["1. Bir", "matn", "2. Ikki"]])
def test_without_headings_each_numbered_line_is_a_lesson(tmp_path: Path, lines: list[str]) -> None:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(tmp_path / "reja.docx"))

    course, issues = checked(read(tmp_path / "reja.docx", language="uz", takes="any"), file_name="reja.docx")

    assert issues == ()
    assert str(course.title) == "reja"
    assert [str(lesson.title) for lesson in course.lessons] == ["Bir", "Ikki"]
    assert str(course.lessons[0].parts[0].text) == "matn"


async def outline_of(document: WordDocument, folder: Path) -> list[tuple[str, list[str]]]:
    document.save(str(folder / "Reja 1.docx"))
    parsed = await ChildCourseFiles().read(folder / "Reja 1.docx", language="uz", only_word=True, name="Reja 1.docx")
    course, _issues = checked(dict(parsed), file_name="Reja 1.docx")
    return [(str(section.title), [str(each.title) for each in section.lessons]) for section in course.sections]


async def test_lessons_without_a_section_are_in_one_that_is_called_like_the_file(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Bir", 2)
    document.add_heading("Ikki", 2)

    assert await outline_of(document, tmp_path) == [("Reja 1", ["Bir", "Ikki"])]


async def test_where_only_the_largest_headings_are_used_each_is_a_lesson(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Bir", 1)
    document.add_paragraph("matn")
    document.add_heading("Ikki", 1)

    assert await outline_of(document, tmp_path) == [("Bir", ["Bir"]), ("Ikki", ["Ikki"])]


def test_a_document_without_lessons_says_so(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("Oddiy matn")
    document.save(str(tmp_path / "a.docx"))

    _course, issues = checked(read(tmp_path / "a.docx", language="uz", takes="any"), file_name="a.docx")

    assert [issue.problem for issue in issues] == [Problem.NOTHING_THERE]


def test_into_a_course_only_word_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(GOOD)

    with pytest.raises(ParseRefused, match="not_word"):
        read(tmp_path / "a.xlsx", language="uz", takes="word")
