"""What the tutor may know of lessons: only what is open to the one who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.courses.model import LessonId, is_visible, lock_of
from domain.courses.ports import LessonFacts
from domain.tutor.model import LessonContext, Role, Source, TutorMessage
from domain.tutor.search import search_query
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId

MAX_SOURCES = 4
"""Passages of other lessons that one answer may rest on."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one answer may rest on."""

    lesson: LessonContext | None
    others: tuple[Source, ...]
    """Passages of other lessons that are open to this student."""

    sources: tuple[Source, ...]
    """All that may be cited, the lesson among them."""


async def gather_context(
    uow: UnitOfWork,
    user: User,
    facts: LessonFacts | None,
    history: Sequence[TutorMessage],
    now: datetime,
    *,
    with_passages: bool,
) -> Given:
    """The open lesson as source 1, and passages that the last question's words are found in, numbered on from there.

    `with_passages`: a hint or a solution cites nothing and needs none.
    """
    lesson, sources = None, list[Source]()
    if facts is not None:
        language = user.language
        texts = [part.text.read_in(language) for part in await uow.catalogue.parts(facts.lesson.id) if part.text]
        title = facts.lesson.title.read_in(language)
        lesson = LessonContext(
            title=title, course_title=facts.course.title.read_in(language), text="\n\n".join(texts), number=1
        )
        sources.append(Source(number=1, lesson_id=facts.lesson.id, title=title, text=lesson.text))
    if not with_passages:
        return Given(lesson=lesson, others=(), sources=tuple(sources))
    question = next((message.text for message in reversed(history) if message.role is Role.STUDENT), "")
    passages = await uow.tutor.passages.search(
        user.id,
        search_query(question),
        course_id=facts.course.id if facts else None,
        limit=MAX_SOURCES,
        now=now,
    )
    others = tuple(
        Source(
            number=number,
            lesson_id=passage.lesson_id,
            title=passage.lesson_title.read_in(user.language),
            text=passage.text,
        )
        for number, passage in enumerate(
            (passage for passage in passages if facts is None or passage.lesson_id != facts.lesson.id), len(sources) + 1
        )
    )
    return Given(lesson=lesson, others=others, sources=(*sources, *others))
