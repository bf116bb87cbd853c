"""A student's questions are answered one after the other; a few may wait."""

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.tutor.errors import LineFull, QuestionTaken, SessionGone
from domain.tutor.model import SessionId, checked_question
from domain.tutor.turns import TURN_JOB, Once, WaitingQuestion
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

_SWEPT = 50


class QuestionQueue:
    """Whose question it is, is in every statement; ids from elsewhere find nothing."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def put(
        self,
        user_id: UserId,
        question: str,
        message_id: int,
        *,
        lesson_id: LessonId | None = None,
        session_id: SessionId | None = None,
        once: Once | None = None,
    ) -> int:
        """Let the question wait; how many wait now. Whether its lesson is open is asked at its turn.

        Raises InvalidInput, SessionGone, QuestionTaken, LineFull.
        """
        text = checked_question(question)
        async with self._begin() as uow:
            if session_id is not None and await uow.tutor.get_session(session_id, user_id) is None:
                raise SessionGone(session_id)
            if once is not None and not await once(uow):
                raise QuestionTaken(message_id)
            waiting = await uow.waiting_questions.put(user_id, text, message_id, session_id, lesson_id, self._now())
            if waiting is None:
                raise LineFull(await uow.waiting_questions.last_id(user_id) or 0)
            await uow.commit()
        return waiting

    async def first(self, user_id: UserId) -> WaitingQuestion | None:
        async with self._read() as uow:
            return await uow.waiting_questions.first(user_id)

    async def drop(self, question: WaitingQuestion) -> bool:
        """For one that cannot be asked any more."""
        async with self._begin() as uow:
            is_dropped = await uow.waiting_questions.take(question.user_id, question.id)
            await uow.commit()
        return is_dropped

    async def clear(self, user_id: UserId) -> int:
        async with self._begin() as uow:
            count = await uow.waiting_questions.clear(user_id)
            await uow.commit()
        return count

    async def sweep(self) -> int:
        """Enqueue the turn of whoever has questions waiting and nothing being answered; how many people."""
        async with self._begin() as uow:
            idle = await uow.waiting_questions.idle(self._now(), _SWEPT)
            for user_id in idle:
                await uow.jobs.enqueue(TURN_JOB, {"user_id": user_id}, key=f"{TURN_JOB}:{user_id}")
            await uow.commit()
        return len(idle)


def turn_of(question: WaitingQuestion) -> Once:
    """The question leaves the line in the transaction that asks it: it is asked once, whoever comes to it."""

    async def take(uow: UnitOfWork) -> bool:
        return await uow.waiting_questions.take(question.user_id, question.id)

    return take
