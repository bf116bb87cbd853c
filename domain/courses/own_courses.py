"""The list of courses that somebody works on: a page of it, behind a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from domain.courses.model import CategoryId, Course, CourseEntry, CourseId
from domain.users.model import UserId

OWN_PAGE = 8
"""Courses on one page."""
MAX_WORDS = 6
"""Of a name that is looked for."""


class Shelving(IntEnum):
    """Where in the list a course is; inside of each the newest comes first."""

    OWN = 0
    OWN_ARCHIVED = 1
    OTHERS = 2
    OTHERS_ARCHIVED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """Behind which course the next page begins."""

    shelving: Shelving
    course_id: CourseId


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    entry: CourseEntry
    """Lessons are counted with drafts, without archived ones."""
    shelving: Shelving

    @property
    def key(self) -> OwnKey:
        return OwnKey(shelving=self.shelving, course_id=self.entry.course.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    entries: Sequence[CourseEntry] = ()
    next_key: OwnKey | None = None
    """None on the last page."""


class OwnCourses(Protocol):
    async def page(
        self,
        user_id: UserId,
        shelvings: Sequence[Shelving],
        words: Sequence[str],
        behind: OwnKey | None,
        *,
        limit: int,
    ) -> Sequence[OwnLine]:
        """Their own courses are those they own or teach. `words`: folded; the name or description holds all of them."""
        ...

    async def blank_drafts(self, owner_id: UserId, category_id: CategoryId) -> Sequence[Course]:
        """The owner's drafts there that have no lesson."""
        ...
