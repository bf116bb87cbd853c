"""Who may write what: teachers and admins write, those who teach a course and admins change it, and everything else
does not exist."""

from domain.courses.errors import TeachersOnly, WorkGone
from domain.courses.model import Course, CourseId, Lesson, LessonId
from domain.courses.ports import INDEX_JOB
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId


async def require_author(uow: UnitOfWork, actor_id: UserId) -> User:
    """Somebody who may teach. Raises TeachersOnly, whatever they asked for and whether it exists."""
    actor = await uow.users.get(actor_id)
    if actor is None or not actor.may_teach:
        raise TeachersOnly
    return actor


def owns(actor: User, course: Course) -> bool:
    return actor.is_admin or course.is_taught_by(actor.id)


async def lock_course(uow: UnitOfWork, actor_id: UserId, course_id: CourseId) -> Course:
    """The actor's course, to change it. Raises TeachersOnly, WorkGone."""
    actor = await require_author(uow, actor_id)
    course = await uow.courses.lock(course_id)
    if course is None or not owns(actor, course):
        raise WorkGone(f"course {course_id}")
    return course


async def lock_lesson(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> tuple[Course, Lesson]:
    """The actor's lesson with its course, to change them. Raises TeachersOnly, WorkGone."""
    actor = await require_author(uow, actor_id)
    found = await uow.courses.lock_lesson(lesson_id)
    if found is None or not owns(actor, found[0]):
        raise WorkGone(f"lesson {lesson_id}")
    return found


async def index(uow: UnitOfWork, lesson_id: LessonId) -> None:
    """Ask for the lesson to be made findable as it is after this transaction.

    Without a key, because a run that has begun has read the texts as they were before.
    """
    await uow.jobs.enqueue(INDEX_JOB, {"lesson_id": lesson_id})
