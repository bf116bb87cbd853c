"""A course, its co-teacher and the category tree in memory, for the rules about who may change them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from domain.courses.category_ports import CategoryPage
from domain.courses.coteaching import digest
from domain.courses.coteaching_ports import CourseInvitation, CourseTeacher, TeachersPage
from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    Course,
    CourseId,
    CourseStatus,
    LessonId,
    Level,
    Media,
    MediaId,
    PartId,
    PartKind,
    Sale,
)
from domain.courses.settings_ports import CourseName, Prerequisite, SettingsPage
from domain.courses.translation_ports import CourseText, FilePart, Share, TextKey, TextKind
from domain.language import Language, Text
from domain.notifications.model import NoticeData, NoticeKind
from domain.unit_of_work import UnitOfWork
from domain.users.model import Role, UserId
from tests.domain.courses.fakes import MATHS, NOON, TEACHER, FakeUnitOfWork, Kept, person

CO = UserId(5)
JOINER = UserId(6)
"""A teacher who holds an invitation."""
FORMER = UserId(7)
"""A co-teacher who is no teacher any more."""
COURSE, REQUIRED = CourseId(10), CourseId(11)
BRANCH = CategoryId(2)
INVITATION = digest("the token of the invitation")
TITLE = TextKey(TextKind.TITLE, COURSE)
FILE = PartId(20)


@dataclass
class Done:
    """What was written, by its name: a use case that is refused writes nothing."""

    writes: list[str] = field(default_factory=list[str])


class FakeCategories:
    def __init__(self, unit: FakeUnitOfWork, done: Done) -> None:
        self._kept, self._done = unit.kept, done

    async def hold(self) -> None: ...

    async def page(self, category_id: CategoryId | None) -> CategoryPage | None:
        if category_id is None:
            return CategoryPage(category=None, branches=self._below(None))
        category = self._kept.categories.get(category_id)
        return CategoryPage(category=category, branches=self._below(category_id)) if category else None

    def _below(self, parent_id: CategoryId | None) -> tuple[CategoryEntry, ...]:
        found = [each for each in self._kept.categories.values() if each.parent_id == parent_id]
        return tuple(CategoryEntry(category=each, course_count=0) for each in found)

    async def add(self, *, slug: str, emoji: str, title: Text, parent_id: CategoryId | None) -> CategoryId | None:
        self._done.writes.append("add")
        return BRANCH

    async def set_title(self, category_id: CategoryId, language: Language, title: str) -> None:
        self._done.writes.append("title")

    async def set_emoji(self, category_id: CategoryId, emoji: str) -> None:
        self._done.writes.append("emoji")

    async def set_slug(self, category_id: CategoryId, slug: str) -> bool:
        self._done.writes.append("slug")
        return True

    async def move(self, category_id: CategoryId, parent_id: CategoryId | None) -> None:
        self._done.writes.append("move")

    async def hand_over_learners(self, from_id: CategoryId, to_id: CategoryId) -> None: ...

    async def arrange(self, category_ids: Sequence[CategoryId]) -> None:
        self._done.writes.append("arrange")

    async def remove(self, category_id: CategoryId) -> bool:
        self._done.writes.append("remove")
        return True


class FakeSettings:
    def __init__(self, unit: FakeUnitOfWork, done: Done) -> None:
        self._kept, self._done = unit.kept, done

    async def page(self, course_id: CourseId) -> SettingsPage | None:
        course = self._kept.courses.get(course_id)
        if course is None:
            return None
        required = Prerequisite(course_id=CourseId(12), title=Text({Language.UZ: "Kasrlar"}), is_published=True)
        return SettingsPage(course=course, path=(self._kept.categories[MATHS],), prerequisites=(required,))

    async def set_category(self, course_id: CourseId, category_id: CategoryId) -> None:
        self._done.writes.append("category")

    async def set_level(self, course_id: CourseId, level: Level | None) -> None:
        self._done.writes.append("level")

    async def set_language(self, course_id: CourseId, language: Language) -> None:
        self._done.writes.append("language")

    async def cover(self, course_id: CourseId) -> Media | None:
        return None

    async def set_cover(self, course_id: CourseId, media_id: MediaId | None) -> None:
        self._done.writes.append("cover")

    async def set_slug(self, course_id: CourseId, slug: str | None) -> bool:
        self._done.writes.append("slug")
        return True

    async def set_certificate(self, course_id: CourseId, *, has_certificate: bool, percent: int | None) -> None:
        self._done.writes.append("certificate")

    async def candidates(self, course_id: CourseId, *, before: CourseId | None, limit: int) -> Sequence[CourseName]:
        return []

    async def needed_by(self, course_id: CourseId) -> frozenset[CourseId]:
        return frozenset()

    async def require(self, course_id: CourseId, required_id: CourseId) -> None:
        self._done.writes.append("require")

    async def unrequire(self, course_id: CourseId, required_id: CourseId) -> None:
        self._done.writes.append("unrequire")

    async def plan(self, course_id: CourseId, publish_at: datetime | None) -> None:
        self._done.writes.append("plan")


class FakeTeachers:
    def __init__(self, unit: FakeUnitOfWork, done: Done) -> None:
        self._kept, self._done = unit.kept, done

    async def page(self, course_id: CourseId) -> TeachersPage | None:
        course = self._kept.courses.get(course_id)
        if course is None:
            return None
        owner = CourseTeacher(user_id=TEACHER, full_name="Owner", username=None)
        return TeachersPage(course=course, owner=owner, co_teachers=())

    async def add(self, course_id: CourseId, user_id: UserId, now: datetime) -> bool:
        self._done.writes.append("join")
        return True

    async def remove(self, course_id: CourseId, user_id: UserId) -> bool:
        is_member = user_id in self._kept.courses[course_id].teacher_ids
        if is_member:
            self._done.writes.append("leave")
        return is_member

    async def invite(self, invitation: CourseInvitation) -> None:
        self._done.writes.append("invite")

    async def invitation(self, token_hash: bytes) -> CourseInvitation | None:
        if token_hash != INVITATION:
            return None
        return CourseInvitation(
            token_hash=token_hash, course_id=COURSE, created_by=TEACHER, expires_at=NOON.replace(year=2027)
        )

    async def take(self, token_hash: bytes, taken_by: UserId, now: datetime) -> CourseInvitation | None:
        return await self.invitation(token_hash)


class FakeTranslations:
    def __init__(self, done: Done) -> None:
        self._done = done

    async def progress(self, course_id: CourseId) -> Mapping[Language, Share]:
        return {language: Share(0, 0) for language in Language}

    async def texts(
        self, course_id: CourseId, *, missing_in: Language | None, after: TextKey | None, limit: int
    ) -> Sequence[CourseText]:
        return []

    async def text(self, course_id: CourseId, key: TextKey) -> CourseText | None:
        return CourseText(key=TITLE, text=Text({Language.UZ: "Kurs"}), version=1)

    async def save(self, course_id: CourseId, key: TextKey, language: Language, words: str, version: int) -> bool:
        self._done.writes.append("translate")
        return True

    async def files(self, course_id: CourseId, *, after: PartId | None, limit: int) -> Sequence[FilePart]:
        return []

    async def file(self, course_id: CourseId, part_id: PartId) -> FilePart | None:
        return FilePart(
            part_id=FILE,
            kind=PartKind.PHOTO,
            version=1,
            lesson_id=LessonId(1),
            lesson_title=Text({Language.UZ: "Dars"}),
            names={Language.UZ: "", Language.RU: ""},
        )

    async def media(self, part_id: PartId, language: Language) -> Media | None:
        return None

    async def set_file(self, part_id: PartId, language: Language, media_id: MediaId, version: int) -> bool:
        self._done.writes.append("file")
        return True

    async def drop_file(self, part_id: PartId, language: Language, version: int) -> bool:
        self._done.writes.append("file")
        return True


class FakeNotifications:
    async def add(
        self,
        user_id: UserId,
        kind: NoticeKind,
        key: str,
        data: NoticeData,
        now: datetime,
        *,
        not_before: datetime | None = None,
    ) -> bool:
        return True


class Unit(FakeUnitOfWork):
    def __init__(self, kept: Kept, done: Done) -> None:
        super().__init__(kept)
        self.categories = FakeCategories(self, done)
        self.course_settings = FakeSettings(self, done)
        self.course_teachers = FakeTeachers(self, done)
        self.translations = FakeTranslations(done)
        self.notifications = FakeNotifications()


class Place:
    """The database of these tests. `done` holds what use cases wrote, committed or not."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.done = Done()
        for user_id, role in ((CO, Role.TEACHER), (JOINER, Role.TEACHER), (FORMER, Role.STUDENT)):
            self.kept.users[user_id] = person(user_id, role)
        self.kept.categories[BRANCH] = Category(
            id=BRANCH, slug="algebra", emoji="📂", title=Text({Language.UZ: "Algebra"}), parent_id=MATHS
        )
        neighbour = CategoryId(3)
        self.kept.categories[neighbour] = Category(
            id=neighbour, slug="geometry", emoji="📂", title=Text({Language.UZ: "Geometriya"}), parent_id=MATHS
        )
        self.kept.courses[COURSE] = course(COURSE, CourseStatus.DRAFT)
        self.kept.courses[REQUIRED] = course(REQUIRED, CourseStatus.PUBLISHED)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", Unit(self.kept, self.done))


def course(course_id: CourseId, status: CourseStatus) -> Course:
    return Course(
        id=course_id,
        code=f"C{course_id}",
        category_id=MATHS,
        owner_id=TEACHER,
        language=Language.UZ,
        title=Text({Language.UZ: "Kurs"}),
        description=None,
        level=None,
        sale=Sale.FREE,
        price=None,
        status=status,
        teacher_ids=frozenset({CO, FORMER}),
    )
