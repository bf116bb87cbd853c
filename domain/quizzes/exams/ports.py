"""What exams need kept. Their plan follows from the quiz's settings by itself, in the schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.courses.model import LessonId
from domain.notifications.model import NoticeData, NoticeKind
from domain.quizzes.exams.model import Ability, AlikeQuestion, Board, Exam, ExamLine, ExamResult, ExamStage, Suspicion
from domain.quizzes.model import AttemptId, QuestionId, QuizId
from domain.quizzes.similarity import Lookalike
from domain.users.model import UserId

EXAM_JOB = "exam"
"""Payload: `quiz_id`. Does what is due of one exam, and enqueues itself for what comes next."""
JUDGE_EXAM_JOB = "judge_exam"
"""Payload: `quiz_id`. The Rasch table and the pairs that look alike, once it is closed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A student before the door of an exam."""

    exam: Exam
    is_ready: bool
    has_begun: bool


@dataclass(frozen=True, slots=True)
class ExamAnswer:
    """An answer of a closed exam."""

    attempt_id: AttemptId
    user_id: UserId
    question_id: QuestionId
    is_correct: bool
    choice: str | None
    """In a fixed spelling; None when it was not answered."""


class Exams(Protocol):
    async def due(self, now: datetime, limit: int) -> Sequence[QuizId]:
        """Exams of which something may have to be done, the longest waiting first."""
        ...

    async def lock(self, quiz_id: QuizId) -> Exam | None:
        """The exam, nobody else's until the transaction ends."""
        ...

    async def get(self, quiz_id: QuizId) -> Exam | None: ...

    async def of_lesson(self, lesson_id: LessonId) -> Exam | None: ...

    async def standing(self, user_id: UserId, lesson_id: LessonId) -> Standing | None: ...

    async def mine(self, user_id: UserId, limit: int) -> Sequence[ExamLine]:
        """Those that they were told of and those of the courses that they teach, the latest beginning first."""
        ...

    async def set_stage(
        self, quiz_id: QuizId, stage: ExamStage, next_at: datetime | None, *, ended_at: datetime | None = None
    ) -> None: ...

    async def wait(self, quiz_id: QuizId, next_at: datetime | None) -> None: ...

    async def note_announced(self, quiz_id: QuizId, plan: int, opens_at: datetime) -> None:
        """Its students know of this plan, and whoever was ready for an earlier one is not any more."""
        ...

    async def admit(self, quiz_id: QuizId) -> int:
        """Everybody who takes the course becomes a candidate, in the order of registration, and so does whoever sits
        the exam without having joined the course, which an open one allows; how many there are.

        The exam is locked.
        """
        ...

    async def be_ready(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> bool:
        """False when they were ready before. A new candidate gets the next number; the exam is locked."""
        ...

    async def note_told(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> bool:
        """It has reached them that the exam begins; the first time counts.

        The skew is measured by it while the exam is still `begun`, and not by those who asked for silence.
        """
        ...

    async def tell_candidates(
        self,
        quiz_id: QuizId,
        kind: NoticeKind,
        key: str,
        data: NoticeData,
        now: datetime,
        *,
        not_before: datetime | None = None,
        seed: str = "",
        only_writing: bool = False,
        only_finished: bool = False,
    ) -> int:
        """Tell all, those who are ready first and each group in an order that follows from `seed`; how many.

        One statement keeps the notices and one enqueues them; what was told under this key is not told again.
        """
        ...

    async def set_end(self, quiz_id: QuizId, closes_at: datetime, time_limit: timedelta | None) -> None:
        """In the quiz's settings, which the exam follows; nothing else of them changes. The exam is locked."""
        ...

    async def align_deadlines(self, quiz_id: QuizId, closes_at: datetime, time_limit: timedelta | None) -> int:
        """Attempts that are open end as these settings say; how many moved."""
        ...

    async def set_skew(self, quiz_id: QuizId, skew: timedelta) -> None: ...

    async def open_attempts(self, quiz_id: QuizId, limit: int) -> Sequence[tuple[UserId, AttemptId]]: ...

    async def board(self, lesson_id: LessonId) -> Board | None: ...

    async def results(self, quiz_id: QuizId, *, limit: int, offset: int) -> tuple[Sequence[ExamResult], int]:
        """By points, the best first; and how many there are."""
        ...

    async def suspicions(self, quiz_id: QuizId) -> Sequence[Suspicion]: ...

    async def alike(self, quiz_id: QuizId, suspicion: Suspicion) -> Sequence[AlikeQuestion]: ...

    async def answers(self, quiz_id: QuizId) -> Sequence[ExamAnswer]:
        """All of a closed exam, those of questions that were not reached as wrong."""
        ...

    async def keep_judgement(
        self, quiz_id: QuizId, abilities: Sequence[tuple[AttemptId, Ability]], lookalikes: Sequence[Lookalike]
    ) -> None:
        """In the place of what was kept before."""
        ...

    async def teachers(self, quiz_id: QuizId) -> Sequence[UserId]: ...
