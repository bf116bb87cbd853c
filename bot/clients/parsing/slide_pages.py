"""What the slides of a presentation say, in their order, with the speaker's notes. Runs in the child of `runner.py`.

A page is a slide. `check_archive` has looked through the container before.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from bot.clients.parsing.page_writer import PageWriter
from domain.courses.inspection import FileFault
from domain.files import ParseRefused
from domain.materials.model import MAX_PAGES, Unreadable

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DECK = "ppt/presentation.xml"
_TITLES = frozenset({"title", "ctrTitle"})
_DECORATION = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
"""Numbers, dates and footers are the same on each slide, and answer nothing."""


def read_slides(path: Path) -> dict[str, Any]:
    """Raises ParseRefused: BROKEN, OTHER_TYPE, NO_PAGES, TOO_MANY_PAGES, and what the writer raises."""
    writer = PageWriter(cuts=False)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if _DECK not in names:
                raise ParseRefused(FileFault.OTHER_TYPE)
            slides = list(_slides(archive, names))
            if not slides:
                raise ParseRefused(Unreadable.NO_PAGES)
            if len(slides) > MAX_PAGES:
                raise ParseRefused(Unreadable.TOO_MANY_PAGES)
            for slide in slides:
                _write(writer, archive, names, slide)
                writer.turn()
    except (ET.ParseError, zipfile.BadZipFile, KeyError) as error:
        raise ParseRefused(Unreadable.BROKEN) from error
    return writer.result()


def _slides(archive: zipfile.ZipFile, names: set[str]) -> Iterator[str]:
    """In the order in which they are shown, which is not that of their names."""
    targets = _relations(archive, names, _DECK)
    for slide in _root(archive, _DECK).iter(f"{_P}sldId"):
        _kind, target = targets.get(slide.get(f"{_R}id") or "", ("", ""))
        if target in names:
            yield target


def _write(writer: PageWriter, archive: zipfile.ZipFile, names: set[str], slide: str) -> None:
    root = _root(archive, slide)
    shapes = list(root.iter(f"{_P}sp"))
    for shape in shapes:
        if _placeholder(shape) in _TITLES:
            writer.write(" ".join(_paragraphs(shape)), level=1)
    tree = root.find(f"{_P}cSld/{_P}spTree")
    for shape in tree.iter() if tree is not None else ():
        if shape.tag == f"{_P}sp" and _placeholder(shape) not in _TITLES | _DECORATION:
            writer.write("\n".join(_paragraphs(shape)))
        elif shape.tag == f"{_A}tr":
            writer.write(" | ".join(" ".join(_paragraphs(cell)) for cell in shape.iter(f"{_A}tc")))
    for kind, target in _relations(archive, names, slide).values():
        if kind.endswith("/notesSlide") and target in names:
            for shape in _root(archive, target).iter(f"{_P}sp"):
                if _placeholder(shape) == "body":
                    writer.write("\n".join(_paragraphs(shape)))


def _placeholder(shape: ET.Element) -> str:
    """What the shape is for; a place for text without a name is the body."""
    place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return "" if place is None else place.get("type") or "body"


def _paragraphs(shape: ET.Element) -> list[str]:
    texts = ("".join(_said(paragraph)) for paragraph in shape.iter(f"{_A}p"))
    return [text for text in texts if text.strip()]


def _said(paragraph: ET.Element) -> Iterator[str]:
    for part in paragraph.iter():
        if part.tag == f"{_A}t":
            yield part.text or ""
        elif part.tag == f"{_A}br":
            yield "\n"


def _relations(archive: zipfile.ZipFile, names: set[str], part: str) -> dict[str, tuple[str, str]]:
    """Kind and target by id. Targets are told beside the part; what lies outside of the archive is no name of it."""
    folder, name = posixpath.split(part)
    place = f"{folder}/_rels/{name}.rels"
    if place not in names:
        return {}
    return {
        relation.get("Id") or "": (
            relation.get("Type") or "",
            posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or "")).lstrip("/"),
        )
        for relation in _root(archive, place).iter(_RELATION)
    }


def _root(archive: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(archive.read(name))  # noqa: S314 (no document types: the archive was looked through)
