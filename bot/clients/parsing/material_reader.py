"""The domain's `FileReader`: reads materials, and draws their pages, in a child process."""

import asyncio
import base64
from pathlib import Path, PurePosixPath
from typing import Any

from bot.clients.parsing.runner import LIMITS, Limits, run_limited
from domain.files import ParseRefused
from domain.materials.model import Heading, Page, ReadFile, Unreadable


class ChildMaterialReader:
    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits

    async def read(self, file: Path, name: str) -> ReadFile:
        data = await run_limited("bot.clients.parsing.material_files:read", file, limits=self._limits, name=name)
        return await asyncio.to_thread(_read_file, data)

    async def picture(self, file: Path, name: str, page: int, passage: str = "") -> bytes:
        """Raises ParseRefused: NO_FORMAT for what has no look of its own."""
        if PurePosixPath(name.casefold()).suffix != ".pdf":
            raise ParseRefused(Unreadable.NO_FORMAT)
        data = await run_limited(
            "bot.clients.parsing.page_pictures:picture", file, limits=self._limits, page=page, passage=passage
        )
        return base64.b64decode(data["png"])


def _read_file(data: dict[str, Any]) -> ReadFile:
    return ReadFile(
        pages=[
            Page(
                number=number,
                text=text,
                headings=tuple(Heading(level=level, title=title, start=start) for level, title, start in headings),
            )
            for number, text, headings in data["pages"]
        ],
        is_picture=data["is_picture"],
    )
