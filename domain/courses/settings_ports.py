"""What a course has beside its lessons, as its settings show it, and what that needs kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import Category, CategoryId, Course, CourseId, Level, Media, MediaId
from domain.language import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """A course that has to be completed first; an archived or hidden one stays one until it is taken out."""

    course_id: CourseId
    title: Text
    is_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    course: Course
    path: tuple[Category, ...]
    """From the subject down to the category that the course is in."""
    prerequisites: tuple[Prerequisite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseName:
    """A course to choose."""

    id: CourseId
    title: Text


class CourseSettingsBook(Protocol):
    """What the settings of one course change; the service has checked who may and holds the course."""

    async def page(self, course_id: CourseId) -> SettingsPage | None:
        """One statement."""
        ...

    async def set_category(self, course_id: CourseId, category_id: CategoryId) -> None: ...
    async def set_level(self, course_id: CourseId, level: Level | None) -> None: ...
    async def set_language(self, course_id: CourseId, language: Language) -> None: ...
    async def cover(self, course_id: CourseId) -> Media | None: ...
    async def set_cover(self, course_id: CourseId, media_id: MediaId | None) -> None: ...

    async def set_slug(self, course_id: CourseId, slug: str | None) -> bool:
        """False when another course is called so; the transaction goes on."""
        ...

    async def set_certificate(self, course_id: CourseId, *, has_certificate: bool, percent: int | None) -> None: ...

    async def candidates(self, course_id: CourseId, *, before: CourseId | None, limit: int) -> Sequence[CourseName]:
        """Published courses that are no prerequisites yet, the newest first, from the one before `before` on."""
        ...

    async def candidates_like(self, course_id: CourseId, folded: str, *, limit: int) -> Sequence[CourseName]:
        """Those whose folded texts hold the words or something close to them, best first."""
        ...

    async def needed_by(self, course_id: CourseId) -> frozenset[CourseId]:
        """Everything that has to be completed before this course, however far back."""
        ...

    async def require(self, course_id: CourseId, required_id: CourseId) -> None:
        """Twice is once. Raises PrerequisiteCircle, by the schema's own judgement; the transaction goes on."""
        ...

    async def unrequire(self, course_id: CourseId, required_id: CourseId) -> None: ...

    async def plan(self, course_id: CourseId, publish_at: datetime | None) -> None: ...

    async def due(self, now: datetime, *, limit: int) -> Sequence[CourseId]:
        """Drafts whose moment has come, the earliest first."""
        ...
