"""What the tutor may know of lessons: only what is open to the one who asks."""

from datetime import datetime

from domain.courses.model import LessonId, is_visible, lock_of
from domain.courses.ports import LessonFacts
from domain.tutor.model import LessonContext
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId


async def open_lesson(
    uow: UnitOfWork, user_id: UserId, lesson_id: LessonId | None, now: datetime
) -> LessonFacts | None:
    """The lesson if this student may read it now; what is closed and what does not exist look the same."""
    if lesson_id is None:
        return None
    facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
    if facts is None or not is_visible(facts.course, facts.lesson, facts.entitlement):
        return None
    return facts if lock_of(facts.course, facts.lesson, facts.entitlement, now) is None else None


async def lesson_context(
    uow: UnitOfWork, user: User, lesson_id: LessonId | None, now: datetime
) -> LessonContext | None:
    facts = await open_lesson(uow, user.id, lesson_id, now)
    if facts is None:
        return None
    language = user.language
    texts = [part.text.read_in(language) for part in await uow.catalogue.parts(facts.lesson.id) if part.text]
    return LessonContext(
        title=facts.lesson.title.read_in(language),
        course_title=facts.course.title.read_in(language),
        text="\n\n".join(texts),
    )
