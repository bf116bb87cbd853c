"""The lines and table rows of a Word file with a test.

What Word only draws is written out: the numbers and letters of automatic lists, formulas (as LaTeX between dollar
signs), and what stands out by its weight or colour (between the marks of `domain/quizzes/importing/sketch.py`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from domain.files import ParseRefused
from domain.quizzes.importing.imports import ImportRefusal
from domain.quizzes.importing.sketch import EMPHASIS_BEGINS, EMPHASIS_ENDS

MAX_BLOCKS = 60_000
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PLAIN_COLOURS = frozenset({"auto", "000000", "none"})
_OFF = frozenset({"0", "false", "none", "off"})
_ALPHABETS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
}
_PLACE = re.compile(r"%([1-9])")


def lines_and_rows(path: Path) -> tuple[str, list[list[str]]]:
    """All of it as lines, and the rows of its tables once more as rows."""
    document: Any = Document(str(path))
    lists = _Lists(document)
    lines: list[str] = []
    rows: list[list[str]] = []
    for element in document.element.body:
        if element.tag == qn("w:p"):
            lines.append(_line(element, lists))
        elif element.tag == qn("w:tbl"):
            for row in element.iter(qn("w:tr")):
                cells = [
                    "\n".join(_line(paragraph, lists) for paragraph in cell.iter(qn("w:p"))).strip()
                    for cell in row.findall(qn("w:tc"))
                ]
                rows.append(cells)
                lines.append("\t".join(filter(None, cells)))
        if len(lines) > MAX_BLOCKS:
            raise ParseRefused(ImportRefusal.TOO_HEAVY)
    return "\n".join(lines), rows


def _line(paragraph: Any, lists: "_Lists") -> str:
    pieces: list[str] = []
    is_open = False
    for text, stands_out in _stretches(paragraph):
        if stands_out != is_open and text.strip():
            pieces.append(EMPHASIS_BEGINS if stands_out else EMPHASIS_ENDS)
            is_open = stands_out
        pieces.append(text)
    if is_open:
        pieces.append(EMPHASIS_ENDS)
    text = "".join(pieces)
    return f"{lists.label(paragraph)}{text}" if text.strip() else ""


def _stretches(element: Any) -> Iterator[tuple[str, bool]]:
    """Text and whether it stands out, in order; what was deleted with changes being tracked is left out."""
    for child in element:
        if child.tag == qn("w:r"):
            yield "".join(map(_text_of, child)), _stands_out(child)
        elif child.tag == f"{_M}oMath":
            yield f"${_formula(child).strip()}$", False
        elif child.tag in (f"{_M}oMathPara", qn("w:hyperlink"), qn("w:ins"), qn("w:smartTag")):
            yield from _stretches(child)
        elif child.tag == qn("w:sdt"):
            content = child.find(qn("w:sdtContent"))
            if content is not None:
                yield from _stretches(content)


def _text_of(element: Any) -> str:
    if element.tag == qn("w:t"):
        return element.text or ""
    if element.tag == qn("w:tab"):
        return "\t"
    return "\n" if element.tag in (qn("w:br"), qn("w:cr")) else ""


def _stands_out(run: Any) -> bool:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    for name in ("w:b", "w:u", "w:highlight"):
        found = properties.find(qn(name))
        if found is not None and (found.get(qn("w:val")) or "1") not in _OFF:
            return True
    colour = properties.find(qn("w:color"))
    if colour is not None and (colour.get(qn("w:val")) or "auto").casefold() not in _PLAIN_COLOURS:
        return True
    shade = properties.find(qn("w:shd"))
    return shade is not None and (shade.get(qn("w:fill")) or "auto").casefold() not in {"auto", "ffffff"}


def _formula(element: Any) -> str:
    """LaTeX of what teachers use: fractions, powers, indexes, roots, brackets; of the rest the letters."""

    def part(name: str) -> str:
        found = element.find(f"{_M}{name}")
        return _formula(found) if found is not None else ""

    match element.tag.removeprefix(_M):
        case "t":
            return element.text or ""
        case "f":
            return rf"\frac{{{part('num')}}}{{{part('den')}}}"
        case "sSup":
            return f"{part('e')}^{{{part('sup')}}}"
        case "sSub":
            return f"{part('e')}_{{{part('sub')}}}"
        case "sSubSup":
            return f"{part('e')}_{{{part('sub')}}}^{{{part('sup')}}}"
        case "rad":
            degree = part("deg")
            return rf"\sqrt[{degree}]{{{part('e')}}}" if degree else rf"\sqrt{{{part('e')}}}"
        case "d":
            return f"({', '.join(_formula(child) for child in element.findall(f'{_M}e'))})"
        case _:
            return "".join(map(_formula, element))


class _Lists:
    """The counters of the document's automatic lists. Lists of one abstract list count together, as Word does it."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        """By abstract list and level: kind of number, its text (`%1.`), and where it starts."""
        self._abstract: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        self._styles: dict[str, Any] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for style in document.styles.element.findall(qn("w:style")):
            found = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if found is not None:
                self._styles[style.get(qn("w:styleId"))] = found
        for abstract in root.findall(qn("w:abstractNum")):
            self._levels[abstract.get(qn("w:abstractNumId"))] = {
                _whole(level.get(qn("w:ilvl"))): (
                    _value(level, "w:numFmt", "decimal"),
                    _value(level, "w:lvlText", "%1."),
                    _whole(_value(level, "w:start", "1")),
                )
                for level in abstract.findall(qn("w:lvl"))
            }
        for number in root.findall(qn("w:num")):
            name = number.get(qn("w:numId"))
            self._abstract[name] = _value(number, "w:abstractNumId", "")
            self._restarts[name] = {
                _whole(override.get(qn("w:ilvl"))): _whole(_value(override, "w:startOverride", "1"))
                for override in number.findall(qn("w:lvlOverride"))
                if override.find(qn("w:startOverride")) is not None
            }

    def label(self, paragraph: Any) -> str:
        """`3. `, `b) `, `• `, or nothing."""
        found = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if found is None:
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            found = self._styles.get(style.get(qn("w:val"))) if style is not None else None
        if found is None:
            return ""
        name, level = _value(found, "w:numId", "0"), _whole(_value(found, "w:ilvl", "0"))
        levels = self._levels.get(self._abstract.get(name, ""), {})
        if name == "0" or level not in levels:
            return ""
        kind, text, _start = levels[level]
        counts = self._count(name, level, levels)
        if kind == "bullet":
            return "• "
        if kind == "none":
            return ""
        return _PLACE.sub(lambda match: self._written(int(match[1]) - 1, levels, counts), text) + " "

    def _count(self, name: str, level: int, levels: dict[int, tuple[str, str, int]]) -> dict[int, int]:
        counts = self._counts[self._abstract[name]]
        if name not in self._begun:
            self._begun.add(name)
            for restarted, start in self._restarts[name].items():
                counts[restarted] = start - 1
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        return counts

    @staticmethod
    def _written(level: int, levels: dict[int, tuple[str, str, int]], counts: dict[int, int]) -> str:
        kind, _text, start = levels.get(level, ("decimal", "", 1))
        number = counts.get(level, start)
        alphabet = _ALPHABETS.get(kind)
        return alphabet[(number - 1) % len(alphabet)] if alphabet else str(number)


def _value(element: Any, name: str, default: str) -> str:
    found = element.find(qn(name))
    return (found.get(qn("w:val")) if found is not None else None) or default


def _whole(written: str | None) -> int:
    return int(written) if written and written.isdecimal() else 0
