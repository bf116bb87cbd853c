"""A teacher marks essays."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP

from domain.clock import Clock
from domain.errors import InvalidInput, NotAllowed
from domain.notifications.model import NoticeKind
from domain.quizzes.card_model import MARK_PAGE, MAX_COMMENT, AlreadyMarked, AnswerGone, MarkEntry, Sheet
from domain.quizzes.keys import number_in
from domain.quizzes.model import HUNDREDTHS, AttemptId, QuestionId
from domain.quizzes.ports import FINISHED_JOB
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class MarkingService:
    """Role and course are read anew on every call; an answer of somebody else's course does not exist: AnswerGone."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def waiting(
        self, actor_id: UserId, after: tuple[datetime, AttemptId, QuestionId] | None = None
    ) -> tuple[Sequence[MarkEntry], bool]:
        """Of the courses that the actor teaches, the oldest first, and whether there are more. Raises NotAllowed."""
        async with self._read() as uow:
            if not await uow.marks.teaches(actor_id):
                raise NotAllowed
            found = await uow.marks.waiting(actor_id, after, MARK_PAGE + 1)
        return found[:MARK_PAGE], len(found) > MARK_PAGE

    async def sheet(self, actor_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Sheet:
        async with self._read() as uow:
            return await _own(uow, actor_id, attempt_id, question_id)

    async def mark(
        self,
        actor_id: UserId,
        attempt_id: AttemptId,
        question_id: QuestionId,
        points: int,
        *,
        comment: str | None = None,
        seen: datetime | None = None,
    ) -> Sheet:
        """`points` in hundredths; `seen` is when the mark was made that the teacher saw, None for one that waits.

        With the last mark of the attempt its student is told. Raises InvalidInput for "mark" (out_of_range) and
        "comment" (too_long), AlreadyMarked when the mark is not the one that was seen.
        """
        note = comment.strip() if comment is not None else None
        if note is not None and len(note) > MAX_COMMENT:
            raise InvalidInput("comment", "too_long")
        async with self._begin() as uow:
            sheet = await _own(uow, actor_id, attempt_id, question_id)
            most = sheet.question.points * HUNDREDTHS
            if not 0 <= points <= most:
                raise InvalidInput("mark", "out_of_range")
            now = self._now()
            waiting = await uow.marks.mark(
                attempt_id,
                question_id,
                seen=seen,
                by=actor_id,
                points=points,
                is_correct=points == most,
                comment=note or None,
                now=now,
            )
            if waiting is None:
                raise AlreadyMarked(attempt_id)
            if waiting == 0:
                fact = f"marked:{attempt_id}:{question_id}:{now.isoformat()}"
                data = {"attempt_id": attempt_id, "lesson_id": sheet.lesson_id}
                await uow.notifications.add(sheet.student_id, NoticeKind.ATTEMPT_MARKED, fact, data, now)
                await uow.jobs.enqueue(FINISHED_JOB, {"attempt_id": attempt_id}, key=f"{FINISHED_JOB}:{fact}")
            marked = await _own(uow, actor_id, attempt_id, question_id)
            await uow.commit()
        return marked

    async def take_back(self, actor_id: UserId, attempt_id: AttemptId, question_id: QuestionId, seen: datetime) -> None:
        """The answer waits again. Raises AlreadyMarked when the mark is not the one that was seen."""
        async with self._begin() as uow:
            await _own(uow, actor_id, attempt_id, question_id)
            waiting = await uow.marks.mark(
                attempt_id,
                question_id,
                seen=seen,
                by=None,
                points=0,
                is_correct=None,
                comment=None,
                now=self._now(),
            )
            if waiting is None:
                raise AlreadyMarked(attempt_id)
            await uow.commit()


def typed_points(typed: str, most: int) -> int:
    """Hundredths: `1,5` are points, `80%` is a share of the `most` that the question is worth (in whole points).

    Raises InvalidInput("mark", …): format, out_of_range.
    """
    number = number_in(typed)
    if number is None:
        raise InvalidInput("mark", "format")
    share = number / 100 * most if typed.strip().endswith("%") else number
    points = int((share * HUNDREDTHS).to_integral_value(ROUND_HALF_UP)) if abs(number) < 1_000_000 else -1
    if not 0 <= points <= most * HUNDREDTHS:
        raise InvalidInput("mark", "out_of_range")
    return points


async def _own(uow: UnitOfWork, actor_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Sheet:
    sheet = await uow.marks.sheet(attempt_id, question_id)
    if sheet is None:
        raise AnswerGone(attempt_id)
    authorship = await uow.quizzes.authorship(actor_id, sheet.lesson_id)
    if authorship is None or not authorship.is_author:
        raise AnswerGone(attempt_id)
    return sheet
