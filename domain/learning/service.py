"""A student finds a course, joins it, opens its lessons and finishes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.clock import Clock
from domain.courses.model import (
    Category,
    CategoryEntry,
    CourseEntry,
    CourseId,
    CoursePage,
    LessonId,
    LessonPage,
    MediaId,
    Part,
    lock_of,
)
from domain.courses.ports import LessonFacts
from domain.language import Text
from domain.learning.errors import CourseGone, LessonGone, LessonLocked
from domain.learning.model import SentPart
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

PAGE = 6
"""Courses on one page of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseList:
    """One page of courses."""

    category: Category | None
    entries: Sequence[CourseEntry]
    page: int
    page_count: int


class LearningService:
    """Every method checks what the reader may see: ids come from buttons and links, and prove nothing."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def subjects(self) -> Sequence[CategoryEntry]:
        async with self._read() as uow:
            return await uow.catalogue.subjects()

    async def my_courses(self, user_id: UserId, page: int) -> CourseList:
        page = max(page, 0)
        async with self._read() as uow:
            entries, total = await uow.catalogue.my_courses(user_id, limit=PAGE, offset=page * PAGE)
        return CourseList(category=None, entries=entries, page=page, page_count=max(-(-total // PAGE), 1))

    async def course(self, user_id: UserId, course_id: CourseId) -> CoursePage:
        async with self._read() as uow:
            return await _visible_course(uow, user_id, course_id)

    async def course_with_code(self, user_id: UserId, code: str) -> CoursePage:
        async with self._read() as uow:
            course_id = await uow.catalogue.course_with_code(code)
            if course_id is None:
                raise CourseGone(code)
            return await _visible_course(uow, user_id, course_id)

    async def enrol(self, user_id: UserId, course_id: CourseId) -> bool:
        """Put the course among the user's own; False when it was there. It opens nothing that has to be bought."""
        async with self._begin() as uow:
            await _visible_course(uow, user_id, course_id)
            changed = await uow.enrolments.activate(user_id, course_id, self._now())
            await uow.commit()
        return changed

    async def leave(self, user_id: UserId, course_id: CourseId) -> bool:
        """Take the course off the user's own; progress and everything paid stays."""
        async with self._begin() as uow:
            changed = await uow.enrolments.cancel(user_id, course_id)
            await uow.commit()
        return changed

    async def lesson(self, user_id: UserId, lesson_id: LessonId) -> LessonPage:
        """The lesson's page; a locked one comes without its parts. Nothing is noted."""
        async with self._read() as uow:
            facts = await _visible_lesson(uow, user_id, lesson_id)
            is_open = lock_of(facts.course, facts.lesson, facts.entitlement) is None
            parts = await uow.catalogue.parts(lesson_id) if is_open else ()
        return _page(facts, parts)

    async def open_lesson(self, user_id: UserId, lesson_id: LessonId) -> LessonPage:
        """The lesson's page, noting that it was opened; the first open lesson of a course also enrols."""
        async with self._begin() as uow:
            facts = await _visible_lesson(uow, user_id, lesson_id)
            if lock_of(facts.course, facts.lesson, facts.entitlement) is not None:
                return _page(facts, ())
            parts = await uow.catalogue.parts(lesson_id)
            await uow.progress.open(user_id, lesson_id, self._now())
            await uow.enrolments.activate(user_id, facts.course.id, self._now())
            await uow.commit()
        return _page(facts, parts)

    async def finish_lesson(self, user_id: UserId, lesson_id: LessonId) -> LessonId | None:
        """Mark the lesson done and return the one to go to next, if any. Twice keeps the first date."""
        async with self._begin() as uow:
            facts = await _visible_lesson(uow, user_id, lesson_id)
            lock = lock_of(facts.course, facts.lesson, facts.entitlement)
            if lock is not None:
                raise LessonLocked(lesson_id, lock)
            await uow.progress.finish(user_id, lesson_id, self._now())
            await uow.enrolments.activate(user_id, facts.course.id, self._now())
            await uow.commit()
        return facts.next_id

    async def first_lesson(self, user_id: UserId) -> LessonId | None:
        """Where a newcomer starts: a lesson that costs nothing and fits their subjects and language."""
        async with self._read() as uow:
            return await uow.catalogue.first_open_lesson(user_id)

    async def lesson_to_continue(self, user_id: UserId) -> tuple[LessonId, Text] | None:
        async with self._read() as uow:
            return await uow.catalogue.lesson_to_continue(user_id)

    async def remember_sent(self, user_id: UserId, messages: Mapping[int, SentPart]) -> None:
        """Keep which messages of the reader's chat showed which parts, so that a reply finds its part."""
        async with self._begin() as uow:
            await uow.sent_parts.remember(user_id, messages)
            await uow.commit()

    async def part_shown_by(self, user_id: UserId, message_id: int) -> SentPart | None:
        """The part that the message showed, as long as the reader may open its lesson."""
        async with self._read() as uow:
            sent = await uow.sent_parts.shown_by(user_id, message_id)
            if sent is None:
                return None
            facts = await _visible_lesson(uow, user_id, sent.lesson_id)
        return sent if lock_of(facts.course, facts.lesson, facts.entitlement) is None else None

    async def remember_file_id(self, media_id: MediaId, telegram_file_id: str, bot_id: int) -> None:
        """Keep how Telegram knows a file after its first upload, so that it is never uploaded again."""
        async with self._begin() as uow:
            await uow.courses.remember_file_id(media_id, telegram_file_id, bot_id)
            await uow.commit()


async def _visible_course(uow: UnitOfWork, user_id: UserId, course_id: CourseId) -> CoursePage:
    page = await uow.catalogue.course_page(course_id, user_id)
    if page is None:
        raise CourseGone(course_id)
    owned = page.entitlement
    if not (page.course.is_published or owned.is_staff or owned.owns_course or page.is_enrolled):
        raise CourseGone(course_id)
    return page


async def _visible_lesson(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId) -> LessonFacts:
    """Drafts are for their authors; what somebody paid for stays theirs when the course is archived."""
    facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
    if facts is None:
        raise LessonGone(lesson_id)
    owned = facts.entitlement
    if not (facts.course.is_published or owned.is_staff or owned.owns_course or owned.owns_lesson):
        raise LessonGone(lesson_id)
    return facts


def _page(facts: LessonFacts, parts: Sequence[Part]) -> LessonPage:
    return LessonPage(
        course=facts.course,
        section=facts.section,
        lesson=facts.lesson,
        number=facts.number,
        lesson_count=facts.lesson_count,
        lock=lock_of(facts.course, facts.lesson, facts.entitlement),
        parts=tuple(parts),
        previous_id=facts.previous_id,
        next_id=facts.next_id,
        finished_at=facts.finished_at,
        has_quiz=facts.has_quiz,
        is_staff=facts.entitlement.is_staff,
    )
