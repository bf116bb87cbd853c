"""Reads a file with a test in a child process: Word, Excel, CSV, PDF, or text of any of the formats."""

import asyncio
from pathlib import Path

from bot.clients.parsing.runner import LIMITS, Limits, run_limited
from domain.language import Language
from domain.quizzes.importing.import_encoding import test_of_data
from domain.quizzes.importing.model import ReadTest


class ChildTestReader:
    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits

    async def read(self, file: Path, name: str, language: Language) -> ReadTest:
        """Raises ParseRefused with an ImportRefusal or a FileFault."""
        data = await run_limited(
            "bot.clients.parsing.test_files:read", file, limits=self._limits, name=name, language=language.value
        )
        return await asyncio.to_thread(test_of_data, data)
