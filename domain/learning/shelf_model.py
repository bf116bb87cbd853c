"""What a student's own courses look like: how far they are in each, and where they go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.courses.model import Course, CourseId, LessonId
from domain.language import Text


@dataclass(frozen=True, slots=True)
class ShelfKey:
    """Behind which course of a list the next page begins: the newest enrolment comes first."""

    enrolled_at: datetime
    course_id: CourseId


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionProgress:
    title: Text
    done_count: int
    lesson_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfEntry:
    """One of a student's courses. The counts are of published lessons, taken anew each time."""

    course: Course
    enrolled_at: datetime
    done_count: int
    seconds: int = 0
    """Time at work in its lessons."""
    sections: tuple[SectionProgress, ...] = ()

    @property
    def key(self) -> ShelfKey:
        return ShelfKey(self.enrolled_at, self.course.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPage:
    entries: Sequence[ShelfEntry]
    next_key: ShelfKey | None
    """Behind what the next page begins; None on the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a student goes on: the lesson that they saw last and have not finished, else the next one of its course."""

    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    part_number: int | None = None
    """The part in which they stopped, counting from 1; None when they have not said so."""
    position_seconds: int | None = None
