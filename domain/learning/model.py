"""What a student owns and how far they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.courses.model import CourseId, LessonId, PartId
from domain.users.model import UserId


class ProductKind(StrEnum):
    """What can be paid for; the ids of the kinds are unrelated numbers."""

    COURSE = "course"
    LESSON = "lesson"
    TUITION = "tuition"
    """Money towards the monthly bills of one payment schedule; opens nothing by itself."""


@dataclass(frozen=True, slots=True)
class Product:
    """The thing that an order pays for; courses and lessons are opened by it."""

    kind: ProductKind
    id: int


class EnrolmentStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    user_id: UserId
    course_id: CourseId
    status: EnrolmentStatus
    enrolled_at: datetime
    completed_at: datetime | None = None
    """When the last published lesson was finished; lessons that are added later do not take it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one student is in one lesson."""

    user_id: UserId
    lesson_id: LessonId
    opened_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPart:
    """What one message in a student's chat showed: a part of a lesson, or the lesson's own screen."""

    lesson_id: LessonId
    part_id: PartId | None
