"""Students in the running centre whose cards are due."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.sandbox import SandboxUser
from db.engine import Pool
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.notes.model import NoteId
from domain.quizzes.draft import QuestionDraft
from domain.users.model import UserId
from tests.bot.conftest import Centre
from tests.db.quiz_world import TEACHER, World, add_people, draft
from tests.db.review_world import MovableClock, Reviewers


@dataclass(frozen=True)
class Study:
    centre: Centre
    reviewers: Reviewers

    @property
    def pool(self) -> Pool:
        return self.centre.pool

    async def student(
        self, drafts: Sequence[QuestionDraft] = (), *, language: str = "en", notes: Sequence[str] = ()
    ) -> SandboxUser:
        """Somebody who left these questions unanswered yesterday and pinned these notes: all of them are due."""
        person = await self.centre.student(language)
        user_id = UserId(person.id)
        self.reviewers.clock.now = utc_now() - timedelta(days=1)
        if drafts:
            lesson_id = await self.reviewers.world.lesson(questions=0)
            async with self.reviewers.begin() as uow:
                for each in drafts:
                    await uow.quizzes.add_question(TEACHER, lesson_id, each, utc_now(), limit=100)
                await uow.commit()
            attempt = await self.reviewers.quizzes.start_or_resume(user_id, lesson_id)
            await self.reviewers.quizzes.finish(user_id, attempt.id)
            await self.reviewers.mistakes.collect(attempt.id)
        for text in notes:
            await self.reviewers.pins.pin_note(user_id, NoteId(await self.reviewers.note(user_id, text)))
        # The clock's reminder must not come between two taps.
        await self.pool.execute(
            "update review_plans set next_reminder_at = now() + interval '1 day' where user_id = $1", user_id
        )
        return person

    async def student_with_mistakes(self, count: int = 2, language: str = "en") -> SandboxUser:
        return await self.student([draft(str(number)) for number in range(1, count + 1)], language=language)


@pytest.fixture(scope="module")
async def study(centre: Centre) -> AsyncIterator[Study]:
    database = Database(centre.pool)
    await add_people(centre.pool)
    reviewers = Reviewers(centre.pool, database.begin, database.read, MovableClock(utc_now()))
    reviewers.world = World(centre.pool, database.begin)
    yield Study(centre, reviewers)
    await reviewers.world.withdraw()
