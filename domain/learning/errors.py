from domain.courses.model import LessonId, LockReason
from domain.errors import DomainError, Gone


class LessonGone(Gone):
    """There is no such lesson, or not for this reader."""


class CourseGone(Gone):
    """There is no such course, or not for this reader."""


class LessonLocked(DomainError):
    """The lesson has to be bought first; `reason` says what."""

    def __init__(self, lesson_id: LessonId, reason: LockReason) -> None:
        super().__init__(f"lesson {lesson_id}: {reason}")
        self.lesson_id = lesson_id
        self.reason = reason
