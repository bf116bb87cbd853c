"""The settings card of a quiz, and answers that a teacher marks."""

from dataclasses import dataclass
from datetime import datetime

from domain.courses.model import CourseId, LessonId
from domain.errors import DomainError, Gone
from domain.language import Language, Text
from domain.quizzes.exams.changes import Hold
from domain.quizzes.model import AttemptId, Question, QuestionId
from domain.quizzes.settings import Face, Pool, QuizSettings
from domain.users.model import UserId

MAX_COMMENT = 2_000
MARK_PAGE = 8


class AnswerGone(Gone):
    """There is no such essay to mark, or it is not of an own course."""


class AlreadyMarked(DomainError):
    """Somebody else has marked this answer, or changed its mark, since it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFacts:
    """What is known of a lesson's quiz beside the settings."""

    course_id: CourseId
    lesson_title: Text
    pass_percent: int | None
    settings: QuizSettings
    own_count: int
    """Questions of the quiz itself."""
    unpollable_count: int
    """Of those, the ones that no native poll can show: they have buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLine:
    pool: Pool
    bank_title: str
    available: int

    @property
    def is_short(self) -> bool:
        """It asks for more than there is."""
        return self.available < self.pool.count


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsCard:
    lesson_id: LessonId
    facts: SettingsFacts
    pools: tuple[PoolLine, ...]
    hold: Hold | None = None
    """Why nothing of it can be changed now."""

    @property
    def drawn(self) -> int:
        """Questions that an attempt gets from banks now."""
        return sum(min(line.available, line.pool.count) for line in self.pools)

    @property
    def warns_of_polls(self) -> bool:
        return self.facts.settings.face is Face.POLLS and self.facts.unpollable_count > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkEntry:
    """An answer in the list of those that wait."""

    attempt_id: AttemptId
    question_id: QuestionId
    student: str
    lesson_title: Text
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One written answer before its teacher."""

    attempt_id: AttemptId
    question: Question
    student_id: UserId
    student: str
    language: Language
    """Of the course."""
    course_id: CourseId
    lesson_id: LessonId
    lesson_title: Text
    text: str
    answered_at: datetime
    points: int | None
    """Hundredths; None while it waits."""
    comment: str | None
    marked_at: datetime | None
    marked_by: str | None
    """Their name."""
