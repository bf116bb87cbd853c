"""A Word syllabus as the sheets of a course: headings and lists become lessons, what is below them their texts."""

from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from bot.clients.parsing.word_markdown import plain_text, table_in_markdown, written_in_markdown
from domain.courses.exchange.cells import to_cell
from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.tables import COURSE, LESSONS, PARTS
from domain.courses.model import MAX_DESCRIPTION, MAX_TEXT, MAX_TITLE
from domain.files import ParseRefused

MAX_BLOCKS = 20_000
"""Paragraphs and tables of one document."""
MAX_CHARACTERS = 1_000_000
_PIECE = MAX_TEXT - 2_000


@dataclass(slots=True)
class _Lesson:
    title: str
    blocks: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class _Section:
    title: str
    lessons: list[_Lesson] = field(default_factory=list[_Lesson])
    preface: list[str] = field(default_factory=list[str])
    """What stands before its first lesson."""
    has_headed_lessons: bool = False


@dataclass(slots=True)
class _Block:
    """A paragraph or a table."""

    text: str
    markdown: str
    heading: int = 0
    """1 to 9; 0: none."""
    is_title: bool = False
    list_level: int | None = None
    is_numbered: bool = False


def read_syllabus(path: Path, language: str, name: str) -> dict[str, Any]:
    document = Document(str(path))
    blocks = list(_blocks(document))
    if not any(block.text for block in blocks):
        raise ParseRefused(Refusal.EMPTY)
    title, rest = _title_of(document, blocks)
    # Whoever gave the document no title has given the file one.
    title = title or PurePath(name).stem
    sections, about = _outline(rest, title)
    return _sheets(title, about, sections, language)


def _blocks(document: WordDocument) -> list[_Block]:
    blocks: list[_Block] = []
    formats = _list_formats(document)
    characters = 0
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            markdown = table_in_markdown(item)
            block = _Block(text=markdown, markdown=markdown)
        else:
            block = _block(item, formats)
        characters += len(block.markdown)
        if len(blocks) >= MAX_BLOCKS or characters > MAX_CHARACTERS:
            raise ParseRefused(Refusal.TOO_MUCH)
        if block.text:
            blocks.append(block)
    return blocks


def _block(paragraph: Paragraph, formats: dict[tuple[str, int], str]) -> _Block:
    text = " ".join(plain_text(paragraph).split())
    style = ((paragraph.style.name if paragraph.style else None) or "").casefold()
    number = style.removeprefix("heading ")
    heading = int(number) if style.startswith("heading ") and number.isdigit() else 0
    block = _Block(text=text, markdown="", heading=heading, is_title=style == "title")
    if not heading and text:
        _number_list(paragraph, style, text, block, formats)
    block.markdown = written_in_markdown(paragraph, block.list_level, is_numbered=block.is_numbered)
    return block


def _number_list(
    paragraph: Paragraph, style: str, text: str, block: _Block, formats: dict[tuple[str, int], str]
) -> None:
    """Whether the line belongs to a list: by its numbering, its style, or a number that was typed."""
    found = _numbering_of(paragraph)
    if found is not None:
        block.list_level = found[1]
        block.is_numbered = formats.get(found, "decimal") not in ("bullet", "none")
    elif style.startswith(("list bullet", "list number")):
        level = style.rpartition(" ")[2]
        block.list_level = int(level) - 1 if level.isdigit() else 0
        block.is_numbered = style.startswith("list number")
    else:
        digits = len(text) - len(text.lstrip("0123456789"))
        if 0 < digits <= 3 and text[digits : digits + 1] in (".", ")") and text[digits + 1 :].strip():
            block.list_level, block.is_numbered = 0, True
            block.text = text[digits + 1 :].strip()


def _numbering_of(paragraph: Paragraph) -> tuple[str, int] | None:
    """The list that the paragraph, or its style, is numbered by, and its level."""
    style: Any = paragraph.style
    for element in (paragraph._p, style.element if style is not None else None):  # noqa: SLF001 (the library has no door)
        numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") if element is not None else None
        if numbering is None:
            continue
        number, level = numbering.find(qn("w:numId")), numbering.find(qn("w:ilvl"))
        if number is None or number.get(qn("w:val")) == "0":
            return None
        written = level.get(qn("w:val")) if level is not None else "0"
        return number.get(qn("w:val")), int(written) if written and written.isdigit() else 0
    return None


def _list_formats(document: WordDocument) -> dict[tuple[str, int], str]:
    """By list and level: `bullet`, `decimal`, `lowerLetter`…"""
    try:
        root: Any = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    value = qn("w:val")
    levels: dict[str, dict[int, str]] = {}
    for abstract in root.findall(qn("w:abstractNum")):
        levels[abstract.get(qn("w:abstractNumId"))] = {
            int(level.get(qn("w:ilvl"))): kind.get(value)
            for level in abstract.findall(qn("w:lvl"))
            if (kind := level.find(qn("w:numFmt"))) is not None
        }
    formats: dict[tuple[str, int], str] = {}
    for number in root.findall(qn("w:num")):
        abstract = number.find(qn("w:abstractNumId"))
        for level, kind in levels.get(abstract.get(value) if abstract is not None else "", {}).items():
            formats[number.get(qn("w:numId")), level] = kind
    return formats


