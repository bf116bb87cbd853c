"""What the rules about quizzes need kept: `Attempts` is what students do, `Questions` is what authors write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import CourseId, LessonId
from domain.language import Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.drawing import Candidate, Candidates
from domain.quizzes.keys import Response
from domain.quizzes.model import (
    Admission,
    AttemptId,
    Authorship,
    ClosedBy,
    Opening,
    Question,
    QuestionId,
    QuizId,
    ResultEntry,
    Score,
)
from domain.quizzes.settings import Face, Pool, QuizSettings
from domain.users.model import UserId

FINISHED_JOB = "attempt_finished"
"""Payload: `attempt_id`. Everything that follows from a finished attempt and need not be there with the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question of an attempt with its key: it stays on the server."""

    question: Question
    number: int
    """Counting from 1."""
    asked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    response: Response | None
    """In the kept order; None when its time was over."""
    is_correct: bool | None
    points: int
    answered_at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptState:
    """One attempt and the facts that decide what may be done in it."""

    id: AttemptId
    quiz_id: QuizId
    course_id: CourseId
    number: int
    lesson_id: LessonId
    lesson_title: Text
    settings: QuizSettings
    seed: int
    face: Face
    deadline_at: datetime | None
    total: int
    answered: int
    points: int
    max_points: int
    finished_at: datetime | None
    waiting: AskedQuestion | None
    """The question that waits for an answer; None when the attempt is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDoor:
    """What one statement sees when an answer comes."""

    admission: Admission
    state: AttemptState
    asked: AskedQuestion | None
    """The question that the answer is for, if it is one of the attempt's."""
    given: GivenAnswer | None
    """The answer that is stored for it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An answer on its way into the attempt; `points` in hundredths."""

    response: Response | None
    is_correct: bool | None
    """None: a teacher has to mark it."""
    points: int
    seconds: int | None
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedAttempt:
    """Everything that a result is made of."""

    id: AttemptId
    number: int
    quiz_id: QuizId
    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    settings: QuizSettings
    pass_percent: int | None
    seed: int
    score: Score
    waiting: int
    finished_count: int
    """Of this student's attempts at this quiz."""
    has_open_attempt: bool
    started_at: datetime
    finished_at: datetime
    closed_by: ClosedBy
    answers: Sequence[tuple[Question, int, GivenAnswer | None]]
    """Question, its number, and what was answered."""
    next_lesson_id: LessonId | None


class Attempts(Protocol):
    """Everything is found by attempt and student together: a foreign attempt looks like none."""

    async def opening(self, user_id: UserId, lesson_id: LessonId) -> Opening | None:
        """What somebody finds at the quiz of the lesson; None when there is no such lesson."""
        ...

    async def candidates(self, quiz_id: QuizId, pools: Sequence[Pool], seed: int) -> Candidates:
        """The questions in use that an attempt may get; those of pools in an order that follows from the seed."""
        ...

    async def start(
        self,
        user_id: UserId,
        quiz_id: QuizId,
        questions: Sequence[Candidate],
        now: datetime,
        *,
        seed: int,
        face: Face,
        deadline_at: datetime | None,
        max_attempts: int | None,
    ) -> AttemptId | None:
        """A new attempt with these questions.

        None when one is open already or all attempts are used, also when another connection was a moment faster: both
        are unique in the schema.
        """
        ...

    async def open_attempt(self, user_id: UserId, quiz_id: QuizId) -> AttemptId | None: ...

    async def attempt(
        self, user_id: UserId, attempt_id: AttemptId, now: datetime
    ) -> tuple[Admission, AttemptState] | None:
        """The attempt with the question that waits; if the lesson is open, that one counts as asked from now on."""
        ...

    async def answer_door(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, now: datetime
    ) -> AnswerDoor | None:
        """None when there is no such attempt of this student."""
        ...

    async def store(
        self,
        user_id: UserId,
        attempt_id: AttemptId,
        question_id: QuestionId,
        marked: Marked,
        *,
        answered_before: int,
        finishes: bool,
    ) -> bool:
        """Store the answer and count it, and finish the attempt if it was the last.

        One atomic statement. False, with nothing changed, when the attempt is not where `answered_before` says: the
        first answer to a question stays for ever.
        """
        ...

    async def close(self, user_id: UserId, attempt_id: AttemptId, at: datetime, by: ClosedBy) -> bool:
        """End an open attempt with what was answered; False when it is not open any more."""
        ...

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[UserId, AttemptId, datetime]]:
        """Open attempts whose deadline is before that moment, with their deadlines."""
        ...

    async def finished(self, user_id: UserId, attempt_id: AttemptId) -> FinishedAttempt | None:
        """None unless the attempt is finished."""
        ...

    async def results(self, user_id: UserId, *, limit: int, offset: int) -> tuple[Sequence[ResultEntry], int]:
        """Attempts, open ones first, then the newest first; and how many there are in all (0 on an empty page)."""
        ...

    async def lesson_of(self, user_id: UserId, attempt_id: AttemptId) -> LessonId | None: ...

    async def note_poll(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, poll_id: str, message_id: int
    ) -> bool:
        """The native poll that shows a question that was asked; False when another one does already."""
        ...

    async def asked_by_poll(self, poll_id: str) -> tuple[UserId, AttemptId, QuestionId] | None:
        """Whose attempt and which question a poll is about."""
        ...

    async def poll_of(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> tuple[str, int] | None:
        """The poll and the message that show the question, if any do."""
        ...


class Questions(Protocol):
    """Questions are never removed or changed, only retired: attempts keep what they began with."""

    async def authorship(self, actor_id: UserId, lesson_id: LessonId) -> Authorship | None: ...
    async def authorship_of(self, actor_id: UserId, question_id: QuestionId) -> Authorship | None:
        """None when the question is not there or retired."""
        ...

    async def questions(self, lesson_id: LessonId) -> Sequence[Question]:
        """The quiz's own questions, in their order; what its pools hold is in banks."""
        ...

    async def add_question(
        self, actor_id: UserId, lesson_id: LessonId, draft: QuestionDraft, now: datetime, *, limit: int
    ) -> Question | None:
        """Behind the quiz's last question; the first one makes the quiz. None when there are `limit` questions."""
        ...

    async def replace_question(
        self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft, now: datetime
    ) -> Question | None:
        """Retire the question and put its next version into its place; None when somebody was faster."""
        ...

    async def retire_question(self, question_id: QuestionId, now: datetime) -> bool: ...


class Quizzes(Attempts, Questions, Protocol):
    """Both sides of a quiz, on one connection."""
