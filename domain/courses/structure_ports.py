"""What the rules about a course's structure need kept. The service has checked who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.model import (
    CheckQuestion,
    Course,
    CourseId,
    Lesson,
    LessonId,
    Link,
    Media,
    MediaId,
    Part,
    PartId,
    Section,
    SectionId,
)
from domain.language import Language, Text


class Structure(Protocol):
    """Sections and lessons, and their order. Those who change it hold the course (`Workshop.lock`)."""

    async def lock_section(self, section_id: SectionId) -> tuple[Course, Section] | None:
        """The section with its course, which nobody else changes until this transaction ends."""
        ...

    async def rename_section(self, section_id: SectionId, title: Text) -> None: ...
    async def move_section(self, section_id: SectionId, *, up: bool) -> bool:
        """Change places with its neighbour in one statement; False when there is none on that side."""
        ...

    async def remove_section(self, section_id: SectionId) -> bool:
        """False while any lesson is in it, archived ones too."""
        ...

    async def neighbour(self, section_id: SectionId) -> Section | None:
        """The section before it, else the one after it."""
        ...

    async def pour(self, section_id: SectionId, into: SectionId) -> None:
        """Put all lessons of a section behind those of another one, in their order."""
        ...

    async def move_lesson(self, lesson_id: LessonId, *, up: bool) -> bool:
        """Change places with the lesson before or behind it; at a section's edge over to the next one."""
        ...

    async def put_lesson(self, lesson_id: LessonId, section_id: SectionId) -> None:
        """Behind the section's last lesson; where it is already, nothing changes."""
        ...

    async def archive_lesson(self, lesson_id: LessonId, now: datetime) -> None:
        """Hide it and remember whether it was public; one that is archived stays as it is."""
        ...

    async def bring_back(self, lesson_id: LessonId) -> None: ...
    async def archived(self, course_id: CourseId) -> Sequence[Lesson]:
        """What was archived, the latest first."""
        ...

    async def copied_since(self, lesson_id: LessonId, title: Text, since: datetime) -> LessonId | None:
        """A draft of that title behind this lesson, made at or after that moment."""
        ...

    async def copy_lesson(self, lesson_id: LessonId, title: Text, actor_id: int, now: datetime) -> LessonId:
        """A draft right behind it with the same parts, questions and files."""
        ...

    async def course_copied_since(self, owner_id: int, title: Text, since: datetime) -> CourseId | None: ...
    async def copy_course(
        self, course_id: CourseId, *, code: str, title: Text, search: str, owner_id: int, now: datetime
    ) -> CourseId:
        """A draft of everything but students, co-teachers and what is archived. Raises CodeTaken."""
        ...

    async def set_opening(self, lesson_id: LessonId, opens_at: datetime | None, after_days: int | None) -> None: ...
    async def set_gate(self, lesson_id: LessonId, *, is_gate: bool) -> None: ...
    async def set_pass_percent(self, lesson_id: LessonId, percent: int | None) -> None: ...


class PartBook(Protocol):
    """Single parts of a lesson. Those who change them hold the lesson (`Workshop.lock_lesson`)."""

    async def get(self, part_id: PartId) -> Part | None: ...
    async def move(self, part_id: PartId, *, up: bool) -> bool: ...
    async def rewrite(self, part_id: PartId, version: int, text: Text | None, duration_seconds: int) -> bool:
        """The new text, if the part is still of that version."""
        ...

    async def replace_media(self, part_id: PartId, language: Language, media_id: MediaId, kind: str) -> None: ...
    async def set_link(self, part_id: PartId, link: Link) -> None: ...
    async def set_question(self, part_id: PartId, question: CheckQuestion | None) -> None: ...
    async def put_back(self, part: Part, media: Mapping[Language, MediaId]) -> bool:
        """A part that was removed, with its id, where it was; False when it is there already."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file beside a lesson, to take along."""

    id: int
    lesson_id: LessonId
    media: Media


class Resources(Protocol):
    async def of_lesson(self, lesson_id: LessonId) -> Sequence[Resource]:
        """In their order."""
        ...

    async def add(self, lesson_id: LessonId, media_id: MediaId) -> int:
        """Behind the last one; its id."""
        ...

    async def remove(self, resource_id: int) -> bool: ...
