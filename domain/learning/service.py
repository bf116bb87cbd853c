"""A student finds a course, joins it, opens its lessons and finishes them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain.clock import Clock
from domain.courses.model import (
    CategoryEntry,
    CourseId,
    CoursePage,
    LessonId,
    LessonPage,
    MediaId,
    Part,
    PartId,
    barrier_of,
    is_visible,
    lock_of,
)
from domain.courses.ports import LessonFacts
from domain.language import Text
from domain.learning.completion import complete_course
from domain.learning.errors import CourseGone, LessonGone, LessonLocked, LessonUnfinished
from domain.learning.model import SentPart
from domain.learning.study_model import STEP, LessonStanding, Reading, next_step
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class LearningService:
    """Every method checks what the reader may see: ids come from buttons and links, and prove nothing."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def subjects(self) -> Sequence[CategoryEntry]:
        async with self._read() as uow:
            return await uow.catalogue.subjects()

    async def course(self, user_id: UserId, course_id: CourseId) -> CoursePage:
        async with self._read() as uow:
            return await _visible_course(uow, user_id, course_id, self._now())

    async def course_with_code(self, user_id: UserId, code: str) -> CoursePage:
        """The course of a link: by its code or its slug."""
        async with self._read() as uow:
            course_id = await uow.catalogue.course_with_code(code)
            if course_id is None:
                raise CourseGone(code)
            return await _visible_course(uow, user_id, course_id, self._now())

    async def enrol(self, user_id: UserId, course_id: CourseId) -> bool:
        """Put the course among the user's own; False when it was there. It opens nothing that has to be bought."""
        async with self._begin() as uow:
            await _visible_course(uow, user_id, course_id, self._now())
            changed = await uow.enrolments.activate(user_id, course_id, self._now())
            if changed:
                await complete_course(uow, user_id, course_id, self._now())
            await uow.commit()
        return changed

    async def leave(self, user_id: UserId, course_id: CourseId) -> bool:
        """Take the course off the user's own; progress and everything paid stays. A completed one is not left."""
        async with self._begin() as uow:
            changed = await uow.enrolments.cancel(user_id, course_id)
            await uow.commit()
        return changed

    async def lesson(self, user_id: UserId, lesson_id: LessonId) -> LessonPage:
        """The lesson's page; a locked one comes without its parts. Nothing is noted."""
        async with self._read() as uow:
            facts = await _visible_lesson(uow, user_id, lesson_id)
            is_open = lock_of(facts.course, facts.lesson, facts.entitlement, self._now()) is None
            parts = await uow.catalogue.parts(lesson_id) if is_open else ()
        return _page(facts, parts, self._now())

    async def reading(self, user_id: UserId, lesson_id: LessonId) -> Reading:
        """The lesson without its content, and how far its reader is in it: in a locked one nowhere. Notes nothing."""
        async with self._read() as uow:
            page = _page(await _visible_lesson(uow, user_id, lesson_id), (), self._now())
            is_open = page.lock is None
            standing = await uow.study.standing(user_id, lesson_id) if is_open else LessonStanding(parts=())
        return Reading(page=page, standing=standing)

    async def open_lesson(
        self, user_id: UserId, lesson_id: LessonId, *, after: PartId | None = None, from_start: bool = False
    ) -> LessonPage:
        """The lesson's page with the parts to send now, noting that it was opened; this also enrols.

        A long lesson comes in steps: behind the part `after`, from its beginning, else from where the student stopped.
        """
        async with self._begin() as uow:
            facts = await _visible_lesson(uow, user_id, lesson_id)
            now = self._now()
            if lock_of(facts.course, facts.lesson, facts.entitlement, now) is not None:
                return _page(facts, (), now)
            if after is not None:
                await uow.study.pass_until(user_id, lesson_id, after, now)
            parts = await uow.catalogue.parts(lesson_id)
            standing = await uow.study.standing(user_id, lesson_id)
            await uow.enrolments.activate(user_id, facts.course.id, now)
            await uow.progress.act(user_id, lesson_id, now)
            if facts.finished_at is not None:
                await complete_course(uow, user_id, facts.course.id, now)
            await uow.commit()
        page = _page(facts, parts[:STEP] if from_start else next_step(parts, standing, after), now)
        return replace(page, positions=standing.positions)

    async def finish_lesson(self, user_id: UserId, lesson_id: LessonId) -> LessonId | None:
        """Mark the lesson done and return the one to go to next, if any. Twice keeps the first date.

        Raises LessonUnfinished with what is missing. The last lesson of a course completes it.
        """
        async with self._begin() as uow:
            facts = await _visible_lesson(uow, user_id, lesson_id)
            lock = lock_of(facts.course, facts.lesson, facts.entitlement, self._now())
            if lock is not None:
                raise LessonLocked(lesson_id, lock)
            if facts.finished_at is None:
                lacks = (await uow.study.standing(user_id, lesson_id)).lacks(
                    facts.lesson.pass_percent, has_quiz=facts.has_quiz
                )
                if not lacks.is_nothing:
                    raise LessonUnfinished(lesson_id, lacks)
            now = self._now()
            await uow.enrolments.activate(user_id, facts.course.id, now)
            await uow.progress.act(user_id, lesson_id, now)
            await uow.progress.finish(user_id, lesson_id, now)
            await complete_course(uow, user_id, facts.course.id, now)
            await uow.commit()
        return facts.next_id

    async def first_lesson(self, user_id: UserId) -> LessonId | None:
        """Where a newcomer starts: a lesson that costs nothing and fits their subjects and language."""
        async with self._read() as uow:
            return await uow.catalogue.first_open_lesson(user_id, self._now())

    async def lesson_to_continue(self, user_id: UserId) -> tuple[LessonId, Text] | None:
        """Where the student goes on, with its title."""
        async with self._read() as uow:
            place = await uow.shelf.place(user_id, self._now())
        return (place.lesson_id, place.lesson_title) if place else None

    async def remember_sent(
        self, user_id: UserId, messages: Mapping[int, SentPart], parts: Collection[PartId] = ()
    ) -> None:
        """Keep which messages of the reader's chat showed which parts, so that a reply finds its part.

        `parts` are those of the lesson that it was the turn of, also one whose file could not be sent: nobody has to
        wait for that. They count as opened.
        """
        async with self._begin() as uow:
            await uow.study.note_sent(user_id, parts, self._now())
            await uow.sent_parts.remember(user_id, messages)
            await uow.commit()

    async def part_shown_by(self, user_id: UserId, message_id: int) -> SentPart | None:
        """The part that the message showed, as long as the reader may open its lesson."""
        async with self._read() as uow:
            sent = await uow.sent_parts.shown_by(user_id, message_id)
            if sent is None:
                return None
            facts = await _visible_lesson(uow, user_id, sent.lesson_id)
        return sent if lock_of(facts.course, facts.lesson, facts.entitlement, self._now()) is None else None

    async def remember_file_id(self, media_id: MediaId, telegram_file_id: str, bot_id: int) -> None:
        """Keep how Telegram knows a file after its first upload, so that it is never uploaded again."""
        async with self._begin() as uow:
            await uow.courses.remember_file_id(media_id, telegram_file_id, bot_id)
            await uow.commit()


