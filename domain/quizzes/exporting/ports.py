"""What exports of tests need made, and how it looks on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.language import Language
from domain.quizzes.draft import QuestionDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperWords:
    """In the language of whoever prints."""

    name: str
    """Before the line for the student's name."""
    date: str
    key: str
    """Heading of the page with the answers."""
    true: str
    false: str


class PaperFailed(Exception):
    """It could not be printed."""


class PaperPress(Protocol):
    async def print_test(
        self, title: str, drafts: Sequence[QuestionDraft], language: Language, words: PaperWords
    ) -> tuple[bytes, bytes]:
        """Two PDFs: the questions without any answer, and the key. Raises PaperFailed."""
        ...
