"""What the results and the statistics of a quiz need kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import LessonId
from domain.language import Text
from domain.quizzes.items import Item
from domain.quizzes.keys import Response
from domain.quizzes.model import AttemptId, Question, QuizId, Score
from domain.quizzes.rasch import Calibration
from domain.quizzes.settings import QuizSettings
from domain.users.model import UserId

CALIBRATE_JOB = "calibrate_quiz"
"""Payload: `quiz_id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizFacts:
    quiz_id: QuizId | None
    """None while nobody has written a question."""
    lesson_title: Text
    folded: int
    """First attempts that the statistics hold."""
    calibration: Calibration | None
    settings: QuizSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """A finished attempt in the teacher's table."""

    id: AttemptId
    student_id: UserId
    student: str
    number: int
    score: Score
    waiting: int
    started_at: datetime
    finished_at: datetime
    seconds: int
    """From its start to its end, as the student sees it."""
    marks: Mapping[int, bool]
    """By question, whether it was right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """One answer, as the workbook has it."""

    attempt_id: AttemptId
    student_id: UserId
    student: str
    attempt_number: int
    question: Question
    response: Response | None
    is_correct: bool | None
    points: int
    """Hundredths."""
    seconds: int | None
    answered_at: datetime


class QuizStatistics(Protocol):
    async def claim(self, limit: int) -> Sequence[AttemptId]:
        """Finished first attempts that are not counted yet, locked until the end of the transaction."""
        ...

    async def fold(self, attempt_ids: Sequence[AttemptId], now: datetime) -> Sequence[QuizId]:
        """Count the attempts that are not counted yet; the quizzes that they are of."""
        ...

    async def facts(self, lesson_id: LessonId) -> QuizFacts | None: ...

    async def facts_of(self, quiz_id: QuizId) -> tuple[int, int]:
        """How many first attempts are counted, and how many the scale was calibrated with (0: there is none)."""
        ...

    async def items(self, quiz_id: QuizId) -> Sequence[Item]: ...

    async def attempts(self, quiz_id: QuizId, before: AttemptId | None, limit: int) -> Sequence[AttemptLine]:
        """Finished attempts, the newest first."""
        ...

    async def marks(self, quiz_id: QuizId, limit: int) -> Sequence[Mapping[int, bool]]:
        """Of the latest counted first attempts, by question whether it was right."""
        ...

    async def keep_scale(self, quiz_id: QuizId, calibration: Calibration, people: int, now: datetime) -> None:
        """`people`: first attempts that were counted then."""
        ...

    async def raw_answers(self, quiz_id: QuizId, after: AttemptId, limit: int) -> Sequence[RawAnswer]:
        """All answers of the next `limit` finished attempts, in their order."""
        ...
