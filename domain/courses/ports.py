"""What the rules about courses need kept: `Catalogue` is what learners see, `Courses` is what teachers make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    CheckQuestion,
    Course,
    CourseId,
    CoursePage,
    CourseStatus,
    Entitlement,
    Lesson,
    LessonId,
    Level,
    Link,
    Media,
    MediaId,
    Part,
    PartId,
    PartKind,
    Sale,
    Section,
    SectionId,
)
from domain.courses.workshop import Workshop
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money

INDEX_JOB = "index_lesson"
"""Payload: `lesson_id`. Enqueue it when a lesson is published, hidden, or its title or texts change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFacts:
    """Everything about a lesson but its content: what the rules need to decide whether it is open."""

    course: Course
    section: Section
    lesson: Lesson
    entitlement: Entitlement
    number: int
    lesson_count: int
    previous_id: LessonId | None
    next_id: LessonId | None
    finished_at: datetime | None
    has_quiz: bool
    file_count: int = 0
    """Files beside it, to take along."""


class Catalogue(Protocol):
    """Reads for one reader; drafts are there for their owner and for admins only. One query each."""

    async def subjects(self) -> Sequence[CategoryEntry]: ...
    async def category(self, category_id: CategoryId) -> Category | None: ...
    async def course_page(self, course_id: CourseId, user_id: int, now: datetime) -> CoursePage | None: ...
    async def course_with_code(self, code: str) -> CourseId | None:
        """By its code, or by its slug."""
        ...

    async def lesson_facts(self, lesson_id: LessonId, user_id: int) -> LessonFacts | None: ...
    async def parts(self, lesson_id: LessonId) -> Sequence[Part]: ...

    async def first_open_lesson(self, user_id: int, now: datetime) -> LessonId | None:
        """Where a newcomer starts: an open lesson that costs nothing, of their subjects and language if there is
        one."""
        ...


class Courses(Workshop, Protocol):
    """What authors write. The service has checked who may."""

    async def get(self, course_id: CourseId) -> Course | None: ...
    async def get_lesson(self, lesson_id: LessonId) -> Lesson | None: ...

    async def add_category(
        self, *, slug: str, emoji: str, title: Text, parent_id: CategoryId | None, position: int
    ) -> CategoryId: ...

    async def add_course(
        self,
        *,
        code: str,
        category_id: CategoryId,
        owner_id: int,
        language: Language,
        title: Text,
        description: Text | None,
        level: Level | None,
        sale: Sale,
        price: Money | None,
        now: datetime,
    ) -> CourseId:
        """A draft. Raises CodeTaken; the transaction goes on."""
        ...

    async def set_titles(self, course_id: CourseId, title: Text, description: Text | None) -> None: ...
    async def set_lesson_title(self, lesson_id: LessonId, title: Text) -> None: ...

    async def add_section(self, course_id: CourseId, title: Text) -> SectionId:
        """Behind the course's last section."""
        ...

    async def add_lesson(
        self, section_id: SectionId, title: Text, *, is_preview: bool, price: Money | None, now: datetime
    ) -> LessonId:
        """Behind the section's last lesson; not published yet."""
        ...

    async def add_part(
        self,
        lesson_id: LessonId,
        kind: PartKind,
        text: Text | None,
        media: Mapping[Language, MediaId],
        *,
        duration_seconds: int = 0,
        link: Link | None = None,
        question: CheckQuestion | None = None,
    ) -> PartId:
        """Behind the lesson's last part."""
        ...

    async def remove_part(self, part_id: PartId) -> LessonId | None: ...

    async def add_media(self, media: Media, owner_id: int, now: datetime) -> MediaId:
        """`media.id` is ignored."""
        ...

    async def remember_file_id(self, media_id: MediaId, telegram_file_id: str, bot_id: int) -> None: ...
    async def set_cover(self, course_id: CourseId, media_id: MediaId) -> None: ...
    async def set_status(self, course_id: CourseId, status: CourseStatus, now: datetime) -> None: ...
    async def set_sale(self, course_id: CourseId, sale: Sale, price: Money | None) -> None: ...
    async def set_course_stars(self, course_id: CourseId, stars: int | None) -> None: ...
    async def set_lesson_stars(self, lesson_id: LessonId, stars: int | None) -> None: ...
    async def set_fiscal_codes(self, course_id: CourseId, codes: FiscalCodes | None) -> None: ...
    async def set_lesson_price(self, lesson_id: LessonId, price: Money | None, *, is_preview: bool) -> None: ...
    async def publish_lessons(self, course_id: CourseId, only: LessonId | None = None) -> Sequence[LessonId]:
        """Publish the lessons that have content, or only that one; which ones became public."""
        ...

    async def restore(self, course_id: CourseId) -> None:
        """Bring an archived course back as what it was: published once, it is so again, else a draft."""
        ...

    async def hide_lesson(self, lesson_id: LessonId) -> bool:
        """Make the lesson a draft again; False when somebody has paid for it or for its course."""
        ...

    async def remove_lesson(self, lesson_id: LessonId) -> bool:
        """Delete a draft that nothing is in; False when there is something, or it is public, or students were there."""
        ...

    async def is_empty(self) -> bool:
        """True while there is no course, archived ones aside."""
        ...
