"""What the list of an exam's students needs kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.quizzes.model import QuizId
from domain.users.model import UserId

Place = tuple[str, int]
"""Where a page ends: name and id of its last student."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    user_id: UserId
    name: str
    is_ready: bool
    answered: int
    total: int
    """Questions of their attempt; 0: they have not begun."""
    finished_at: datetime | None

    @property
    def has_begun(self) -> bool:
        return self.total > 0


class Rosters(Protocol):
    async def page(self, quiz_id: QuizId, after: Place | None, limit: int, *, only_missing: bool) -> Sequence[Sitter]:
        """Candidates who still take the course, and whoever has begun, by name."""
        ...
