"""What the card of a quiz and the marks of a teacher need kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import LessonId
from domain.quizzes.card_model import MarkEntry, SettingsFacts, Sheet
from domain.quizzes.model import AttemptId, QuestionId, QuizId
from domain.quizzes.settings import Pool, QuizSettings
from domain.users.model import UserId


class SettingsBook(Protocol):
    async def facts(self, lesson_id: LessonId) -> SettingsFacts | None: ...
    async def available(self, pools: Sequence[Pool]) -> Sequence[int]:
        """How many questions in use each pool could draw from."""
        ...

    async def lock_settings(self, lesson_id: LessonId, now: datetime) -> QuizSettings:
        """The settings, locked until the commit; a quiz that is not there yet is made."""
        ...

    async def set_settings(self, lesson_id: LessonId, settings: QuizSettings) -> QuizId: ...

    async def is_taken(self, lesson_id: LessonId, since: datetime | None) -> bool:
        """Whether somebody has begun an attempt at the lesson's quiz, since then or ever."""
        ...


class MarkBook(Protocol):
    async def teaches(self, actor_id: UserId) -> bool:
        """Whether they are a teacher or an admin now."""
        ...

    async def waiting(
        self, actor_id: UserId, after: tuple[datetime, AttemptId, QuestionId] | None, limit: int
    ) -> Sequence[MarkEntry]:
        """Answers of finished attempts that wait for a mark, in courses that the actor teaches; the oldest first."""
        ...

    async def sheet(self, attempt_id: AttemptId, question_id: QuestionId) -> Sheet | None:
        """An essay that was answered in a finished attempt."""
        ...

    async def mark(
        self,
        attempt_id: AttemptId,
        question_id: QuestionId,
        *,
        seen: datetime | None,
        by: UserId | None,
        points: int,
        is_correct: bool | None,
        comment: str | None,
        now: datetime,
    ) -> int | None:
        """Set the mark (`by` None: take it away) if it is still the one that was `seen`, the attempt's counters with
        it in one statement. How many answers of the attempt wait now; None when somebody was faster."""
        ...
