"""A student looks through the catalogue: branches, lists of courses with filters, and a course's card."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    Course,
    CourseEntry,
    CourseId,
    Entitlement,
    LessonEntry,
    Level,
    Media,
    Section,
)
from domain.language import Language, Text

Line = TypeVar("Line")

BRANCHES = 8
"""Branches on one page."""
COURSES = 6
"""Courses on one page of a list."""
LESSONS = 8
"""Lessons on one page of a card's outline."""
PREVIEWS = 3
"""Free lessons that a card offers to try."""


class Order(StrEnum):
    POPULAR = "popular"
    NEWEST = "newest"


class Price(StrEnum):
    FREE = "free"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFilter:
    """Which courses of a branch are listed, and in which order."""

    level: Level | None = None
    price: Price | None = None
    language: Language | None = None
    """Courses that are taught in it, or translated into it."""
    order: Order = Order.POPULAR


@dataclass(frozen=True, slots=True)
class Key:
    """A line's place in its list: what the list is ordered by, then the id."""

    value: int
    id: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a list: the one behind a key, the one before a key, or the first."""

    after: Key | None = None
    before: Key | None = None


FIRST = Turn()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Line]):
    """Some lines of a list; neighbours are asked for by the keys of the first and the last."""

    lines: Sequence[Line] = ()
    first: Key | None = None
    last: Key | None = None
    has_previous: bool = False
    has_next: bool = False


def page_of(found: Sequence[tuple[Key, Line]], turn: Turn, size: int) -> Page[Line]:
    """The page from up to `size + 1` lines in reading order: one more than fit tells that the list goes on."""
    is_more = len(found) > size
    kept = found[-size:] if turn.before else found[:size]
    return Page(
        lines=[line for _, line in kept],
        first=kept[0][0] if kept else None,
        last=kept[-1][0] if kept else None,
        has_previous=is_more if turn.before else turn.after is not None,
        has_next=turn.before is not None or is_more,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One branch of the catalogue with the way to it; the root has neither."""

    path: tuple[Category, ...] = ()
    """From its subject down to itself."""
    course_count: int = 0
    """Published courses in it and below."""

    @property
    def category(self) -> Category | None:
        return self.path[-1] if self.path else None

    @property
    def parent_id(self) -> CategoryId | None:
        return self.path[-1].parent_id if self.path else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchScreen:
    branch: Branch
    below: Page[CategoryEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseScreen:
    branch: Branch
    courses: Page[CourseEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A course that should be known before."""

    id: CourseId
    title: Text
    is_completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCard:
    """A course as one reader sees it, without its lessons: these are paged."""

    course: Course
    category: Category
    teachers: tuple[str, ...]
    """Names, the owner's first."""
    required: tuple[Required, ...]
    previews: tuple[LessonEntry, ...]
    """The first lessons that are open to everybody, in a course that costs something."""
    cover: Media | None
    entitlement: Entitlement
    is_enrolled: bool
    done_count: int
    """Published lessons that the reader has finished."""
    completed_at: datetime | None = None

    @property
    def percent(self) -> int:
        total = self.course.lesson_count
        return 100 * min(self.done_count, total) // total if total else 0


@dataclass(frozen=True, slots=True)
class OutlineKey:
    """A lesson's place in its course, and its number there."""

    section: int
    lesson: int
    number: int


@dataclass(frozen=True, slots=True)
class OutlineTurn:
    after: OutlineKey | None = None
    before: OutlineKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineLine:
    number: int
    section: Section
    entry: LessonEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One page of a course's lessons."""

    lines: Sequence[OutlineLine] = ()
    first: OutlineKey | None = None
    last: OutlineKey | None = None
    has_previous: bool = False
    has_next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardScreen:
    card: CourseCard
    outline: Outline = field(default_factory=Outline)


def outline_of(
    found: Sequence[tuple[tuple[int, int], Section, LessonEntry]], turn: OutlineTurn, size: int = LESSONS
) -> Outline:
    """The page from up to `size + 1` lessons in reading order, numbered on from the page beside it."""
    is_more = len(found) > size
    kept = found[-size:] if turn.before else found[:size]
    number = turn.after.number + 1 if turn.after else 1
    if turn.before:
        number = max(turn.before.number - len(kept), 1)
    lines = [
        OutlineLine(number=number + at, section=section, entry=entry) for at, (_, section, entry) in enumerate(kept)
    ]
    keys = [OutlineKey(*place, line.number) for (place, _, _), line in zip(kept, lines, strict=True)]
    return Outline(
        lines=lines,
        first=keys[0] if keys else None,
        last=keys[-1] if keys else None,
        has_previous=is_more if turn.before else turn.after is not None,
        has_next=turn.before is not None or is_more,
    )
