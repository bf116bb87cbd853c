"""What the tutor may know of lessons: only what is open to the one who asks."""

from domain.courses.model import LessonId, lock_of
from domain.courses.ports import LessonFacts
from domain.tutor.model import LessonContext
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId


async def open_lesson(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId | None) -> LessonFacts | None:
    """The lesson if this student may read it now; what is closed and what does not exist look the same."""
    if lesson_id is None:
        return None
    facts = await uow.catalogue.lesson_facts(lesson_id, user_id)
    if facts is None or lock_of(facts.course, facts.lesson, facts.entitlement) is not None:
        return None
    owned = facts.entitlement
    is_public = facts.course.is_published and facts.lesson.is_published
    return facts if is_public or owned.is_staff or owned.owns_course or owned.owns_lesson else None


async def lesson_context(uow: UnitOfWork, user: User, lesson_id: LessonId | None) -> LessonContext | None:
    facts = await open_lesson(uow, user.id, lesson_id)
    if facts is None:
        return None
    language = user.language
    texts = [part.text.read_in(language) for part in await uow.catalogue.parts(facts.lesson.id) if part.text]
    return LessonContext(
        title=facts.lesson.title.read_in(language),
        course_title=facts.course.title.read_in(language),
        text="\n\n".join(texts),
    )
