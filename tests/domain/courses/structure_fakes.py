"""A course's structure in memory: enough to tell who may do what."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import cast

from domain.courses.model import (
    CheckQuestion,
    Course,
    CourseId,
    Lesson,
    LessonId,
    Link,
    MediaId,
    Part,
    PartId,
    Section,
    SectionId,
)
from domain.courses.structure_ports import Resource
from domain.language import Language, Text
from domain.unit_of_work import UnitOfWork
from tests.domain.courses.fakes import FakeUnitOfWork, Kept


class FakeStructure:
    """Moves change nothing here: tests/db/test_structure.py shows them on the real thing."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def lock_section(self, section_id: SectionId) -> tuple[Course, Section] | None:
        section = self._kept.sections.get(section_id)
        return (self._kept.courses[section.course_id], section) if section else None

    async def rename_section(self, section_id: SectionId, title: Text) -> None:
        self._kept.sections[section_id] = replace(self._kept.sections[section_id], title=title)

    async def move_section(self, section_id: SectionId, *, up: bool) -> bool:
        return True

    async def move_lesson(self, lesson_id: LessonId, *, up: bool) -> bool:
        return True

    async def put_lesson(self, lesson_id: LessonId, section_id: SectionId) -> None:
        self._kept.lessons[lesson_id] = replace(self._kept.lessons[lesson_id], section_id=section_id)

    async def neighbour(self, section_id: SectionId) -> Section | None:
        return next((one for one in self._kept.sections.values() if one.id != section_id), None)

    async def pour(self, section_id: SectionId, into: SectionId) -> None:
        for lesson in list(self._kept.lessons.values()):
            if lesson.section_id == section_id:
                await self.put_lesson(lesson.id, into)

    async def remove_section(self, section_id: SectionId) -> bool:
        if any(lesson.section_id == section_id for lesson in self._kept.lessons.values()):
            return False
        return self._kept.sections.pop(section_id, None) is not None

    async def archive_lesson(self, lesson_id: LessonId, now: datetime) -> None:
        self._kept.lessons[lesson_id] = replace(self._kept.lessons[lesson_id], archived_at=now, is_published=False)

    async def bring_back(self, lesson_id: LessonId) -> None:
        self._kept.lessons[lesson_id] = replace(self._kept.lessons[lesson_id], archived_at=None)

    async def archived(self, course_id: CourseId) -> Sequence[Lesson]:
        return [one for one in self._kept.lessons.values() if one.course_id == course_id and one.archived_at]

    async def copied_since(self, lesson_id: LessonId, title: Text, since: datetime) -> LessonId | None:
        return None

    async def copy_lesson(self, lesson_id: LessonId, title: Text, actor_id: int, now: datetime) -> LessonId:
        copy = LessonId(self._kept.next_id())
        self._kept.lessons[copy] = replace(self._kept.lessons[lesson_id], id=copy, title=title, is_published=False)
        return copy

    async def course_copied_since(self, owner_id: int, title: Text, since: datetime) -> CourseId | None:
        return None

    async def copy_course(
        self, course_id: CourseId, *, code: str, title: Text, search: str, owner_id: int, now: datetime
    ) -> CourseId:
        copy = CourseId(self._kept.next_id())
        self._kept.courses[copy] = replace(
            self._kept.courses[course_id], id=copy, code=code, title=title, owner_id=owner_id
        )
        return copy

    async def set_opening(self, lesson_id: LessonId, opens_at: datetime | None, after_days: int | None) -> None:
        self._change(lesson_id, opens_at=opens_at, opens_after_days=after_days)

    async def set_gate(self, lesson_id: LessonId, *, is_gate: bool) -> None:
        self._change(lesson_id, is_gate=is_gate)

    async def set_pass_percent(self, lesson_id: LessonId, percent: int | None) -> None:
        self._change(lesson_id, pass_percent=percent)

    def _change(self, lesson_id: LessonId, **changes: object) -> None:
        self._kept.lessons[lesson_id] = replace(self._kept.lessons[lesson_id], **changes)


class FakeParts:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def get(self, part_id: PartId) -> Part | None:
        return self._kept.parts.get(part_id)

    async def move(self, part_id: PartId, *, up: bool) -> bool:
        return True

    async def rewrite(self, part_id: PartId, version: int, text: Text | None, duration_seconds: int) -> bool:
        if self._kept.parts[part_id].version != version:
            return False
        self._change(part_id, text=text, version=version + 1, duration_seconds=duration_seconds)
        return True

    async def replace_media(self, part_id: PartId, language: Language, media_id: MediaId, kind: str) -> None:
        self._change(part_id, media={language: self._kept.media[media_id]})

    async def set_link(self, part_id: PartId, link: Link) -> None:
        self._change(part_id, link=link)

    async def set_question(self, part_id: PartId, question: CheckQuestion | None) -> None:
        self._change(part_id, question=question)

    async def put_back(self, part: Part, media: Mapping[Language, MediaId]) -> bool:
        return self._kept.parts.setdefault(part.id, part) is part

    def _change(self, part_id: PartId, **changes: object) -> None:
        self._kept.parts[part_id] = replace(self._kept.parts[part_id], **changes)


class FakeResources:
    def __init__(self, kept: Kept, files: dict[int, Resource]) -> None:
        self._kept = kept
        self._files = files

    async def of_lesson(self, lesson_id: LessonId) -> Sequence[Resource]:
        return [one for one in self._files.values() if one.lesson_id == lesson_id]

    async def add(self, lesson_id: LessonId, media_id: MediaId) -> int:
        new = self._kept.next_id()
        self._files[new] = Resource(id=new, lesson_id=lesson_id, media=self._kept.media[media_id])
        return new

    async def remove(self, resource_id: int) -> bool:
        return self._files.pop(resource_id, None) is not None


class StructureUnitOfWork(FakeUnitOfWork):
    def __init__(self, kept: Kept, files: dict[int, Resource]) -> None:
        super().__init__(kept)
        self.files = files
        self.structure = FakeStructure(kept)
        self.parts = FakeParts(kept)
        self.resources = FakeResources(kept, files)


class StructureDatabase:
    """`begin` works on a copy that a commit puts in place, so a forgotten commit or a rollback shows."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.files: dict[int, Resource] = {}

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        unit = StructureUnitOfWork(deepcopy(self.kept), deepcopy(self.files))
        yield cast("UnitOfWork", unit)
        if unit.is_committed:
            self.kept, self.files = unit.kept, unit.files

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", StructureUnitOfWork(deepcopy(self.kept), deepcopy(self.files)))
