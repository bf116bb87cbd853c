"""An exam: one beginning for many, from its plan to its results, and what the clock does at which moment.

One end for all. The word that it begins reaches a thousand students one after another, within Telegram's limits; the
time between the first and the last of those who were ready (`skew`) is measured, and the end is put off by it for
everybody. So nobody has less than the planned time, whoever was told last, and nobody sits on when the others have
stopped. In what order they are told is drawn anew for each exam.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from domain.courses.model import CourseId, LessonId
from domain.language import Text
from domain.quizzes.keys import Response
from domain.quizzes.model import GRACE, AttemptId, QuestionId, QuizId, Score
from domain.quizzes.settings import QuizSettings
from domain.users.model import UserId

REMIND_BEFORE = timedelta(hours=1)
"""A reminder, when the exam was announced early enough for one."""
CALL_BEFORE = timedelta(minutes=5)
"""Everybody is asked whether they are ready."""
WAKE_BEFORE = timedelta(seconds=8)
"""The queue may notice a job seconds late, so the beginning wakes up before its moment and waits for it."""
LONGEST_SKEW = timedelta(minutes=5)
"""Whoever could not be told by then is not waited for: they have blocked the bot or are in its silence."""
AGAIN = timedelta(seconds=20)
"""How soon it is looked at again whether everybody has been told."""
MORE_MINUTES = (5, 10, 15, 30)
"""What a teacher may add at once."""
PAGE = 8
"""Students or pairs on one page."""


class ExamStage(StrEnum):
    PLANNED = "planned"
    CALLED = "called"
    """Its students were asked whether they are ready."""
    BEGUN = "begun"
    """They are being told that it begins."""
    SETTLED = "settled"
    """All were told, and the end was put off by the time that this took."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ExamStep(StrEnum):
    """What has to be done next."""

    ANNOUNCE = "announce"
    CALL = "call"
    BEGIN = "begin"
    SETTLE = "settle"
    CLOSE = "close"
    CALL_OFF = "call_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    quiz_id: QuizId
    lesson_id: LessonId
    lesson_title: Text
    course_id: CourseId
    settings: QuizSettings
    opens_at: datetime
    closes_at: datetime
    stage: ExamStage
    plan: int
    """Counts the beginnings that were planned."""
    told_plan: int
    """The one that the students know of; 0: none."""
    told_opens_at: datetime | None = None
    """The beginning that they know of."""
    first_told_at: datetime | None = None
    last_told_at: datetime | None = None
    untold: int = 0
    """Students who were ready and have not been told yet that it begins."""
    skew: timedelta | None = None
    """None until the end was put off by it."""
    ended_at: datetime | None = None

    @property
    def has_begun(self) -> bool:
        return self.stage in (ExamStage.BEGUN, ExamStage.SETTLED)

    def step(self, now: datetime) -> ExamStep | None:
        """What has to be done now; after it there may be more."""
        match self.stage:
            case ExamStage.CANCELLED:
                return ExamStep.CALL_OFF if 0 < self.told_plan < self.plan else None
            case ExamStage.CLOSED:
                return None
            case ExamStage.PLANNED if self.told_plan < self.plan:
                return ExamStep.ANNOUNCE
            case ExamStage.PLANNED:
                return ExamStep.CALL if now >= self.opens_at - CALL_BEFORE else None
            case ExamStage.CALLED:
                return ExamStep.BEGIN if now >= self.opens_at else None
            case ExamStage.BEGUN:
                if not self.untold or now >= self.opens_at + LONGEST_SKEW or now >= self.closes_at:
                    return ExamStep.SETTLE
                return None
            case ExamStage.SETTLED:
                return ExamStep.CLOSE if now >= self.closes_at + 2 * GRACE else None

    def due_at(self, now: datetime) -> datetime | None:
        """When the next step is due, if none is due now; None: never."""
        match self.stage:
            case ExamStage.PLANNED:
                return self.opens_at - CALL_BEFORE
            case ExamStage.CALLED:
                return self.opens_at
            case ExamStage.BEGUN:
                return min(now + AGAIN, self.opens_at + LONGEST_SKEW)
            case ExamStage.SETTLED:
                return self.closes_at + 2 * GRACE
            case ExamStage.CLOSED | ExamStage.CANCELLED:
                return None

    def measured_skew(self) -> timedelta:
        """Whole seconds, rounded up, from the planned beginning to the moment when the last ready student was told."""
        if self.last_told_at is None:
            return timedelta()
        late = min(max(self.last_told_at - self.opens_at, timedelta()), LONGEST_SKEW)
        return timedelta(seconds=ceil(late.total_seconds()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The exam as a student sees it before it begins, and while they have not begun."""

    lesson_id: LessonId
    lesson_title: Text
    opens_at: datetime
    closes_at: datetime
    settings: QuizSettings
    question_count: int
    is_ready: bool
    is_open: bool
    """It has begun: they may start."""
    is_over: bool
    has_begun: bool
    """They have an attempt, open or finished."""

    def full_time(self) -> timedelta:
        """What somebody has who starts with the others."""
        whole = self.closes_at - self.opens_at
        limit = self.settings.time_limit
        return min(whole, limit) if limit is not None else whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamLine:
    """An exam in somebody's list."""

    lesson_id: LessonId
    lesson_title: Text
    opens_at: datetime
    stage: ExamStage
    is_teacher: bool
    """They teach its course: it leads to the board, not to the waiting room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How an exam goes, for its teacher: numbers, and nobody's answers."""

    exam: Exam
    candidates: int
    ready: int
    writing: int
    finished: int
    answers: int
    """Stored so far, of all students."""
    lookalikes: int


@dataclass(frozen=True, slots=True)
class Ability:
    """In logits: 0 is a student who answers an average question of the exam right half of the times."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamResult:
    attempt_id: AttemptId
    user_id: UserId
    name: str
    place: int
    """By points, from 1; equal points, equal place."""
    score: Score
    waiting: int
    """Answers that have yet to be marked."""
    ability: Ability | None
    """None until it is worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    exam: Exam
    results: Sequence[ExamResult]
    total: int
    page: int
    """Counting from 0."""
    size: int = PAGE
    """Students on a page."""

    @property
    def page_count(self) -> int:
        return max(-(-self.total // self.size), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeQuestion:
    question_id: QuestionId
    text: Text
    options: tuple[Text, ...]
    response: Response
    """What both answered, in the kept order."""
    alike: int
    """Students in the exam who answered just so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Two students to look at: never more than a reason to look."""

    first_id: UserId
    second_id: UserId
    first_name: str
    second_name: str
    question_ids: tuple[QuestionId, ...]
    both_wrong: int
    expected: float
    chance: float
    """The probability that chance makes two given students agree so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    suspicion: Suspicion
    questions: Sequence[AlikeQuestion]


def version_of_number(number: int, versions: int) -> int:
    """The parallel version of a student, counting from 0: neighbours in the order of registration differ."""
    return number % versions
