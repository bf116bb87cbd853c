"""What a search brings back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.courses.model import Course, CourseEntry, CourseId, Lesson, LockReason
from domain.notes.model import Note


class Shelf(StrEnum):
    """The kinds of things that are found; each is shown by itself and paged by itself."""

    COURSES = "courses"
    LESSONS = "lessons"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of results ends: the score and the id of its last line."""

    score: float
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCourse:
    entry: CourseEntry
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLesson:
    """A lesson by its title. A locked one is no secret, but nothing of its content is here."""

    course: Course
    lesson: Lesson
    lock: LockReason | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """One screen of results."""

    words: str
    meant: str | None
    """What was searched for instead of a misspelt `words`; None when they were taken as they are."""
    courses: Sequence[FoundCourse] = ()
    lessons: Sequence[FoundLesson] = ()
    notes: Sequence[Note] = ()
    """The searcher's own."""
    more: frozenset[Shelf] = frozenset()
    """Shelves of which there is more than is here."""

    @property
    def is_empty(self) -> bool:
        return not (self.courses or self.lessons or self.notes)

    @property
    def course_ids(self) -> Sequence[CourseId]:
        return [found.entry.course.id for found in self.courses]
