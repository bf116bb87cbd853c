"""What comparing results needs to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.language import Text
from domain.quizzes.model import AttemptId, Score
from domain.quizzes.settings import QuizSettings
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One attempt among the other students of its quiz, each counted once, with their best."""

    settings: QuizSettings
    others: int
    worse: int
    """Others whose best is below this attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastResult:
    attempt_id: AttemptId
    lesson_title: Text
    score: Score
    finished_at: datetime
    settings: QuizSettings


class Insights(Protocol):
    async def standing(self, user_id: UserId, attempt_id: AttemptId, sample: int) -> Standing | None:
        """None unless the attempt is this student's, finished and marked."""
        ...

    async def past_results(self, user_id: UserId, limit: int) -> Sequence[PastResult]:
        """The newest finished and marked attempts, oldest first."""
        ...
