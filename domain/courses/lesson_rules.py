"""A teacher decides when a lesson opens, and what passes it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.courses.authorship import lock_lesson
from domain.courses.errors import NothingToPass, WorkGone
from domain.courses.model import Lesson, LessonId
from domain.courses.moments import parse_moment
from domain.errors import InvalidInput
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

LONGEST_WAIT = 365
"""Days after enrolment."""


class LessonRules:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own.

    Whoever has opened a lesson keeps it: these rules are for those who come later.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, timezone: str) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._zone = ZoneInfo(timezone)

    async def open_at(self, actor_id: UserId, lesson_id: LessonId, typed: str) -> Lesson:
        """From a moment on, typed as people type it, by the centre's clock. Raises InvalidInput("moment", …)."""
        return await self._open(actor_id, lesson_id, parse_moment(typed, self._now(), self._zone), None)

    async def open_after(self, actor_id: UserId, lesson_id: LessonId, typed: str) -> Lesson:
        """So many days after each student's enrolment, 1 to LONGEST_WAIT. Raises InvalidInput("days", …)."""
        digits = typed.strip().split(" ")[0] if typed.strip() else ""
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 4:
            raise InvalidInput("days", "format")
        if not 1 <= int(digits) <= LONGEST_WAIT:
            raise InvalidInput("days", "range")
        return await self._open(actor_id, lesson_id, None, int(digits))

    async def open_now(self, actor_id: UserId, lesson_id: LessonId) -> Lesson:
        """Without a date."""
        return await self._open(actor_id, lesson_id, None, None)

    async def set_gate(self, actor_id: UserId, lesson_id: LessonId, *, is_gate: bool) -> Lesson:
        """The lessons behind it open for whoever finishes it, or that is taken back."""
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            await uow.structure.set_gate(lesson_id, is_gate=is_gate)
            return await _committed(uow, lesson_id)

    async def set_pass_percent(self, actor_id: UserId, lesson_id: LessonId, percent: int | None) -> Lesson:
        """The score of its quiz that finishing asks for, 1 to 100; None: any.

        Raises InvalidInput("percent", "range"), NothingToPass without questions.
        """
        if percent is not None and not 1 <= percent <= 100:
            raise InvalidInput("percent", "range")
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            outline = await uow.courses.outline_around(lesson_id)
            lines = outline.lessons if outline is not None else ()
            if percent is not None and not any(line.lesson.id == lesson_id and line.question_count for line in lines):
                raise NothingToPass(lesson_id)
            await uow.structure.set_pass_percent(lesson_id, percent)
            return await _committed(uow, lesson_id)

    async def _open(
        self, actor_id: UserId, lesson_id: LessonId, opens_at: datetime | None, after_days: int | None
    ) -> Lesson:
        async with self._begin() as uow:
            await lock_lesson(uow, actor_id, lesson_id)
            await uow.structure.set_opening(lesson_id, opens_at, after_days)
            return await _committed(uow, lesson_id)


async def _committed(uow: UnitOfWork, lesson_id: LessonId) -> Lesson:
    lesson = await uow.courses.get_lesson(lesson_id)
    if lesson is None:
        raise WorkGone(f"lesson {lesson_id}")
    await uow.commit()
    return lesson
