"""Who teaches a course together, and what that needs kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import Course, CourseId
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseInvitation:
    """A link that makes one teacher a co-teacher, once. Only the SHA-256 of its token is kept."""

    token_hash: bytes
    course_id: CourseId
    created_by: UserId
    expires_at: datetime
    taken_by: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTeacher:
    user_id: UserId
    full_name: str
    username: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachersPage:
    course: Course
    owner: CourseTeacher
    co_teachers: tuple[CourseTeacher, ...]
    """In the order in which they joined."""
    may_change: bool = False
    """Whether who looks may invite and remove: the owner and admins."""


class CourseTeachers(Protocol):
    async def page(self, course_id: CourseId) -> TeachersPage | None:
        """One statement."""
        ...

    async def add(self, course_id: CourseId, user_id: UserId, now: datetime) -> bool:
        """False when they teach it already."""
        ...

    async def remove(self, course_id: CourseId, user_id: UserId) -> bool:
        """False when they are no co-teacher of it."""
        ...

    async def invite(self, invitation: CourseInvitation) -> None: ...

    async def invitation(self, token_hash: bytes) -> CourseInvitation | None: ...

    async def take(self, token_hash: bytes, taken_by: UserId, now: datetime) -> CourseInvitation | None:
        """Use it up if it is unused and not expired: one conditional update, so that one of two racers wins."""
        ...
