"""What a Word document says, page by page as Word itself cut it when it was saved. Runs in the child of `runner.py`.

Read from the XML: python-docx knows no pages. `check_archive` has looked through the container before, so nothing in it
unpacks to too much, and no document type makes a parser load something.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from bot.clients.parsing.page_writer import PageWriter
from domain.courses.inspection import FileFault
from domain.files import ParseRefused
from domain.materials.model import Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_BREAK = "\f"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HIDDEN = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", _FALLBACK})
"""What was crossed out, the formulas of fields, and what is there a second time for an older Word."""
_TITLES = {"title": 1}


def read_word(path: Path) -> dict[str, Any]:
    """Raises ParseRefused: BROKEN, OTHER_TYPE, and what the writer raises."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "word/document.xml" not in names:
                raise ParseRefused(FileFault.OTHER_TYPE)
            styles = _heading_styles(archive.read("word/styles.xml")) if "word/styles.xml" in names else {}
            root = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314 (no document types, see above)
    except (ET.ParseError, zipfile.BadZipFile, KeyError) as error:
        raise ParseRefused(Unreadable.BROKEN) from error
    body = root.find(f"{_W}body")
    if body is None:
        raise ParseRefused(Unreadable.BROKEN)
    has_pages = next(body.iter(f"{_W}lastRenderedPageBreak"), None) is not None
    writer = PageWriter(cuts=not has_pages)
    for level, text in _blocks(body, styles):
        for number, piece in enumerate(text.split(_BREAK)):
            if number:
                writer.turn()
            writer.write(piece, level=level)
    return writer.result()


def _heading_styles(raw: bytes) -> dict[str, int]:
    """Levels by the ids of styles, which are named in the language of the Word that wrote them."""
    levels: dict[str, int] = {}
    for style in ET.fromstring(raw).iter(f"{_W}style"):  # noqa: S314 (no document types, see above)
        name = style.find(f"{_W}name")
        said = (name.get(f"{_W}val") or "").casefold() if name is not None else ""
        _heading, _space, level = said.partition("heading ")
        if said.startswith("heading ") and level.isdigit():
            levels[style.get(f"{_W}styleId") or ""] = int(level)
        elif said in _TITLES:
            levels[style.get(f"{_W}styleId") or ""] = _TITLES[said]
    return levels


def _blocks(body: ET.Element, styles: dict[str, int]) -> Iterator[tuple[int | None, str]]:
    for block in body:
        if block.tag == f"{_W}p":
            yield _level(block, styles), _words(block)
        elif block.tag == f"{_W}tbl":
            yield None, _table(block)
        elif block.tag == f"{_W}sdt":
            content = block.find(f"{_W}sdtContent")
            if content is not None:
                yield from _blocks(content, styles)


def _level(paragraph: ET.Element, styles: dict[str, int]) -> int | None:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return None if style is None else styles.get(style.get(f"{_W}val") or "")


def _table(table: ET.Element) -> str:
    return "\n".join(
        " | ".join(" ".join(_words(cell).replace(_BREAK, " ").split()) for cell in row.iter(f"{_W}tc"))
        for row in table.iter(f"{_W}tr")
    )


def _words(element: ET.Element) -> str:
    """With a form feed where a page ends."""
    return "".join(_said(element))


def _said(element: ET.Element) -> Iterator[str]:
    for child in element:
        match child.tag:
            case tag if tag in _HIDDEN:
                continue
            case tag if tag in (f"{_W}t", f"{_M}t"):
                yield child.text or ""
            case tag if tag == f"{_W}tab":
                yield "\t"
            case tag if tag == f"{_W}br":
                # Where Word cut the page at this break it says so by a mark of its own.
                yield "\n"
            case tag if tag == f"{_W}lastRenderedPageBreak":
                yield _BREAK
            case tag if tag == f"{_W}p":
                yield from _said(child)
                yield "\n"
            case _:
                yield from _said(child)
