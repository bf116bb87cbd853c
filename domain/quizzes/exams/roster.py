"""Who sits an exam, one by one: who is ready, how far each is, and who is missing. Never what anybody answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.language import Text
from domain.quizzes.exams.desk import require_author
from domain.quizzes.exams.errors import ExamGone
from domain.quizzes.exams.roster_ports import Place, Sitter
from domain.unit_of_work import Begin
from domain.users.model import UserId

ROSTER_PAGE = 15
"""Students on one page: their lines are short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    title: Text
    has_opened: bool
    sitters: Sequence[Sitter]
    next_after: Place | None
    """None on the last page."""


class ExamRoster:
    """Role and course are read anew on every call; somebody else's exam does not exist: ExamGone."""

    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def page(
        self, actor_id: UserId, lesson_id: LessonId, after: Place | None = None, *, only_missing: bool = False
    ) -> Roster:
        """A page by name; `only_missing`: those who have not begun. Raises ExamGone."""
        async with self._read() as uow:
            await require_author(uow, actor_id, lesson_id)
            exam = await uow.exams.of_lesson(lesson_id)
            if exam is None:
                raise ExamGone(lesson_id)
            found = await uow.exam_rosters.page(exam.quiz_id, after, ROSTER_PAGE + 1, only_missing=only_missing)
        sitters = found[:ROSTER_PAGE]
        return Roster(
            title=exam.lesson_title,
            has_opened=self._now() >= exam.opens_at,
            sitters=sitters,
            next_after=(sitters[-1].name, sitters[-1].user_id) if len(found) > ROSTER_PAGE else None,
        )
