"""A student's result beside others' and beside their own earlier ones."""

from collections.abc import Sequence
from datetime import datetime

from domain.clock import Clock
from domain.percent import whole_percent
from domain.quizzes.insights_ports import PastResult
from domain.quizzes.model import AttemptId
from domain.quizzes.settings import QuizSettings
from domain.unit_of_work import Begin
from domain.users.model import UserId

ENOUGH_STUDENTS = 10
"""With fewer than these at the quiz, the student included, a percentile would tell who they are."""
SAMPLE = 2_000
"""Of others' attempts at a quiz at most so many are looked at."""
TREND = 20
"""Results in the picture of one's own way."""


class InsightService:
    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def percentile(self, user_id: UserId, attempt_id: AttemptId) -> int | None:
        """How many percent of the quiz's other students did worse.

        None with fewer than ten students, while results are held back, and for what is not the student's own.
        """
        async with self._read() as uow:
            standing = await uow.quiz_insights.standing(user_id, attempt_id, SAMPLE)
        if standing is None or _is_held(standing.settings, self._now()) or standing.others + 1 < ENOUGH_STUDENTS:
            return None
        return whole_percent(standing.worse, standing.others)

    async def trend(self, user_id: UserId) -> Sequence[PastResult]:
        """The student's last results, oldest first, without those that are held back."""
        now = self._now()
        async with self._read() as uow:
            results = await uow.quiz_insights.past_results(user_id, TREND)
        return [result for result in results if not _is_held(result.settings, now)]


def _is_held(settings: QuizSettings, now: datetime) -> bool:
    return settings.is_exam and not settings.is_revealed(now, is_finished=True)
