"""A course is completed when its last published lesson is finished, once."""

from datetime import datetime

from domain.courses.model import CourseId
from domain.learning.ports import CERTIFY_JOB
from domain.notifications.model import NoticeKind
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId


async def complete_course(uow: UnitOfWork, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
    """Complete the student's enrolment if every published lesson is finished; True the first time only.

    The caller holds the enrolment's row since before the lesson was finished (`enrolments.activate` locks it): of two
    last lessons that are finished at once, the later one sees the earlier. What was completed stays so, whatever
    lessons are added later. It all belongs to the caller's transaction, and so does what follows from it.
    """
    if not await uow.enrolments.complete(user_id, course_id, now):
        return False
    await uow.notifications.add(
        user_id, NoticeKind.COURSE_COMPLETED, f"course_completed:{course_id}", {"course_id": course_id}, now
    )
    await uow.jobs.enqueue(
        CERTIFY_JOB, {"user_id": user_id, "course_id": course_id}, key=f"certify:{user_id}:{course_id}"
    )
    return True
