"""A student takes along the files beside a lesson."""

from collections.abc import Sequence

from domain.clock import Clock
from domain.courses.model import LessonId, is_visible, lock_of
from domain.courses.structure_ports import Resource
from domain.learning.errors import LessonGone, LessonLocked
from domain.unit_of_work import Begin
from domain.users.model import UserId


class LessonFiles:
    """Ids come from buttons and prove nothing: each call asks anew whether the lesson is open to this reader."""

    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def take(self, user_id: UserId, lesson_id: LessonId) -> Sequence[Resource]:
        """The files of an open lesson; those of a closed one are not even loaded. Raises LessonGone, LessonLocked."""
        async with self._read() as uow:
            facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
            if facts is None or not is_visible(facts.course, facts.lesson, facts.entitlement):
                raise LessonGone(lesson_id)
            lock = lock_of(facts.course, facts.lesson, facts.entitlement, self._now())
            if lock is not None:
                raise LessonLocked(lesson_id, lock)
            return await uow.resources.of_lesson(lesson_id)
