"""Who teaches here: cards of teachers with what they teach, how many learn with them, and how it is liked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.courses.model import Course, CourseId
from domain.errors import Gone
from domain.identity import UserId
from domain.learning.errors import CourseGone
from domain.unit_of_work import Begin

PAGE = 6


class TeacherGone(Gone):
    """Nobody with this id teaches a published course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherEntry:
    """A line of a list of teachers. All figures are those of the courses' own counters."""

    id: UserId
    name: str
    course_count: int
    """Published courses that they own or teach with others."""
    student_count: int
    rating_count: int
    rating_sum: int

    @property
    def rating(self) -> float | None:
        return self.rating_sum / self.rating_count if self.rating_count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProfile:
    """What somebody says about themselves to everybody."""

    bio: str | None
    link: str | None
    """The payload of a deep link to their public profile; None while it is not public."""


class PublicProfiles(Protocol):
    """Profiles are kept elsewhere; a centre without them has cards all the same."""

    async def public_profile(self, user_id: UserId) -> PublicProfile | None: ...


class NoProfiles:
    async def public_profile(self, user_id: UserId) -> PublicProfile | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherCard:
    teacher: TeacherEntry
    profile: PublicProfile | None
    courses: Sequence[Course]
    """One page, newest first."""
    older: CourseId | None
    """Where the next page begins; None on the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherList:
    teachers: Sequence[TeacherEntry]
    following: UserId | None
    """Where the next page begins; None on the last one."""


class TeacherService:
    """For everybody: only what is public."""

    def __init__(self, *, read: Begin, profiles: PublicProfiles | None = None) -> None:
        self._read = read
        self._profiles = profiles or NoProfiles()

    async def teachers(self, after: UserId | None = None) -> TeacherList:
        """Everybody who teaches a published course."""
        async with self._read() as uow:
            found = await uow.teachers.page(after, PAGE + 1)
        shown = found[:PAGE]
        return TeacherList(teachers=shown, following=shown[-1].id if len(found) > PAGE else None)

    async def of_course(self, course_id: CourseId) -> Sequence[TeacherEntry]:
        """The owner first. Raises CourseGone for a course that is not public."""
        async with self._read() as uow:
            course = await uow.courses.get(course_id)
            if course is None or not course.is_published:
                raise CourseGone(course_id)
            found = await uow.teachers.some([course.owner_id, *sorted(course.teacher_ids)])
        return sorted(found, key=lambda teacher: (teacher.id != course.owner_id, teacher.id))

    async def card(self, teacher_id: UserId, before: CourseId | None = None) -> TeacherCard:
        """Raises TeacherGone."""
        async with self._read() as uow:
            found = await uow.teachers.some([teacher_id])
            if not found:
                raise TeacherGone(teacher_id)
            courses = await uow.teachers.courses(teacher_id, before, PAGE + 1)
        profile = await self._profiles.public_profile(teacher_id)
        shown = courses[:PAGE]
        return TeacherCard(
            teacher=found[0],
            profile=profile,
            courses=shown,
            older=shown[-1].id if len(courses) > PAGE else None,
        )
