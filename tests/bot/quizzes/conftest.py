"""Lessons with quizzes in the running centre, and students who stand before them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.sandbox import SandboxUser
from db.engine import Pool
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.quizzes.authoring import QuestionService
from tests.bot.conftest import Centre
from tests.db.quiz_world import World, visiting


@dataclass(frozen=True)
class Classroom:
    centre: Centre
    world: World
    authoring: QuestionService

    @property
    def pool(self) -> Pool:
        return self.centre.pool

    async def student(self) -> SandboxUser:
        return await self.centre.student("en")

    async def at_the_door(self, questions: int = 3) -> tuple[SandboxUser, LessonId]:
        """A student who sees the beginning of the quiz of a new lesson."""
        lesson_id = await self.world.lesson(questions=questions)
        person = await self.student()
        await self.open_quiz(person, lesson_id)
        return person, lesson_id

    async def open_quiz(self, person: SandboxUser, lesson_id: LessonId) -> None:
        await person.start(f"l_{lesson_id}")
        await person.settle()
        await person.tap("Take the quiz")
        await person.settle()


@pytest.fixture(scope="module")
async def classroom(centre: Centre) -> AsyncIterator[Classroom]:
    database = Database(centre.pool)
    async with visiting(centre.pool, database.begin) as world:
        yield Classroom(centre, world, QuestionService(begin=database.begin, read=database.read, now=utc_now))
