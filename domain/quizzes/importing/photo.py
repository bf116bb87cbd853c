"""A printed test on a photo, read by a model that looks at pictures."""

from typing import Protocol

from domain.language import Language
from domain.quizzes.importing.model import ReadTest


class PhotoUnread(Exception):
    """The model did not answer, or twice with something that is no test."""


class PhotoReader(Protocol):
    async def read(self, image: bytes, mime: str, language: Language) -> ReadTest:
        """The questions on the photo; `language`: of what is read, for texts that do not tell. Raises PhotoUnread."""
        ...
