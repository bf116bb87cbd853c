"""📌 What a student wants to be asked again, besides their mistakes."""

from domain.clock import Clock
from domain.notes.errors import NoteGone
from domain.notes.model import NoteId
from domain.quizzes.errors import QuestionGone
from domain.quizzes.model import AttemptId, QuestionId
from domain.review.model import ReviewCardId
from domain.unit_of_work import Begin
from domain.users.model import UserId


class PinService:
    """One's own finished attempts and notes only; what is pinned already stays as it is, what was removed comes back.

    A question whose answers are still held back can be pinned, and is not asked before they are revealed.
    """

    def __init__(self, *, begin: Begin, now: Clock) -> None:
        self._begin = begin
        self._now = now

    async def pin_question(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> ReviewCardId:
        """Raises QuestionGone."""
        async with self._begin() as uow:
            card_id = await uow.review.pin_question(user_id, attempt_id, question_id, self._now())
            if card_id is None:
                raise QuestionGone(question_id)
            await uow.commit()
        return card_id

    async def pin_note(self, user_id: UserId, note_id: NoteId) -> ReviewCardId:
        """Raises NoteGone."""
        async with self._begin() as uow:
            card_id = await uow.review.pin_note(user_id, note_id, self._now())
            if card_id is None:
                raise NoteGone(note_id)
            await uow.commit()
        return card_id
