"""What goes wrong in a quiz becomes cards, when the attempt is finished."""

from domain.clock import Clock
from domain.quizzes.model import AttemptId
from domain.quizzes.settings import Reveal
from domain.unit_of_work import Begin


class MistakeCollector:
    def __init__(self, *, begin: Begin, now: Clock) -> None:
        self._begin = begin
        self._now = now

    async def collect(self, attempt_id: AttemptId) -> int:
        """For the job that follows a finished attempt: a card for each question that went wrong or was not answered;
        how many are new. Where the quiz reveals its answers after its close, they are not due before it.

        Running it again changes nothing; after essays were marked it adds those that were wrong.
        """
        now = self._now()
        async with self._begin() as uow:
            found = await uow.review.finished_attempt(attempt_id)
            if found is None:
                return 0
            user_id, settings = found
            not_before = settings.closes_at if settings.reveal is Reveal.AFTER_CLOSE else None
            count = await uow.review.add_mistakes(user_id, attempt_id, now, not_before=not_before)
            await uow.commit()
        return count
