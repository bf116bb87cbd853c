"""How the tutor helps in a course is its teachers' choice."""

from dataclasses import dataclass

from domain.courses.authorship import lock_course, owns, require_author
from domain.courses.errors import WorkGone
from domain.courses.model import Course, CourseId
from domain.tutor.model import TutorMode
from domain.unit_of_work import Begin
from domain.users.model import UserId


@dataclass(frozen=True, slots=True)
class ModePage:
    course: Course
    mode: TutorMode


class TutorModeService:
    """The teachers' choice. Raises TeachersOnly for whoever may not teach, WorkGone for what is not theirs."""

    def __init__(self, *, begin: Begin, read: Begin) -> None:
        self._begin = begin
        self._read = read

    async def page(self, actor_id: UserId, course_id: CourseId) -> ModePage:
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            course = await uow.courses.get(course_id)
            if course is None or not owns(actor, course):
                raise WorkGone(f"course {course_id}")
            return ModePage(course, await uow.tutor_modes.mode(course_id))

    async def choose(self, actor_id: UserId, course_id: CourseId, mode: TutorMode) -> None:
        """From the next question on; a running answer is finished as it began."""
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            await uow.tutor_modes.set_mode(course_id, mode)
            await uow.commit()