def _title_of(document: WordDocument, blocks: list[_Block]) -> tuple[str | None, list[_Block]]:
    """The line in the style Title; else the only Heading 1, if lessons are below it; else what the file says of
    itself."""
    for place, block in enumerate(blocks):
        if block.is_title:
            return block.text, [*blocks[:place], *blocks[place + 1 :]]
    firsts = [block for block in blocks if block.heading == 1]
    if len(firsts) == 1 and blocks[0] is firsts[0] and any(block.heading == 2 for block in blocks):
        return firsts[0].text, blocks
    told = " ".join((document.core_properties.title or "").split())
    # What Word itself calls a new file is nobody's title.
    if told and told.casefold() not in ("word document", "document", "документ microsoft word"):
        return told, blocks
    return (firsts[0].text if firsts else None), blocks


def _outline(blocks: list[_Block], title: str) -> tuple[list[_Section], list[str]]:
    """Sections with their lessons, and what stands before all of them."""
    has_headings = any(block.heading in (1, 2) for block in blocks)
    has_numbers = any(block.is_numbered and block.list_level == 0 for block in blocks)
    about: list[str] = []
    sections: list[_Section] = []
    for block in blocks:
        if block.heading == 1:
            sections.append(_Section(block.text))
        elif block.heading == 2 or _is_listed_lesson(block, sections, has_headings, has_numbers):
            if not sections:
                sections.append(_Section(title or block.text))
            sections[-1].lessons.append(_Lesson(block.text))
            sections[-1].has_headed_lessons |= block.heading == 2
        elif not sections:
            about.append(block.markdown)
        elif sections[-1].lessons:
            sections[-1].lessons[-1].blocks.append(block.markdown)
        else:
            sections[-1].preface.append(block.markdown)
    has_lessons = any(section.lessons for section in sections)
    for section in sections:
        # Where only the largest headings were used, each is a lesson.
        if not section.lessons and (section.preface or not has_lessons):
            section.lessons.append(_Lesson(section.title))
        if section.preface:
            section.lessons[0].blocks = [*section.preface, *section.lessons[0].blocks]
    return sections, about


def _is_listed_lesson(block: _Block, sections: list[_Section], has_headings: bool, has_numbers: bool) -> bool:
    """Below a heading of a section each line of a list is a lesson, until lessons have headings of their own; with no
    headings at all each numbered line is one, or each bullet where nothing is numbered."""
    if block.list_level != 0:
        return False
    if has_headings:
        return bool(sections) and not sections[-1].has_headed_lessons
    return block.is_numbered or not has_numbers


def _sheets(title: str, about: list[str], sections: list[_Section], language: str) -> dict[str, Any]:
    lessons: list[tuple[int, list[str]]] = []
    parts: list[tuple[int, list[str]]] = []
    number = 0
    for section in sections:
        lessons.append((len(lessons) + 2, ["", to_cell(_cut(section.title, MAX_TITLE)), "", "", "", ""]))
        for lesson in section.lessons:
            number += 1
            lessons.append((len(lessons) + 2, [str(number), "", to_cell(_cut(lesson.title, MAX_TITLE)), "", "", ""]))
            # What does not fit into a title is not lost.
            blocks = [lesson.title, *lesson.blocks] if len(lesson.title) > MAX_TITLE else lesson.blocks
            parts.extend((0, [str(number), "text", to_cell(text)]) for text in _pieces(blocks))
    described = _cut("\n\n".join(about), MAX_DESCRIPTION)
    return {
        COURSE: {
            "columns": ["key", "value", language],
            "rows": [
                (2, ["title", "", to_cell(_cut(title, MAX_TITLE))]),
                (3, ["language", language, ""]),
                (4, ["description", "", to_cell(described)]),
            ],
        },
        LESSONS: {"columns": ["number", f"section_{language}", f"title_{language}"], "rows": lessons},
        PARTS: {
            "columns": ["lesson", "kind", f"text_{language}"],
            "rows": [(place, cells) for place, (_row, cells) in enumerate(parts, start=2)],
        },
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _pieces(blocks: list[str]) -> list[str]:
    """The blocks as texts that a part may have, cut between two of them wherever that is possible."""
    texts: list[str] = []
    begun = ""
    for block in blocks:
        separator = "\n" if _is_line_of_list(block) and _is_line_of_list(begun.rpartition("\n")[2]) else "\n\n"
        for start in range(0, len(block), _PIECE):
            piece = block[start : start + _PIECE]
            joined = f"{begun}{separator}{piece}" if begun else piece
            if len(joined) > _PIECE:
                texts.append(begun)
                joined = piece
            begun = joined
    if begun:
        texts.append(begun)
    return [text for text in texts if text.strip()]


def _is_line_of_list(line: str) -> bool:
    return line.lstrip().startswith(("- ", "1. "))
