"""A lesson's quiz: its questions, a student's attempts at it, and what they are shown.

What somebody sees of a question that is not answered yet is a `QuestionView`. It has no field for the right option, so
no screen, log or cache can give the key away before the answer is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NewType

from domain.courses.model import Course, Entitlement, Lesson, LessonId, LockReason, is_visible, lock_of
from domain.language import Text
from domain.percent import whole_percent
from domain.quizzes.draft import Picture, QuestionDraft
from domain.quizzes.keys import Key, QuestionKind, Response, kind_of
from domain.quizzes.settings import USUAL, BankId, Face, QuizSettings, Reveal
from domain.users.model import Role, UserId

QuizId = NewType("QuizId", int)
QuestionId = NewType("QuestionId", int)
AttemptId = NewType("AttemptId", int)

MAX_QUESTIONS = 100
"""Of one quiz."""
HUNDREDTHS = 100
"""Points are counted in hundredths, so that shares of a point add up exactly."""
GRACE = timedelta(seconds=2)
"""What an answer may take on its way: one that was given in time is not lost to the network."""
LONGEST_THOUGHT = timedelta(minutes=10)
"""More than this between two answers was a break, not work on the quiz."""


class ClosedBy(StrEnum):
    """What ended an attempt."""

    STUDENT = "student"
    TIME = "time"
    TEACHER = "teacher"


class Hindrance(StrEnum):
    """Why no attempt can begin."""

    NOT_YET = "not_yet"
    CLOSED = "closed"
    NO_ATTEMPTS_LEFT = "no_attempts_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as its author sees it. A version never changes: an edit retires it and adds the next one."""

    id: QuestionId
    lesson_id: LessonId | None
    """None for a question of a bank."""
    bank_id: BankId | None = None
    position: int
    version: int
    text: Text
    options: tuple[Text, ...]
    key: Key
    explanation: Text | None
    topic: str | None = None
    difficulty: int | None = None
    points: int = 1
    source: str | None = None
    picture: Picture | None = None

    @property
    def kind(self) -> QuestionKind:
        return kind_of(self.key)

    @property
    def draft(self) -> QuestionDraft:
        """What the next version is made from."""
        return QuestionDraft(
            text=self.text,
            options=self.options,
            key=self.key,
            explanation=self.explanation,
            topic=self.topic,
            difficulty=self.difficulty,
            points=self.points,
            source=self.source,
            picture=self.picture,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question as a student sees it while it waits for an answer; options in the order that the attempt shows."""

    id: QuestionId
    number: int
    """Counting from 1, in the order that the attempt keeps."""
    kind: QuestionKind = QuestionKind.SINGLE
    text: Text
    options: tuple[Text, ...]
    """Choices, left sides, or items; none for what is typed, and for true or false."""
    rights: tuple[Text, ...] = ()
    """The right sides of a matching."""
    picture: Picture | None = None
    topic: str | None = None
    points: int = 1
    until: datetime | None = None
    """When its own time is over, if it has one."""


@dataclass(frozen=True, slots=True)
class Score:
    """Right answers out of all questions, and points where they do not all weigh the same."""

    correct: int
    total: int
    points: int | None = None
    """Hundredths; None: every question weighs the same."""
    max_points: int | None = None

    @property
    def percent(self) -> int:
        """Of the points, rounded to a whole percent; 100 means that everything was right, 0 that nothing was."""
        if self.points is None or not self.max_points:
            return whole_percent(self.correct, self.total)
        return whole_percent(max(self.points, 0), self.max_points)


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
    face: Face = Face.BUTTONS
    reveal: Reveal = Reveal.AT_ONCE
    deadline_at: datetime | None = None
    is_exam: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a stored answer was worth. It exists only once the answer is stored.

    While the settings hold the answers back (`is_revealed` is false), nothing here tells whether it was right.
    """

    attempt_id: AttemptId
    lesson_id: LessonId
    lesson_title: Text
    question: QuestionView
    response: Response | None
    """By places on the screen; None when time was over."""
    is_revealed: bool
    is_correct: bool | None
    """None while it is not revealed, or waits for a teacher's mark."""
    solution: Response | None
    """By places on the screen; None for an essay, and while it is not revealed."""
    explanation: Text | None
    points: int | None = None
    """Hundredths; None like `is_correct`."""
    total: int
    answered: int
    reveal: Reveal = Reveal.AT_ONCE
    deadline_at: datetime | None = None

    @property
    def is_last(self) -> bool:
        """True when this answer, or one given since, finished the attempt."""
        return self.answered >= self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A question of a finished attempt, to learn from."""

    question: QuestionView
    response: Response | None
    """None when it was not answered."""
    is_correct: bool | None
    """None while it waits for a mark, or is not revealed."""
    points: int | None
    """Hundredths, like `is_correct`."""
    solution: Response | None
    explanation: Text | None
    comment: str | None = None
    """The teacher's, about this answer."""

    @property
    def is_mistake(self) -> bool:
        """Wrong, or not answered. An answer that waits for its mark is none yet."""
        return self.is_correct is False


@dataclass(frozen=True, slots=True)
class TopicScore:
    topic: str
    points: int
    """Hundredths, never below 0."""
    max_points: int

    @property
    def percent(self) -> int:
        return whole_percent(self.points, self.max_points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished attempt. What its quiz holds back until it closes is not in here before that."""

    attempt_id: AttemptId
    number: int
    quiz_id: QuizId
    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    score: Score | None
    """None while the results of an exam are held back."""
    pass_percent: int | None = None
    started_at: datetime
    finished_at: datetime
    closed_by: ClosedBy = ClosedBy.STUDENT
    spent: timedelta
    """Time at work on the questions; breaks are left out."""
    waiting: int = 0
    """Answers that a teacher has yet to mark."""
    reviewed: tuple[Reviewed, ...]
    """Every question, in the attempt's order."""
    is_revealed: bool = True
    reveals_at: datetime | None = None
    """When it will be, if a moment is known."""
    attempts_left: int | None = None
    """None: as many as one likes."""
    next_lesson_id: LessonId | None

    @property
    def mistakes(self) -> tuple[Reviewed, ...]:
        return tuple(reviewed for reviewed in self.reviewed if reviewed.is_mistake)

    @property
    def is_passed(self) -> bool | None:
        """None without a pass mark, and while it cannot be known."""
        if self.pass_percent is None or self.score is None or self.waiting:
            return None
        return self.score.percent >= self.pass_percent

    @property
    def topics(self) -> tuple[TopicScore, ...]:
        """By topic, in the order of their first questions; empty while it is not revealed."""
        sums: dict[str, tuple[int, int]] = {}
        for reviewed in self.reviewed:
            topic = reviewed.question.topic
            if topic is not None and reviewed.points is not None:
                points, most = sums.get(topic, (0, 0))
                sums[topic] = points + reviewed.points, most + HUNDREDTHS * reviewed.question.points
        return tuple(TopicScore(topic, max(points, 0), most) for topic, (points, most) in sums.items())


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
    held_until: datetime | None = None
    """Until then the score of an exam is held back."""
    waiting: int = 0
    """Answers that a teacher has yet to mark."""
    is_held: bool = False

    def seen_at(self, now: datetime) -> "ResultEntry":
        """The line as its student may see it: without the score while that is held back."""
        if self.finished_at is None or self.held_until is None or now >= self.held_until:
            return self
        return replace(self, score=Score(0, self.score.total), is_held=True)


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
    """Of the student's finished attempts that need no more marks."""
    finished_count: int
    open_attempt_id: AttemptId | None
    open_answered: int
    open_total: int
    open_deadline_at: datetime | None = None
    settings: QuizSettings = USUAL
    exam_number: int | None = None
    """The student's number among the candidates of an exam."""

    def hindrance(self, now: datetime) -> "Hindrance | None":
        """Why no new attempt can begin now."""
        settings = self.settings
        if settings.opens_at is not None and now < settings.opens_at:
            return Hindrance.NOT_YET
        if settings.closes_at is not None and now >= settings.closes_at:
            return Hindrance.CLOSED
        if self.attempts_left == 0:
            return Hindrance.NO_ATTEMPTS_LEFT
        return None

    @property
    def attempts_left(self) -> int | None:
        """New attempts that may begin; None: as many as one likes."""
        if self.settings.max_attempts is None:
            return None
        begun = self.finished_count + (self.open_attempt_id is not None)
        return max(self.settings.max_attempts - begun, 0)


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
    settings: QuizSettings = USUAL
    pass_percent: int | None = None
    attempts_left: int | None = None
    """None: as many as one likes."""
    deadline_at: datetime | None = None
    """Of the open attempt."""
    hindrance: Hindrance | None = None
    """Why no new attempt can begin; an open one can go on until its deadline."""


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
