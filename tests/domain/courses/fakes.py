"""Courses in memory, by the letter of the ports: what a commit puts in place counts, the rest is gone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from domain.courses.errors import CodeTaken
from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    CheckQuestion,
    Course,
    CourseEntry,
    CourseId,
    CourseStatus,
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
from domain.courses.own_courses import OwnKey, OwnLine, Shelving
from domain.courses.workshop import LessonLine, Outline, SectionLines
from domain.fiscal import FiscalCodes
from domain.folding import fold
from domain.jobs import JobPayload
from domain.language import Language, Text
from domain.money import Money
from domain.unit_of_work import UnitOfWork
from domain.users.model import RegistrationStep, Role, User, UserId
from tests.domain.courses.file_fakes import FakeMediaShelf, FakeUploadBoard, FileFacts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEACHER, OTHER_TEACHER, ADMIN, ALI = UserId(1), UserId(2), UserId(3), UserId(4)
MATHS = CategoryId(1)


def person(user_id: UserId, role: Role, language: Language = Language.UZ) -> User:
    return User(
        id=user_id,
        full_name=f"User {user_id}",
        username=None,
        language=language,
        role=role,
        step=RegistrationStep.DONE,
        phone=None,
        timezone="Asia/Tashkent",
        goal=None,
        daily_minutes=None,
        pending_link=None,
        is_muted=False,
        created_at=NOON,
    )


@dataclass
class Kept:
    """What a database would hold."""

    users: dict[UserId, User] = field(
        default_factory=lambda: {
            TEACHER: person(TEACHER, Role.TEACHER),
            OTHER_TEACHER: person(OTHER_TEACHER, Role.TEACHER),
            ADMIN: person(ADMIN, Role.ADMIN, Language.RU),
            ALI: person(ALI, Role.STUDENT),
        }
    )
    categories: dict[CategoryId, Category] = field(
        default_factory=lambda: {
            MATHS: Category(id=MATHS, slug="maths", emoji="📐", title=Text({Language.UZ: "Matematika"}))
        }
    )
    courses: dict[CourseId, Course] = field(default_factory=dict[CourseId, Course])
    published_once: set[CourseId] = field(default_factory=set[CourseId])
    sections: dict[SectionId, Section] = field(default_factory=dict[SectionId, Section])
    lessons: dict[LessonId, Lesson] = field(default_factory=dict[LessonId, Lesson])
    parts: dict[PartId, Part] = field(default_factory=dict[PartId, Part])
    media: dict[MediaId, Media] = field(default_factory=dict[MediaId, Media])
    questions: dict[LessonId, int] = field(default_factory=dict[LessonId, int])
    sold: set[LessonId] = field(default_factory=set[LessonId])
    used: set[LessonId] = field(default_factory=set[LessonId])
    jobs: list[tuple[str, JobPayload]] = field(default_factory=list[tuple[str, JobPayload]])
    files: FileFacts = field(default_factory=FileFacts)
    last_id: int = 100

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def parts_of(self, lesson_id: LessonId) -> list[Part]:
        return sorted((p for p in self.parts.values() if p.lesson_id == lesson_id), key=lambda part: part.position)


class FakeUsers:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def get(self, user_id: UserId) -> User | None:
        return self._kept.users.get(user_id)


class FakeCatalogue:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def subjects(self) -> Sequence[CategoryEntry]:
        return [CategoryEntry(category=category, course_count=0) for category in self._kept.categories.values()]

    async def category(self, category_id: CategoryId) -> Category | None:
        return self._kept.categories.get(category_id)

    async def parts(self, lesson_id: LessonId) -> Sequence[Part]:
        return self._kept.parts_of(lesson_id)


class FakeCourses:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def get(self, course_id: CourseId) -> Course | None:
        return self._kept.courses.get(course_id)

    async def lock(self, course_id: CourseId) -> Course | None:
        return self._kept.courses.get(course_id)

    async def get_lesson(self, lesson_id: LessonId) -> Lesson | None:
        return self._kept.lessons.get(lesson_id)

    async def lock_lesson(self, lesson_id: LessonId) -> tuple[Course, Lesson] | None:
        lesson = self._kept.lessons.get(lesson_id)
        return (self._kept.courses[lesson.course_id], lesson) if lesson else None

    async def outline(self, course_id: CourseId) -> Outline | None:
        kept = self._kept
        if (course := kept.courses.get(course_id)) is None:
            return None
        number, sections = 0, list[SectionLines]()
        for section in sorted(
            (s for s in kept.sections.values() if s.course_id == course_id), key=lambda section: section.position
        ):
            lines: list[LessonLine] = []
            for lesson in sorted(
                (one for one in kept.lessons.values() if one.section_id == section.id), key=lambda one: one.position
            ):
                number += 1
                lines.append(
                    LessonLine(
                        lesson=lesson,
                        number=number,
                        part_count=len(kept.parts_of(lesson.id)),
                        question_count=kept.questions.get(lesson.id, 0),
                    )
                )
            sections.append(SectionLines(section=section, lessons=tuple(lines)))
        return Outline(course=course, category=kept.categories[course.category_id], sections=tuple(sections))

    async def outline_around(self, lesson_id: LessonId) -> Outline | None:
        lesson = self._kept.lessons.get(lesson_id)
        return await self.outline(lesson.course_id) if lesson else None

    async def lesson_with(self, part_id: PartId) -> LessonId | None:
        part = self._kept.parts.get(part_id)
        return part.lesson_id if part else None

    async def last_section(self, course_id: CourseId) -> SectionId | None:
        found = [section for section in self._kept.sections.values() if section.course_id == course_id]
        return max(found, key=lambda section: section.position).id if found else None

    async def category_like(self, slug: str) -> CategoryId | None:
        return next((c.id for c in self._kept.categories.values() if c.slug == slug), None)

    async def add_category(
        self, *, slug: str, emoji: str, title: Text, parent_id: CategoryId | None, position: int
    ) -> CategoryId:
        new = CategoryId(self._kept.next_id())
        self._kept.categories[new] = Category(id=new, slug=slug, emoji=emoji, title=title, parent_id=parent_id)
        return new

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
        if any(course.code == code for course in self._kept.courses.values()):
            raise CodeTaken(code)
        assert (sale is Sale.COURSE) == (price is not None)
        new = CourseId(self._kept.next_id())
        self._kept.courses[new] = Course(
            id=new,
            code=code,
            category_id=category_id,
            owner_id=owner_id,
            language=language,
            title=title,
            description=description,
            level=level,
            sale=sale,
            price=price,
            status=CourseStatus.DRAFT,
        )
        return new

    async def set_titles(self, course_id: CourseId, title: Text, description: Text | None) -> None:
        self._change(course_id, title=title, description=description)

    async def set_sale(self, course_id: CourseId, sale: Sale, price: Money | None) -> None:
        assert (sale is Sale.COURSE) == (price is not None)
        self._change(course_id, sale=sale, price=price)

    async def set_course_stars(self, course_id: CourseId, stars: int | None) -> None:
        assert stars is None or stars > 0
        self._change(course_id, stars=stars)

    async def set_lesson_stars(self, lesson_id: LessonId, stars: int | None) -> None:
        assert stars is None or stars > 0
        self._kept.lessons[lesson_id] = replace(self._kept.lessons[lesson_id], stars=stars)

    async def set_fiscal_codes(self, course_id: CourseId, codes: FiscalCodes | None) -> None:
        self._change(course_id, fiscal=codes)

    async def set_status(self, course_id: CourseId, status: CourseStatus, now: datetime) -> None:
        if status is CourseStatus.PUBLISHED:
            self._kept.published_once.add(course_id)
        self._change(course_id, status=status)

    async def restore(self, course_id: CourseId) -> None:
        if self._kept.courses[course_id].status is CourseStatus.ARCHIVED:
            was_public = course_id in self._kept.published_once
            self._change(course_id, status=CourseStatus.PUBLISHED if was_public else CourseStatus.DRAFT)

    async def add_section(self, course_id: CourseId, title: Text) -> SectionId:
        new = SectionId(self._kept.next_id())
        position = 1 + sum(section.course_id == course_id for section in self._kept.sections.values())
        self._kept.sections[new] = Section(id=new, course_id=course_id, position=position, title=title)
        return new

    async def add_lesson(
        self, section_id: SectionId, title: Text, *, is_preview: bool, price: Money | None, now: datetime
    ) -> LessonId:
        new = LessonId(self._kept.next_id())
        position = 1 + sum(lesson.section_id == section_id for lesson in self._kept.lessons.values())
        self._kept.lessons[new] = Lesson(
            id=new,
            course_id=self._kept.sections[section_id].course_id,
            section_id=section_id,
            position=position,
            title=title,
            is_preview=is_preview,
            price=price,
            is_published=False,
        )
        return new

    async def set_lesson_title(self, lesson_id: LessonId, title: Text) -> None:
        self._change_lesson(lesson_id, title=title, version=self._kept.lessons[lesson_id].version + 1)

    async def set_lesson_price(self, lesson_id: LessonId, price: Money | None, *, is_preview: bool) -> None:
        self._change_lesson(lesson_id, price=price, is_preview=is_preview)

    async def publish_lessons(self, course_id: CourseId, only: LessonId | None = None) -> Sequence[LessonId]:
        outline = await self.outline(course_id)
        assert outline is not None
        published = [line.lesson.id for line in outline.ready_lessons if only is None or line.lesson.id == only]
        for lesson_id in published:
            self._change_lesson(lesson_id, is_published=True)
        return published

    async def hide_lesson(self, lesson_id: LessonId) -> bool:
        if lesson_id in self._kept.sold:
            return False
        self._change_lesson(lesson_id, is_published=False)
        return True

    async def remove_lesson(self, lesson_id: LessonId) -> bool:
        kept = self._kept
        if lesson_id in kept.used or kept.lessons[lesson_id].is_published or kept.parts_of(lesson_id):
            return False
        del kept.lessons[lesson_id]
        return True

    async def add_media(self, media: Media, owner_id: int, now: datetime) -> MediaId:
        new = MediaId(self._kept.next_id())
        self._kept.media[new] = replace(media, id=new)
        self._kept.files.owners[new] = UserId(owner_id)
        return new

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
        new = PartId(self._kept.next_id())
        last = self._kept.parts_of(lesson_id)
        self._kept.parts[new] = Part(
            id=new,
            lesson_id=lesson_id,
            position=last[-1].position + 1 if last else 1,
            kind=kind,
            text=text,
            media={language: self._kept.media[media_id] for language, media_id in media.items()},
            duration_seconds=duration_seconds,
            link=link,
            question=question,
        )
        return new

    async def remove_part(self, part_id: PartId) -> LessonId | None:
        part = self._kept.parts.pop(part_id, None)
        return part.lesson_id if part else None

    def _change(self, course_id: CourseId, **changes: object) -> None:
        self._kept.courses[course_id] = replace(self._kept.courses[course_id], **changes)

    def _change_lesson(self, lesson_id: LessonId, **changes: object) -> None:
        self._kept.lessons[lesson_id] = replace(self._kept.lessons[lesson_id], **changes)


class FakeJobs:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def enqueue(
        self, name: str, payload: JobPayload, *, key: str | None = None, after: datetime | None = None
    ) -> None:
        self._kept.jobs.append((name, dict(payload)))


class FakeOwnCourses:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def page(
        self,
        user_id: UserId,
        shelvings: Sequence[Shelving],
        words: Sequence[str],
        behind: OwnKey | None,
        *,
        limit: int,
    ) -> Sequence[OwnLine]:
        lines = [
            OwnLine(
                entry=CourseEntry(
                    course=course,
                    lesson_count=sum(lesson.course_id == course.id for lesson in self._kept.lessons.values()),
                ),
                shelving=Shelving(2 * (not course.is_taught_by(user_id)) + (course.status is CourseStatus.ARCHIVED)),
            )
            for course in self._kept.courses.values()
            if all(word in fold(str(course.title)) for word in words)
        ]
        place = (behind.shelving, -behind.course_id) if behind else (-1, 0)
        listed = sorted(
            (line for line in lines if line.shelving in shelvings),
            key=lambda line: (line.shelving, -line.entry.course.id),
        )
        return [line for line in listed if (line.shelving, -line.entry.course.id) > place][:limit]

    async def blank_drafts(self, owner_id: UserId, category_id: CategoryId) -> Sequence[Course]:
        return [
            course
            for course in self._kept.courses.values()
            if (course.owner_id, course.category_id, course.status) == (owner_id, category_id, CourseStatus.DRAFT)
            and not any(lesson.course_id == course.id for lesson in self._kept.lessons.values())
        ]


class FakeUnitOfWork:
    """Only what the authors' rules ask for; anything else is an AttributeError."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.is_committed = False
        self.users = FakeUsers(kept)
        self.catalogue = FakeCatalogue(kept)
        self.courses = FakeCourses(kept)
        self.own_courses = FakeOwnCourses(kept)
        self.jobs = FakeJobs(kept)
        self.quotas = kept.files.quotas
        self.media_shelf = FakeMediaShelf(kept.media, kept.files)
        self.upload_board = FakeUploadBoard(kept.media, kept.files)

    async def commit(self) -> None:
        self.is_committed = True


class FakeDatabase:
    """`begin` works on a copy that a commit puts in place, so a forgotten commit or a rollback shows."""

    def __init__(self) -> None:
        self.kept = Kept()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        unit = FakeUnitOfWork(deepcopy(self.kept))
        yield cast("UnitOfWork", unit)
        if unit.is_committed:
            self.kept = unit.kept

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", FakeUnitOfWork(deepcopy(self.kept)))
