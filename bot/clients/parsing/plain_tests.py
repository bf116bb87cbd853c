"""The lines of a test in a Word or text file, read in the child process."""

import asyncio
from pathlib import Path
from typing import Any

from bot.clients.parsing.archives import check_archive
from bot.clients.parsing.runner import LIMITS, Limits, run_limited
from domain.files import ParseRefused
from domain.language import Language
from domain.quizzes.importing.imports import ImportRefusal
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.importing.plain_signs import read_signs

MAX_CHARACTERS = 8_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a document with a password begins, and every file of the Office of the nineties."""


class PlainTestReader:
    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits

    async def read(self, file: Path, name: str, language: Language) -> ReadTest:
        """Raises ParseRefused with an ImportRefusal or a FileFault."""
        found = await run_limited("bot.clients.parsing.plain_tests:lines", file, limits=self._limits)
        return await asyncio.to_thread(read_signs, found["text"], language)


def lines(path: Path) -> dict[str, Any]:
    """`text`: the paragraphs of a Word document, one a line, or the text of a text file."""
    content = path.read_bytes()
    if not content.strip():
        raise ParseRefused(ImportRefusal.EMPTY)
    if content.startswith(_OLE):
        raise ParseRefused(ImportRefusal.ENCRYPTED)
    text = _word(path) if content.startswith(b"PK") else _text(content)
    if len(text) > MAX_CHARACTERS:
        raise ParseRefused(ImportRefusal.TOO_HEAVY)
    return {"text": text}


def _word(path: Path) -> str:
    if "word/document.xml" not in check_archive(path):
        raise ParseRefused(ImportRefusal.UNKNOWN)
    # The library takes its time and memory: only a Word file loads it.
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ParseRefused(ImportRefusal.UNKNOWN)
