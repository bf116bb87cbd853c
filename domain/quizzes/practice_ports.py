"""What practice sets need kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from domain.courses.model import LessonId
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Choice
from domain.quizzes.practice_model import PracticeId, PracticeSet
from domain.users.model import UserId

PRACTICE_JOB = "make_practice"
"""Payload: `practice_id`."""


class Practices(Protocol):
    async def count(self, user_id: UserId, day: date, sets_a_day: int) -> bool:
        """Count one more set of that day; False, uncounted, when the day is full."""
        ...

    async def uncount(self, user_id: UserId, day: date) -> None: ...
    async def add(self, user_id: UserId, lesson_id: LessonId, day: date, now: datetime) -> PracticeId | None:
        """None when the student has an open one of this lesson already: unique in the schema."""
        ...

    async def open_one(self, user_id: UserId, lesson_id: LessonId) -> PracticeId | None:
        """The one that is being made, or has an answer to give."""
        ...

    async def get(self, practice_id: PracticeId) -> PracticeSet | None: ...
    async def fill(self, practice_id: PracticeId, drafts: Sequence[QuestionDraft], now: datetime) -> bool:
        """Keep its questions and make it ready; False when it was not being made any more."""
        ...

    async def fail(self, practice_id: PracticeId, now: datetime) -> bool:
        """False when it was not being made any more."""
        ...

    async def answer(
        self, practice_id: PracticeId, number: int, response: Choice, now: datetime, *, is_correct: bool
    ) -> bool:
        """Store the answer; False when there is one already: the first stays. The last one closes the set."""
        ...
