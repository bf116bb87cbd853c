"""What looking through the catalogue needs read: every list by keys, so that no page costs more than another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import (
    CategoryEntry,
    CategoryId,
    Course,
    CourseEntry,
    CourseId,
    Entitlement,
    LessonEntry,
    Section,
)
from domain.learning.browsing import Branch, CourseCard, CourseFilter, Key, OutlineTurn, Turn
from domain.users.model import UserId


class Shelves(Protocol):
    """Reads for one reader, one query each."""

    async def branch(self, category_id: CategoryId) -> Branch | None: ...

    async def below(
        self, category_id: CategoryId | None, turn: Turn, limit: int
    ) -> Sequence[tuple[Key, CategoryEntry]]:
        """The branches right below this one, or the subjects, in their order: those that lead to a course."""
        ...

    async def courses(
        self, branch: Branch, user_id: UserId, wanted: CourseFilter, turn: Turn, limit: int
    ) -> Sequence[tuple[Key, CourseEntry]]:
        """Published courses of the branch and of all branches below; of the root: all."""
        ...

    async def card(self, course_id: CourseId, user_id: UserId) -> CourseCard | None: ...

    async def outline(
        self,
        course: Course,
        entitlement: Entitlement,
        user_id: UserId,
        turn: OutlineTurn,
        limit: int,
        now: datetime,
    ) -> Sequence[tuple[tuple[int, int], Section, LessonEntry]]:
        """The course's lessons in order with their places (section's, lesson's); drafts for its staff only."""
        ...
