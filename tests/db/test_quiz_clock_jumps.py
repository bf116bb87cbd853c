"""TIM-3: a clock that jumps while attempts run and cards are reviewed: ten minutes either way, an hour back, days on.

A chance walk over the services on the real database. Nobody's time is negative, nobody's attempt ends before its end
by the clock that ended it, nothing is counted or told twice, and no step fails but for a reason of the domain.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import pytest

import domain.quizzes.marking
from db.engine import Pool
from domain.courses.model import LessonId
from domain.errors import DomainError
from domain.language import Language
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import add_people
from tests.db.review_world import MovableClock, Reviewers
from tests.scale import scaled

JUMPS = [timedelta(minutes=-10), timedelta(minutes=10), timedelta(hours=-1), timedelta(days=1), timedelta(days=3)]
STEPS = scaled(20_000, 400)
QUESTIONS, LIMIT = 4, timedelta(minutes=20)


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


class Walk:
    """Students who do anything at any time."""

    def __init__(self, reviewers: Reviewers, clock: MovableClock, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = clock
        self.reviewers = reviewers
        self.students: list[UserId] = []
        self.lessons: list[LessonId] = []
        self.done: Counter[str] = Counter()

    async def prepare(self) -> None:
        for limits in ({}, {"time_limit": LIMIT // timedelta(seconds=1)}, {"question_limit": 60}):
            lesson_id = await self.reviewers.world.lesson(questions=QUESTIONS)
            await self.reviewers.put(lesson_id, **limits)
            self.lessons.append(lesson_id)
        self.students = [await self.reviewers.student() for _ in range(4)]

    async def run(self, steps: int) -> None:
        for _step in range(steps):
            self.clock.now += timedelta(seconds=self.chance.uniform(0, 40))
            if self.chance.random() < 0.06:
                self.clock.now += self.chance.choice(JUMPS)
            act = self.chance.choice([self.answer, self.answer, self.answer, self.review, self.review, self.sweep])
            try:
                await act(self.chance.choice(self.students))
                self.done[act.__name__] += 1
            except DomainError as error:
                self.done[type(error).__name__] += 1

    async def answer(self, user_id: UserId) -> None:
        quizzes = self.reviewers.quizzes
        attempt = await quizzes.start_or_resume(user_id, self.chance.choice(self.lessons))
        self.clock.now += timedelta(seconds=self.chance.uniform(0, 90))
        if self.chance.random() < 0.2:
            self.clock.now += self.chance.choice(JUMPS)
        if attempt.question:
            place = self.chance.randrange(3)
            feedback = await quizzes.answer(user_id, attempt.id, attempt.question.id, one(place))
            if feedback.is_last:
                await self.reviewers.mistakes.collect(attempt.id)

    async def review(self, user_id: UserId) -> None:
        card = (await self.reviewers.review.state(user_id)).card
        if card is None:
            return
        # What the dialog measures when its clock jumps between the card and the answer.
        seconds = self.chance.uniform(-4_000, 4_000)
        graded = await self.reviewers.review.answer(
            user_id, card.id, card.version, one(self.chance.randrange(3)), seconds=seconds, language=Language.EN
        )
        if self.chance.random() < 0.2:
            self.clock.now += self.chance.choice(JUMPS)
            await self.reviewers.review.take_back(user_id, graded.card_id, graded.number)

    async def sweep(self, _user_id: UserId) -> None:
        await self.reviewers.quizzes.close_overdue()
        await self.reviewers.reminders.remind_due()


async def walked(pool: Pool, begin: Begin, read: Begin, steps: int, seed: int) -> Walk:
    clock = MovableClock()
    walk = Walk(Reviewers(pool, begin, read, clock), clock, seed)
    await walk.prepare()
    await walk.run(steps)
    return walk


async def violations(pool: Pool, students: Sequence[UserId]) -> dict[str, int]:
    """By rule, how many rows break it."""
    questions = {
        "negative times": "select count(*) from answers x join attempts a on a.id = x.attempt_id"
        " where a.user_id = any ($1) and x.seconds < 0",
        "negative reviews": "select count(*) from reviews where user_id = any ($1) and seconds < 0",
        "ended by the clock, but not at its end": "select count(*) from attempts where user_id = any ($1)"
        " and closed_by = 'time' and finished_at <> deadline_at",
        "counters that are not the answers": "select count(*) from attempts a where a.user_id = any ($1) and"
        " (answered_count, correct_count) <> (select count(*), count(*) filter (where is_correct) from answers x"
        " where x.attempt_id = a.id)",
        "several open attempts": "select count(*) from (select from attempts where user_id = any ($1)"
        " and finished_at is null group by user_id, quiz_id having count(*) > 1) several",
        "numbers with gaps": "select count(*) from (select from attempts where user_id = any ($1)"
        " group by user_id, quiz_id having max(number) <> count(*)) gaps",
        "counts of reviews that are not the reviews": "select count(*) from review_cards c where c.user_id = any ($1)"
        " and c.review_count <> (select count(*) from reviews r where r.card_id = c.id and r.number > 0)",
        "two reminders of a day": "select count(*) from (select from notifications where user_id = any ($1)"
        " and kind = 'review_due' group by user_id, data ->> 'day' having count(*) > 1) several",
    }
    return {rule: count for rule, sql in questions.items() if (count := await pool.fetchval(sql, students))}


@pytest.mark.timeout(600)
async def test_no_jump_of_the_clock_makes_a_time_negative_or_anything_twice(
    pool: Pool, begin: Begin, read: Begin
) -> None:
    walk = await walked(pool, begin, read, STEPS, seed=3)

    assert await violations(pool, walk.students) == {}
    assert min(walk.done[name] for name in ("answer", "review", "sweep")) > STEPS / 20
    results = await pool.fetch(
        "select user_id, id from attempts where user_id = any ($1) and finished_at is not null limit 500", walk.students
    )
    for row in results:
        result = await walk.reviewers.quizzes.result(row["user_id"], AttemptId(row["id"]))
        assert result.spent >= timedelta()
    assert await pool.fetchval("select count(*) from notifications where user_id = any ($1)", walk.students) > 0
    assert await pool.fetchval("select count(*) from attempts where closed_by = 'time'") > 0


async def test_without_the_floor_under_measured_times_the_same_walk_breaks(
    pool: Pool, begin: Begin, read: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the difference of two moments as it is. The schema refuses it, so an answer would be lost."""
    monkeypatch.setattr(domain.quizzes.marking, "_at_least_0", lambda seconds: seconds)

    with pytest.raises(asyncpg.CheckViolationError):
        await walked(pool, begin, read, 400, seed=3)


async def test_damage_that_is_put_in_is_found(pool: Pool, begin: Begin, read: Begin) -> None:
    """The control of the rules: a day told twice, a count that is off, an attempt that ended before its end."""
    walk = await walked(pool, begin, read, 300, seed=3)
    await pool.execute(
        "insert into notifications (user_id, kind, key, data, created_at, updated_at)"
        """ select $1, 'review_due', 'x' || n, '{"day": "2031-01-01"}', now(), now() from generate_series(1, 2) n""",
        walk.students[0],
    )
    await pool.execute("update review_cards set review_count = review_count + 1 where user_id = $1", walk.students[1])
    await pool.execute(
        "update attempts set finished_at = deadline_at - interval '1 minute', closed_by = 'time'"
        " where id = (select max(id) from attempts where user_id = any ($1) and deadline_at is not null)",
        walk.students,
    )

    assert set(await violations(pool, walk.students)) >= {
        "two reminders of a day",
        "counts of reviews that are not the reviews",
        "ended by the clock, but not at its end",
    }