async def _visible_course(uow: UnitOfWork, user_id: UserId, course_id: CourseId, now: datetime) -> CoursePage:
    page = await uow.catalogue.course_page(course_id, user_id, now)
    if page is None:
        raise CourseGone(course_id)
    owned = page.entitlement
    if not (page.course.is_published or owned.is_staff or owned.owns_course or page.is_enrolled):
        raise CourseGone(course_id)
    return page


async def _visible_lesson(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId) -> LessonFacts:
    facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
    if facts is None or not is_visible(facts.course, facts.lesson, facts.entitlement):
        raise LessonGone(lesson_id)
    return facts


def _page(facts: LessonFacts, parts: Sequence[Part], now: datetime) -> LessonPage:
    barrier = barrier_of(facts.course, facts.lesson, facts.entitlement, now)
    return LessonPage(
        course=facts.course,
        section=facts.section,
        lesson=facts.lesson,
        number=facts.number,
        lesson_count=facts.lesson_count,
        lock=barrier.reason if barrier else None,
        barrier=barrier,
        parts=tuple(parts),
        previous_id=facts.previous_id,
        next_id=facts.next_id,
        finished_at=facts.finished_at,
        has_quiz=facts.has_quiz,
        is_staff=facts.entitlement.is_staff,
        file_count=facts.file_count if barrier is None else 0,
    )


async def open_lesson_facts(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId, now: datetime) -> LessonFacts:
    """For what somebody does in a lesson: LessonGone or LessonLocked unless they may open it now."""
    facts = await _visible_lesson(uow, user_id, lesson_id)
    lock = lock_of(facts.course, facts.lesson, facts.entitlement, now)
    if lock is not None:
        raise LessonLocked(lesson_id, lock)
    return facts


def lesson_page(facts: LessonFacts, now: datetime) -> LessonPage:
    """The lesson without its content."""
    return _page(facts, (), now)
