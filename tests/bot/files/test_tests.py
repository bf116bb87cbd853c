"""Files with tests, read in the child process: Word with what it only draws, Excel, CSV, PDF and text."""

import io
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typst
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import RGBColor
from openpyxl import Workbook

from bot.clients.parsing.test_files import read
from bot.clients.parsing.test_reader import ChildTestReader
from domain.files import ParseRefused
from domain.language import Language
from domain.quizzes.importing.import_encoding import test_of_data as of_data
from domain.quizzes.importing.imports import ImportRefusal
from domain.quizzes.importing.model import ReadTest, TestFormat
from domain.quizzes.keys import Single
from tests.domain.quizzes.samples import hands
from tests.domain.quizzes.samples.bank import BANK, SINGLES
from tests.domain.quizzes.test_reading import check

UZ = Language.UZ


def read_here(path: Path, name: str = "") -> ReadTest:
    return of_data(read(path, name=name, language="uz"))


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def number_list(document: Any) -> tuple[str, Callable[[], str]]:
    """Of Word's own numbering: a list `1.` for questions, and a new list `A)` for the options of each."""
    root = document.part.numbering_part.element

    def abstract(name: str, kind: str, text: str) -> None:
        element = OxmlElement("w:abstractNum")
        element.set(qn("w:abstractNumId"), name)
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), "0")
        for tag, value in (("w:start", "1"), ("w:numFmt", kind), ("w:lvlText", text)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), value)
            level.append(child)
        element.append(level)
        root.insert(0, element)

    def number(name: str, of: str) -> str:
        element = OxmlElement("w:num")
        element.set(qn("w:numId"), name)
        child = OxmlElement("w:abstractNumId")
        child.set(qn("w:val"), of)
        element.append(child)
        override = OxmlElement("w:lvlOverride")
        override.set(qn("w:ilvl"), "0")
        start = OxmlElement("w:startOverride")
        start.set(qn("w:val"), "1")
        override.append(start)
        element.append(override)
        root.append(element)
        return name

    abstract("901", "decimal", "%1.")
    abstract("902", "upperLetter", "%1)")
    names = iter(range(2000, 9000))
    return number("1999", "901"), lambda: number(str(next(names)), "902")


def listed(paragraph: Any, name: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    element = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", "0"), ("w:numId", name)):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        element.append(child)
    properties.append(element)


def automatic_lists(path: Path) -> None:
    """Neither a number nor a letter is in the text, and the right option is bold, red, underlined or highlighted."""
    document: Any = Document()
    document.add_paragraph("Yakuniy test").runs[0].bold = True
    questions, options_of = number_list(document)
    for place, each in enumerate(SINGLES):
        asked = document.add_paragraph()
        asked.add_run(each.text).bold = True
        listed(asked, questions)
        name = options_of()
        for number, option in enumerate(each.options):
            paragraph = document.add_paragraph()
            run = paragraph.add_run(option)
            listed(paragraph, name)
            if number in each.right:
                match place % 3:
                    case 0:
                        run.bold = True
                    case 1:
                        run.font.color.rgb = RGBColor(255, 0, 0)
                    case _:
                        run.underline = True
    document.save(str(path))


def typed_lines(path: Path, text: str) -> None:
    document: Any = Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(str(path))


def word_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    document: Any = Document()
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROWS = hands.rows(BANK, ("№", "Savol", "A", "B", "C", "D", "To‘g‘ri javob"), hands._letter)


def test_automatic_numbers_and_what_stands_out_in_word_are_read(tmp_path: Path) -> None:
    automatic_lists(tmp_path / "a.docx")

    check("Word, automatic lists", read_here(tmp_path / "a.docx"), SINGLES)


@pytest.mark.parametrize("hand", [hands.signs, hands.starred, hands.answered, hands.key_rows])
def test_typed_word_files_are_read(tmp_path: Path, hand: hands.Hand) -> None:
    typed_lines(tmp_path / "a.docx", hand(SINGLES))

    check(f"Word, {hand.__name__}", read_here(tmp_path / "a.docx"), SINGLES)


def test_tables_are_read_wherever_they_are(tmp_path: Path) -> None:
    word_table(tmp_path / "a.docx", ROWS)
    check("Word table", read_here(tmp_path / "a.docx"), BANK)
    check("Excel", read_here(saved(tmp_path / "a.xlsx", workbook(ROWS))), BANK)
    text = "\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in ROWS)
    check("CSV", read_here(saved(tmp_path / "a.csv", text.encode()), "a.csv"), BANK)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_the_encodings_of_windows_is_read(tmp_path: Path, encoding: str) -> None:
    path = saved(tmp_path / "a.txt", hands.key_pairs(BANK).encode(encoding))

    check(encoding, read_here(path, "a.txt"), BANK)


def test_old_russian_text_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.txt", "1. Столица?\nА) Бухара\nБ) Ташкент\n\nОтветы: 1Б".encode("cp1251"))

    (draft,) = read_here(path).drafts

    assert (str(draft.text), draft.key) == ("Столица?", Single(1))


def test_a_pdf_with_its_key_is_read(tmp_path: Path) -> None:
    source = """#set page(width: 12cm)
#set text(font: "Libertinus Serif")
#for line in json(bytes(sys.inputs.lines)) [#line #linebreak()]"""
    (tmp_path / "a.typ").write_text(source)
    pdf = typst.compile(str(tmp_path / "a.typ"), sys_inputs={"lines": json.dumps(hands.key_lines(SINGLES).split("\n"))})
    path = saved(tmp_path / "a.pdf", bytes(pdf))

    test = read_here(path)

    check("PDF", test, SINGLES)
    assert test.format is TestFormat.KEYED


async def test_thirty_questions_of_a_word_file_are_there_at_once(tmp_path: Path) -> None:
    typed_lines(tmp_path / "a.docx", hands.starred(BANK[:30]))

    started = time.perf_counter()
    test = await ChildTestReader().read(tmp_path / "a.docx", "a.docx", UZ)
    seconds = time.perf_counter() - started

    print(f"30 questions in {seconds:.2f} s")
    assert len(test.drafts) == 30
    assert seconds < 10  # a fraction of one on an idle machine


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \n", ImportRefusal.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", ImportRefusal.ENCRYPTED),
        (b"%PDF-1.4 nothing", ImportRefusal.BROKEN),
        (b"PK\x03\x04 nothing", ImportRefusal.BROKEN),
        (b"\x00\x01\x02\x03", ImportRefusal.UNKNOWN),
    ],
)
async def test_what_is_no_test_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: ImportRefusal
) -> None:
    with pytest.raises(ParseRefused) as refused:
        await ChildTestReader().read(saved(tmp_path / "a", content), "a", UZ)

    assert refused.value.reason == reason


def test_a_formula_of_word_is_read(tmp_path: Path) -> None:
    document: Any = Document()
    paragraph = document.add_paragraph("? Hisoblang: ")
    half = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    square = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    paragraph._p.append(parse_xml(f'<m:oMath xmlns:m="{space}">{half}<m:r><m:t>+</m:t></m:r>{square}</m:oMath>'))
    document.add_paragraph("+ a")
    document.add_paragraph("- b")
    document.save(str(tmp_path / "a.docx"))

    (draft,) = read_here(tmp_path / "a.docx").drafts

    assert str(draft.text) == r"Hisoblang: $\frac{1}{2}+x^{2}$"
