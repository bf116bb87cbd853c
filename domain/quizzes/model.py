"""A lesson's quiz: its questions, a student's attempts at it, and what they are shown.

What somebody sees of a question that is not answered yet is a `QuestionView`. It has no field for the right option, so
no screen, log or cache can give the key away before the answer is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NewType

from domain.courses.model import Course, Entitlement, Lesson, LessonId, LockReason, is_visible, lock_of
from domain.language import Text
from domain.percent import whole_percent
from domain.users.model import Role, UserId

QuizId = NewType("QuizId", int)
QuestionId = NewType("QuestionId", int)
AttemptId = NewType("AttemptId", int)

MAX_QUESTIONS = 100
"""Of one quiz."""
LONGEST_THOUGHT = timedelta(minutes=10)
"""More than this between two answers was a break, not work on the quiz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as its author sees it. A version never changes: an edit retires it and adds the next one."""

    id: QuestionId
    lesson_id: LessonId
    position: int
    version: int
    text: Text
    options: tuple[Text, ...]
    correct: int
    """Index of the right option, counting from 0."""
    explanation: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question as a student sees it while it waits for an answer."""

    id: QuestionId
    number: int
    """Counting from 1, in the order that the attempt keeps."""
    text: Text
    options: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Right answers out of all questions."""

    correct: int
    total: int

    @property
    def percent(self) -> int:
        """Rounded to a whole percent; 100 means that everything was right, 0 that nothing was."""
        return whole_percent(self.correct, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One attempt as its student sees it."""

    id: AttemptId
    number: int
    """Counting the student's attempts at this quiz from 1."""
    lesson_id: LessonId
    lesson_title: Text
    total: int
    answered: int
    question: QuestionView | None
    """The question that waits for an answer; None when the attempt is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a stored answer was worth. It exists only once the answer is stored."""

    attempt_id: AttemptId
    lesson_id: LessonId
    lesson_title: Text
    question: QuestionView
    chosen: int
    correct: int
    explanation: Text | None
    total: int
    answered: int

    @property
    def is_correct(self) -> bool:
        return self.chosen == self.correct

    @property
    def is_last(self) -> bool:
        """True when this answer, or one given since, finished the attempt."""
        return self.answered >= self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A wrong answer, to learn from."""

    number: int
    text: Text
    options: tuple[Text, ...]
    chosen: int
    correct: int
    explanation: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished attempt."""

    attempt_id: AttemptId
    number: int
    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    score: Score
    started_at: datetime
    finished_at: datetime
    spent: timedelta
    """Time at work on the questions; breaks are left out."""
    mistakes: tuple[Mistake, ...]
    next_lesson_id: LessonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEntry:
    """A line of a student's history; `finished_at` is None while the attempt is still open."""

    attempt_id: AttemptId
    number: int
    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    score: Score
    answered: int
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    entries: Sequence[ResultEntry]
    page: int
    """Counting from 0."""
    page_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The facts that decide whether somebody may see the questions of a lesson now."""

    course: Course
    lesson: Lesson
    entitlement: Entitlement

    @property
    def is_visible(self) -> bool:
        return is_visible(self.course, self.lesson, self.entitlement)

    def lock(self, now: datetime) -> LockReason | None:
        """Why it is closed, if it is."""
        return lock_of(self.course, self.lesson, self.entitlement, now)

    def is_open(self, now: datetime) -> bool:
        return self.is_visible and self.lock(now) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything that the door of a quiz shows and decides."""

    admission: Admission
    quiz_id: QuizId | None
    """None while nobody has written a question for the lesson."""
    question_count: int
    best: Score | None
    """Of the student's finished attempts."""
    finished_count: int
    open_attempt_id: AttemptId | None
    open_answered: int
    open_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intro:
    """The quiz before its first question."""

    lesson_id: LessonId
    lesson_title: Text
    question_count: int
    """Of the attempt that is open, else of a new one."""
    best: Score | None
    finished_count: int
    answered: int | None
    """How far the open attempt is; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Who writes the questions of a lesson, and who asks to."""

    lesson_id: LessonId
    actor_id: UserId
    actor_role: Role
    teaches_course: bool
    """The actor is the course's owner or a co-teacher."""

    @property
    def is_author(self) -> bool:
        """Those who teach the course as long as they are teachers, and every admin."""
        return self.actor_role is Role.ADMIN or (self.actor_role is Role.TEACHER and self.teaches_course)


def time_spent(started_at: datetime, answered_at: Sequence[datetime]) -> timedelta:
    """The sum of the times that the answers took: a break counts as LONGEST_THOUGHT, a clock set back as nothing."""
    moments = [started_at, *sorted(answered_at)]
    return sum(
        (min(max(later - earlier, timedelta()), LONGEST_THOUGHT) for earlier, later in pairwise(moments)), timedelta()
    )
