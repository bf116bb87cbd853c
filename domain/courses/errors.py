from collections.abc import Sequence
from enum import StrEnum

from domain.courses.quotas import Quota, Usage
from domain.errors import DomainError, Gone, NotAllowed


class TeachersOnly(NotAllowed):
    """Courses are made by teachers and admins."""


class WorkGone(Gone):
    """There is no such course, lesson or part, or it is somebody else's: the two are never told apart."""


class CodeTaken(Exception):
    """Another course has this short code; one tries the next one. Never reaches a screen."""


class Missing(StrEnum):
    """What a course lacks before it can be published."""

    LESSON = "lesson"
    """There is no lesson."""
    CONTENT = "content"
    """There are lessons, and nothing in any of them."""
    COURSE_PRICE = "course_price"
    """It is sold as a whole and has no price."""
    LESSON_PRICE = "lesson_price"
    """It is sold lesson by lesson, and every lesson is free."""
    PUBLICATION = "publication"
    """A lesson cannot be public before its course is."""


class NotReady(DomainError):
    """Not fit to be published; `missing` says what to do first, in that order."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class LessonSold(DomainError):
    """Somebody has paid for the lesson or its course, so it cannot be taken away from them."""


class LessonInUse(DomainError):
    """Students have left something in the lesson (progress, answers, orders): it can be hidden, not deleted."""


class QuotaExceeded(DomainError):
    """The file does not fit into what its owner may keep; `used` is without it."""

    def __init__(self, used: Usage, limit: Quota) -> None:
        super().__init__(f"{used} of {limit}")
        self.used = used
        self.limit = limit
