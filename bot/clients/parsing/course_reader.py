"""The domain's `CourseFiles`: looks into a course's file in a child process, and unpacks what was looked at."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.clients.parsing.course_files import folder_of, packed_files
from bot.clients.parsing.runner import LIMITS, Limits, run_limited
from domain.courses.inspection import MAX_UNPACKED


class ChildCourseFiles:
    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits

    async def read(self, file: Path, *, language: str, only_word: bool, name: str = "") -> Mapping[str, Any]:
        takes = "word" if only_word else "any"
        return await run_limited(
            "bot.clients.parsing.course_files:read",
            file,
            limits=self._limits,
            language=language,
            takes=takes,
            name=name,
        )

    def unpack(self, file: Path, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The child has read all of it before: what is larger than it said ends the reading here, too."""
        wanted = set(paths)
        with zipfile.ZipFile(file) as archive:
            folder = folder_of(archive.namelist()) or ""
            for path, entry in packed_files(archive, folder):
                if path not in wanted:
                    continue
                with archive.open(entry) as content:
                    yield path, content.read(min(entry.file_size, MAX_UNPACKED))
