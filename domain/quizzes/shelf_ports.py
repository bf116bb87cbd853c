"""Questions taken off their shelf: out into a file, or over to another quiz or bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.quizzes.importing.imports import Target
from domain.quizzes.model import Question, QuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a quiz or a bank holds, as far as it matters to whoever takes it away."""

    count: int
    """Questions in use."""
    pictures: int
    """Those with a picture, which no file holds."""
    translated: int
    """Those in several languages, of which a file has one."""
    orderings: int
    drawn: int
    """Questions that a quiz draws from banks, besides its own."""


class QuestionShelf(Protocol):
    """The shelf is the quiz of a lesson, or a bank."""

    async def contents(self, place: Target) -> Contents: ...

    async def following(self, place: Target, after: Question | None, limit: int) -> Sequence[Question]:
        """Those in use, in their order (in a bank: the oldest first), from behind `after` on."""
        ...

    async def chosen(self, place: Target, question_ids: Sequence[QuestionId]) -> Sequence[Question]:
        """Those of them that are there and in use, in their order there."""
        ...

    async def retire(self, place: Target, question_ids: Sequence[QuestionId], now: datetime) -> int:
        """Take those of them that are there out of use; how many."""
        ...
