"""A student with mistakes, and a clock that moves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from db.engine import Pool
from domain.courses.model import LessonId
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId, Question
from domain.quizzes.service import QuizService
from domain.review.mistakes import MistakeCollector
from domain.review.pins import PinService
from domain.review.plans import ReviewPlans
from domain.review.reminding import ReviewReminders
from domain.review.service import ReviewService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import World

MONDAY = datetime.fromisoformat("2026-03-02T14:00:00+00:00")
"""19:00 in Tashkent."""


class MovableClock:
    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Reviewers:
    """Every service on one clock, and people of their own for each test."""

    def __init__(self, pool: Pool, begin: Begin, read: Begin, clock: MovableClock) -> None:
        self.pool = pool
        self.begin = begin
        self.clock = clock
        self.quizzes = QuizService(begin=begin, read=read, now=clock)
        self.review = ReviewService(begin=begin, read=read, now=clock)
        self.plans = ReviewPlans(begin=begin, read=read, now=clock)
        self.reminders = ReviewReminders(begin=begin, read=read, now=clock)
        self.pins = PinService(begin=begin, now=clock)
        self.mistakes = MistakeCollector(begin=begin, now=clock)
        self.world = World(pool, begin)

    async def student(self, timezone: str = "Asia/Tashkent") -> UserId:
        return await self.pool.fetchval(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " select 5000 + count(*), 'Student', 'uz', 'student', $1, $2 from users returning id",
            timezone,
            MONDAY,
        )

    async def attempt(self, user_id: UserId, lesson_id: LessonId, wrong: Sequence[int] = (1,)) -> AttemptId:
        """A whole attempt in which the questions with these numbers go wrong, and its mistakes become cards."""
        attempt = await self.quizzes.start_or_resume(user_id, lesson_id)
        while (question := attempt.question) is not None:
            await self.quizzes.answer(user_id, attempt.id, question.id, one(0 if question.number in wrong else 1))
            attempt = await self.quizzes.current(user_id, attempt.id)
        await self.mistakes.collect(attempt.id)
        return attempt.id

    async def collect(self, user_id: UserId, attempt_id: AttemptId, not_before: datetime | None = None) -> int:
        async with self.begin() as uow:
            count = await uow.review.add_mistakes(user_id, attempt_id, self.clock(), not_before=not_before)
            await uow.commit()
        return count

    async def student_with_mistakes(self, count: int = 1) -> tuple[UserId, list[Question]]:
        user_id = await self.student()
        lesson_id = await self.world.lesson(questions=max(count, 1))
        await self.attempt(user_id, lesson_id, range(1, count + 1))
        return user_id, await self.world.questions(lesson_id)

    async def put(self, lesson_id: LessonId, **settings: object) -> None:
        await self.pool.execute(
            "update quizzes set settings = $2::jsonb where lesson_id = $1", lesson_id, orjson.dumps(settings).decode()
        )

    async def note(self, user_id: UserId, text: str = "Kvadrat tenglama") -> int:
        return await self.pool.fetchval(
            "insert into notes (user_id, bot_id, message_id, body, beginning, folded, created_at)"
            " select $1, 1, 1 + count(*), $2::varchar, $2, lower($2), $3 from notes where user_id = $1 returning id",
            user_id,
            text,
            self.clock(),
        )
