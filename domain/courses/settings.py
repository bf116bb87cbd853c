"""What a course is beside its lessons: its place, level, language, cover, address, certificate, prerequisites."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.clock import Clock
from domain.courses.authorship import lock_course, owns, require_author
from domain.courses.errors import PrerequisiteCircle, TooManyPrerequisites, WorkGone
from domain.courses.materials import Upload
from domain.courses.model import CategoryId, Course, CourseId, Level, Media, PartKind
from domain.courses.settings_ports import CourseName, SettingsPage
from domain.courses.slugs import checked_slug, slug_of
from domain.courses.storing import media_of, take_upload
from domain.errors import InvalidInput
from domain.folding import fold
from domain.language import Language
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

CANDIDATES = 8
"""Courses on one page of those to choose from."""
MAX_PREREQUISITES = 10

_PERCENT = re.compile(r"([0-9]{1,3})\s*%?")


def parse_percent(text: str) -> int:
    """`80`, `80 %`: from 1 to 100. Raises InvalidInput("percent", "format")."""
    match = _PERCENT.fullmatch(text.strip())
    percent = int(match[1]) if match else 0
    if not 1 <= percent <= 100:
        raise InvalidInput("percent", "format")
    return percent


class CourseSettings:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own.

    The owner, co-teachers and admins set all of this alike.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def page(self, actor_id: UserId, course_id: CourseId) -> SettingsPage:
        async with self._read() as uow:
            return await own_page(uow, actor_id, course_id)

    async def move(self, actor_id: UserId, course_id: CourseId, category_id: CategoryId) -> None:
        """Put the course into another branch of the catalogue."""
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            await uow.categories.hold()
            if await uow.catalogue.category(category_id) is None:
                raise WorkGone(f"category {category_id}")
            await uow.course_settings.set_category(course_id, category_id)
            await uow.commit()

    async def set_level(self, actor_id: UserId, course_id: CourseId, level: Level | None) -> Course:
        """None: for everybody."""
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.course_settings.set_level(course_id, level)
            await uow.commit()
        return replace(course, level=level)

    async def set_language(self, actor_id: UserId, course_id: CourseId, language: Language) -> Course:
        """The language that the course is taught in, and that its texts are written in from now on; those that are
        there stay."""
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.course_settings.set_language(course_id, language)
            await uow.commit()
        return replace(course, language=language)

    async def cover(self, actor_id: UserId, course_id: CourseId) -> Media | None:
        async with self._read() as uow:
            await own_page(uow, actor_id, course_id)
            return await uow.course_settings.cover(course_id)

    async def set_cover(self, actor_id: UserId, course_id: CourseId, upload: Upload) -> None:
        """The same picture again changes nothing. Raises InvalidInput("cover", "kind") for what is no photo."""
        if upload.kind is not PartKind.PHOTO:
            raise InvalidInput("cover", "kind")
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            known = await uow.course_settings.cover(course_id)
            if known is not None and (known.telegram_file_id, known.bot_id) == (upload.telegram_file_id, upload.bot_id):
                return
            media_id = await take_upload(uow, media_of(upload), actor_id, self._now())
            await uow.course_settings.set_cover(course_id, media_id)
            await uow.commit()

    async def remove_cover(self, actor_id: UserId, course_id: CourseId) -> None:
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            await uow.course_settings.set_cover(course_id, None)
            await uow.commit()

    async def set_slug(self, actor_id: UserId, course_id: CourseId, slug: str | None) -> Course:
        """The course's own name in links; None takes it away, and the links with it. The code always works.

        Raises InvalidInput("slug", …): "format", "too_long", "taken".
        """
        checked = None if slug is None else checked_slug(slug)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            if not await uow.course_settings.set_slug(course_id, checked):
                raise InvalidInput("slug", "taken")
            await uow.commit()
        return replace(course, slug=checked)

    async def set_certificate(
        self, actor_id: UserId, course_id: CourseId, *, has_certificate: bool, percent: int | None = None
    ) -> Course:
        """Whether the course gives a certificate, and the average score of its quizzes that this asks for; None: any.

        Raises InvalidInput("percent", "format").
        """
        if percent is not None and not 1 <= percent <= 100:
            raise InvalidInput("percent", "format")
        percent = percent if has_certificate else None
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.course_settings.set_certificate(course_id, has_certificate=has_certificate, percent=percent)
            await uow.commit()
        return replace(course, has_certificate=has_certificate, certificate_percent=percent)

    async def candidates(
        self, actor_id: UserId, course_id: CourseId, *, words: str = "", before: CourseId | None = None
    ) -> Sequence[CourseName]:
        """Published courses that may be asked for first: a page of all, or the best ones for these words."""
        folded = fold(words[:200]).strip()
        async with self._read() as uow:
            await own_page(uow, actor_id, course_id)
            if not folded:
                return await uow.course_settings.candidates(course_id, before=before, limit=CANDIDATES)
            return await uow.course_settings.candidates_like(course_id, folded, limit=CANDIDATES)

    async def require(self, actor_id: UserId, course_id: CourseId, required_id: CourseId) -> None:
        """Ask that `required_id`, a published course of the centre, be completed first. Twice is once.

        Raises PrerequisiteCircle, TooManyPrerequisites.
        """
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            page = await _page(uow, course_id)
            if any(each.course_id == required_id for each in page.prerequisites):
                return
            required = await uow.courses.get(required_id)
            if required is None or not required.is_published:
                raise WorkGone(f"course {required_id}")
            if required_id == course_id or course_id in await uow.course_settings.needed_by(required_id):
                raise PrerequisiteCircle(course_id)
            if len(page.prerequisites) >= MAX_PREREQUISITES:
                raise TooManyPrerequisites(course_id)
            await uow.course_settings.require(course_id, required_id)
            await uow.commit()

    async def unrequire(self, actor_id: UserId, course_id: CourseId, required_id: CourseId) -> None:
        """Twice is once."""
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            await uow.course_settings.unrequire(course_id, required_id)
            await uow.commit()


def proposed_slug(course: Course) -> str | None:
    return slug_of(course.title.read_in(course.language))


async def own_page(uow: UnitOfWork, actor_id: UserId, course_id: CourseId) -> SettingsPage:
    """The settings, for whoever may see them. Raises TeachersOnly, WorkGone."""
    actor = await require_author(uow, actor_id)
    page = await _page(uow, course_id)
    if not owns(actor, page.course):
        raise WorkGone(f"course {course_id}")
    return page


async def _page(uow: UnitOfWork, course_id: CourseId) -> SettingsPage:
    page = await uow.course_settings.page(course_id)
    if page is None:
        raise WorkGone(f"course {course_id}")
    return page
