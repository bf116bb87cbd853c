from collections.abc import Sequence
from enum import StrEnum

from domain.courses.quotas import Quota, Usage
from domain.errors import DomainError, Gone, NotAllowed
from domain.language import Text


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


class EditConflict(DomainError):
    """Somebody else has changed it since it was read; `current` is what it says now, None when it says nothing."""

    def __init__(self, current: Text | None) -> None:
        super().__init__("changed by somebody else")
        self.current = current


class SectionInUse(DomainError):
    """There are lessons in the section, archived ones too: they are moved to another one first."""


class OnlySection(DomainError):
    """The course has no other section that could take the lessons."""


class LessonArchived(DomainError):
    """The lesson is in the archive: it is brought back first."""


class NotForThisPart(DomainError):
    """A text has no file, a file no link, and only what is seen or heard over time asks a question."""


class NothingToPass(DomainError):
    """The lesson has no questions, so there is no score that could pass it."""


class TooManyFiles(DomainError):
    """The lesson has as many files beside it as it may have."""


class CategoryCircle(DomainError):
    """A branch cannot lie in itself, nor in a branch of its own."""


class CategoryInUse(DomainError):
    """There are courses or branches in the category, or students have chosen it."""


class PrerequisiteCircle(DomainError):
    """That course asks for this one first, itself or by way of others."""


class TooManyPrerequisites(DomainError):
    """Nobody would find the way through."""


class NotDraft(DomainError):
    """Only a draft waits for its day: the course is public or archived already."""


class TooManyTeachers(DomainError):
    """The course has as many co-teachers as it may have."""


class NotYetTeacher(NotAllowed):
    """A co-teacher has to be a teacher first, and only admins make teachers."""


class CourseInvitationSpent(DomainError):
    """The invitation was used, has expired, or never was one: the three are never told apart."""


class QuotaExceeded(DomainError):
    """The file does not fit into what its owner may keep; `used` is without it."""

    def __init__(self, used: Usage, limit: Quota) -> None:
        super().__init__(f"{used} of {limit}")
        self.used = used
        self.limit = limit
