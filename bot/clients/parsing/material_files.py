"""What is written in somebody's file, page by page. Runs in the child of `runner.py`."""

import codecs
import re
from pathlib import Path, PurePosixPath
from typing import Any

from bot.clients.parsing.documents import inspect
from bot.clients.parsing.page_writer import PageWriter
from domain.courses.inspection import FileFault
from domain.files import ParseRefused
from domain.materials.model import IMAGES, MAX_PAGES, Unreadable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a document with a password begins, and every file of the Office of the nineties."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_LOCKED_WITHIN = 4 * 1024 * 1024
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_BINARY = frozenset("\0\1\2\3\4\5\6")
_HYPHEN_AT_THE_END = re.compile("[\ufffe\u00ad]\r?\n")
"""As pdfium writes a word that goes on in the next line."""


def read(path: Path, *, name: str) -> dict[str, Any]:
    """`pages`: number, text, headings as level, title, start; `is_picture`.

    Raises ParseRefused with an Unreadable, or a FileFault of `inspect`.
    """
    suffix = PurePosixPath(name.casefold()).suffix
    with path.open("rb") as file:
        head = file.read(_LOCKED_WITHIN)
    if head.startswith(_OLE) and suffix not in IMAGES:
        raise ParseRefused(Unreadable.ENCRYPTED if _LOCKED in head else Unreadable.OLD_OFFICE)
    found = inspect(path, name=name, mime="")
    match suffix:
        case ".pdf":
            return _pdf(path)
        case ".docx":
            # Each of the readers takes its time and memory: only the one that is needed is loaded.
            from bot.clients.parsing.word_pages import read_word

            return read_word(path)
        case ".pptx":
            from bot.clients.parsing.slide_pages import read_slides

            return read_slides(path)
        case ".txt" | ".md" | ".markdown":
            if found["mime"] == "application/pdf":
                raise ParseRefused(FileFault.OTHER_TYPE)
            return _text(path, is_markdown=suffix != ".txt")
        case _ if suffix in IMAGES:
            writer = PageWriter(cuts=False)
            writer.turn()
            return writer.result(is_picture=True)
        case _:
            raise ParseRefused(Unreadable.NO_FORMAT)


def _pdf(path: Path) -> dict[str, Any]:
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    writer = PageWriter(cuts=False)
    try:
        document = pypdfium2.PdfDocument(path)
        if len(document) > MAX_PAGES:
            raise ParseRefused(Unreadable.TOO_MANY_PAGES)
        chapters = _chapters(document)
        for index in range(len(document)):
            page = document[index]
            text_page = page.get_textpage()
            writer.write(_HYPHEN_AT_THE_END.sub("", text_page.get_text_bounded()))
            text_page.close()
            page.close()
            for level, title in chapters.get(index, ()):
                writer.begin(level, title)
            writer.turn()
        document.close()
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == FPDF_ERR_PASSWORD
        raise ParseRefused(Unreadable.ENCRYPTED if is_locked else Unreadable.BROKEN) from error
    return writer.result()


def _chapters(document: Any) -> dict[int, list[tuple[int, str]]]:
    """By the page's index, what the file's own table of contents says."""
    chapters: dict[int, list[tuple[int, str]]] = {}
    for count, mark in enumerate(document.get_toc()):
        if count >= MAX_PAGES:
            break
        target = mark.get_dest()
        index = target.get_index() if target is not None else None
        if index is not None:
            chapters.setdefault(index, []).append((mark.level + 1, mark.get_title()))
    return chapters


def _text(path: Path, *, is_markdown: bool) -> dict[str, Any]:
    writer = PageWriter(cuts=True)
    held: list[str] = []
    is_code = False

    def close() -> None:
        writer.write("\n".join(held))
        held.clear()

    for line in _decoded(path.read_bytes()).splitlines():
        is_code ^= bool(_FENCE.match(line))
        heading = _HEADING.match(line) if is_markdown and not is_code else None
        if heading is not None:
            close()
            writer.write(heading[2], level=len(heading[1]))
        elif line.strip() or is_code:
            held.append(line)
        else:
            close()
    close()
    return writer.result()


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or the code page of Cyrillic Windows."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _BINARY & set(text):
            return text
    raise ParseRefused(FileFault.OTHER_TYPE)
