"""A course as its author sees it, and what that needs kept."""

from dataclasses import dataclass
from typing import Protocol

from domain.courses.errors import Missing
from domain.courses.model import (
    Category,
    CategoryId,
    Course,
    CourseId,
    Lesson,
    LessonId,
    Part,
    PartId,
    Sale,
    Section,
    SectionId,
)
from domain.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonLine:
    """A line of the author's outline."""

    lesson: Lesson
    number: int
    """Counting from 1 through the whole course, drafts included."""
    part_count: int
    question_count: int

    @property
    def has_content(self) -> bool:
        """A lesson of questions alone is a lesson too."""
        return self.part_count > 0 or self.question_count > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLines:
    section: Section
    lessons: tuple[LessonLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A course with everything in it, drafts included."""

    course: Course
    category: Category
    sections: tuple[SectionLines, ...]
    archived_count: int = 0

    @property
    def lessons(self) -> tuple[LessonLine, ...]:
        return tuple(line for section in self.sections for line in section.lessons)

    @property
    def ready_lessons(self) -> tuple[LessonLine, ...]:
        """Drafts with content: they become public with the next publication."""
        return tuple(line for line in self.lessons if line.has_content and not line.lesson.is_published)

    def missing(self) -> tuple[Missing, ...]:
        """What has to be done before students may see the course."""
        found: list[Missing] = []
        filled = [line for line in self.lessons if line.has_content]
        if not self.lessons:
            found.append(Missing.LESSON)
        elif not filled:
            found.append(Missing.CONTENT)
        if self.course.sale is Sale.COURSE and self.course.price is None:
            found.append(Missing.COURSE_PRICE)
        if self.course.sale is Sale.LESSONS and not any(
            line.lesson.price is not None and not line.lesson.is_preview for line in filled
        ):
            found.append(Missing.LESSON_PRICE)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonWork:
    """A lesson as its author works on it."""

    course: Course
    line: LessonLine
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What became of a publication."""

    course: Course
    lesson_ids: tuple[LessonId, ...]
    """Lessons that became public just now."""
    left_out: tuple[Text, ...]
    """Titles of lessons that stay drafts because nothing is in them."""


class Workshop(Protocol):
    """Reads and locks for authors. The service decides who may."""

    async def lock(self, course_id: CourseId) -> Course | None:
        """The course, which nobody else changes until this transaction ends."""
        ...

    async def lock_lesson(self, lesson_id: LessonId) -> tuple[Course, Lesson] | None:
        """The lesson with its course, both locked."""
        ...

    async def outline(self, course_id: CourseId) -> Outline | None: ...
    async def outline_around(self, lesson_id: LessonId) -> Outline | None:
        """The outline of the course that the lesson belongs to; with it, also if it is archived."""
        ...

    async def lesson_with(self, part_id: PartId) -> LessonId | None: ...
    async def last_section(self, course_id: CourseId) -> SectionId | None: ...
    async def category_like(self, slug: str) -> CategoryId | None: ...
