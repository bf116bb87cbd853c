from domain.courses.model import LessonId, LockReason
from domain.errors import DomainError, Gone
from domain.learning.study_model import Lacks


class LessonGone(Gone):
    """There is no such lesson, or not for this reader."""


class CourseGone(Gone):
    """There is no such course, or not for this reader."""


class PartGone(Gone):
    """The part is not in the lesson any more, was not sent to this reader yet, or is of another kind."""


class BookmarkGone(Gone):
    """There is no such bookmark, or it is somebody else's."""


class LessonLocked(DomainError):
    """The lesson has to be bought first; `reason` says what."""

    def __init__(self, lesson_id: LessonId, reason: LockReason) -> None:
        super().__init__(f"lesson {lesson_id}: {reason}")
        self.lesson_id = lesson_id
        self.reason = reason


class LessonUnfinished(DomainError):
    """The lesson's rule is not met; `lacks` says what is missing."""

    def __init__(self, lesson_id: LessonId, lacks: Lacks) -> None:
        super().__init__(f"lesson {lesson_id}: {lacks}")
        self.lesson_id = lesson_id
        self.lacks = lacks


class BeyondTheEnd(DomainError):
    """The moment is behind the end of the recording, which is `seconds` long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"longer than {seconds} s")
        self.seconds = seconds
