"""What the rules about quizzes need kept: `Attempts` is what students do, `Questions` is what authors write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import LessonId
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.model import (
    Admission,
    AttemptId,
    AttemptView,
    Authorship,
    Feedback,
    Opening,
    Question,
    QuestionId,
    QuizId,
    Result,
    ResultEntry,
)
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The outcome of an answer: whether the student may give one, and what the stored one was worth."""

    admission: Admission
    feedback: Feedback | None
    """None when nothing is stored for the question that this statement could see."""


class Attempts(Protocol):
    """Everything is found by attempt and student together: a foreign attempt looks like none."""

    async def opening(self, user_id: UserId, lesson_id: LessonId) -> Opening | None:
        """What somebody finds at the quiz of the lesson; None when there is no such lesson."""
        ...

    async def start(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> AttemptView | None:
        """A new attempt with the questions of this moment, in their order.

        None when one is open already, also when another connection was a moment faster (unique in the schema), or when
        there is no question.
        """
        ...

    async def open_attempt(self, user_id: UserId, quiz_id: QuizId) -> AttemptView | None: ...

    async def attempt(self, user_id: UserId, attempt_id: AttemptId) -> tuple[Admission, AttemptView] | None: ...

    async def answer(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, option: int, now: datetime
    ) -> Answered | None:
        """Store the answer if the lesson is open to the student (`Admission.is_open`) and the question is the one that
        waits, count it, and finish the attempt if it was the last.

        One atomic statement, durable by itself outside a transaction. The first answer to a question stays for ever: a
        repeat changes nothing and gets the first one's feedback. None when there is no such attempt of this student.
        """
        ...

    async def feedback(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Feedback | None:
        """For a stored answer; None when there is none."""
        ...

    async def result(self, user_id: UserId, attempt_id: AttemptId) -> Result | None:
        """None unless the attempt is finished."""
        ...

    async def results(self, user_id: UserId, *, limit: int, offset: int) -> tuple[Sequence[ResultEntry], int]:
        """Attempts, open ones first, then the newest first; and how many there are in all (0 on an empty page)."""
        ...

    async def lesson_of(self, user_id: UserId, attempt_id: AttemptId) -> LessonId | None: ...


class Questions(Protocol):
    """Questions are never removed or changed, only retired: attempts keep what they began with."""

    async def authorship(self, actor_id: UserId, lesson_id: LessonId) -> Authorship | None: ...
    async def authorship_of(self, actor_id: UserId, question_id: QuestionId) -> Authorship | None:
        """None when the question is not there or retired."""
        ...

    async def questions(self, lesson_id: LessonId) -> Sequence[Question]:
        """Those that a new attempt would have, in their order."""
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
