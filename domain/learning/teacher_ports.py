"""What the cards of teachers are read from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from domain.courses.model import Course, CourseId
from domain.identity import UserId

if TYPE_CHECKING:
    from domain.learning.teachers import TeacherEntry


class Teachers(Protocol):
    """Those who own a published course, or teach one with its owner and still have the role for it."""

    async def page(self, after: UserId | None, limit: int) -> "Sequence[TeacherEntry]":
        """By id, behind `after`."""
        ...

    async def some(self, user_ids: Sequence[int]) -> "Sequence[TeacherEntry]":
        """Those of these who teach something published."""
        ...

    async def courses(self, teacher_id: UserId, before: CourseId | None, limit: int) -> Sequence[Course]:
        """Published ones, newest first."""
        ...
