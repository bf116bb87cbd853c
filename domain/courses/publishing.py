"""How a course becomes public: at once, or by itself when its moment has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.courses.authorship import index, lock_course, require_author
from domain.courses.errors import Missing, NotDraft, NotReady, WorkGone
from domain.courses.model import Course, CourseId, CourseStatus
from domain.courses.moments import parse_moment
from domain.courses.workshop import Publication
from domain.notifications.model import NoticeKind
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

DUE_AT_ONCE = 100
"""Courses that one run of the job publishes at most; the next minute takes the rest."""


async def publish_course(uow: UnitOfWork, course: Course, now: datetime) -> Publication:
    """Show the course, which is locked, and all its filled lessons to students. Raises NotReady."""
    outline = await uow.courses.outline(course.id)
    if outline is None:
        raise WorkGone(f"course {course.id}")
    missing = outline.missing()
    if missing:
        raise NotReady(missing)
    await uow.courses.set_status(course.id, CourseStatus.PUBLISHED, now)
    published = await uow.courses.publish_lessons(course.id)
    for lesson_id in published:
        await index(uow, lesson_id)
    return Publication(
        course=replace(course, status=CourseStatus.PUBLISHED, publish_at=None),
        lesson_ids=tuple(published),
        left_out=tuple(line.lesson.title for line in outline.lessons if not line.has_content),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A course that will publish itself, and what it still lacks for that."""

    course: Course
    missing: tuple[Missing, ...]


class PublicationSchedule:
    """Plans raise TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def plan(self, actor_id: UserId, course_id: CourseId, text: str) -> Plan:
        """Publish the draft by itself at the moment that the text names on the actor's own clock.

        Raises InvalidInput("moment", …) as `parse_moment`, NotDraft.
        """
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            moment = parse_moment(text, self._now(), ZoneInfo(actor.timezone))
            course = await lock_course(uow, actor_id, course_id)
            if course.status is not CourseStatus.DRAFT:
                raise NotDraft(course_id)
            outline = await uow.courses.outline(course_id)
            await uow.course_settings.plan(course_id, moment)
            await uow.commit()
        return Plan(course=replace(course, publish_at=moment), missing=outline.missing() if outline else ())

    async def cancel(self, actor_id: UserId, course_id: CourseId) -> Course:
        """Publish it by hand, some day. Twice is once."""
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.course_settings.plan(course_id, None)
            await uow.commit()
        return replace(course, publish_at=None)

    async def publish_due(self) -> int:
        """Publish the drafts whose moment has come, and tell their teachers; how many became public.

        What is not ready is told to them instead, and waits for another plan. So it does when its owner is no teacher
        any more. Runs twice without harm: the moment is taken away with the publication.
        """
        async with self._read() as uow:
            due = await uow.course_settings.due(self._now(), limit=DUE_AT_ONCE)
        published = 0
        for course_id in due:
            published += await self._publish(course_id)
        return published

    async def _publish(self, course_id: CourseId) -> bool:
        now = self._now()
        async with self._begin() as uow:
            course = await uow.courses.lock(course_id)
            if course is None or course.publish_at is None or course.publish_at > now:
                return False
            await uow.course_settings.plan(course_id, None)
            owner = await uow.users.get(UserId(course.owner_id))
            if course.status is not CourseStatus.DRAFT or owner is None or not owner.may_teach:
                await uow.commit()
                return False
            try:
                await publish_course(uow, course, now)
                kind = NoticeKind.COURSE_PUBLISHED
            except NotReady:
                # It has written nothing: the transaction goes on, to tell so.
                kind = NoticeKind.PUBLICATION_HELD
            await _tell_teachers(uow, course, kind, now)
            await uow.commit()
        return kind is NoticeKind.COURSE_PUBLISHED


async def _tell_teachers(uow: UnitOfWork, course: Course, kind: NoticeKind, now: datetime) -> None:
    moment = course.publish_at.isoformat() if course.publish_at else ""
    for teacher_id in sorted({course.owner_id, *course.teacher_ids}):
        await uow.notifications.add(
            UserId(teacher_id), kind, f"{kind}:{course.id}:{moment}", {"course_id": course.id}, now
        )
