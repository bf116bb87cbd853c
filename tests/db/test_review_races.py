"""Double taps and two replicas: a grade counts once, and a reminder is sent once.

Each race is also run without the rule that decides it, and must then go wrong.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

import db.notifications
import db.review
import db.review_sql
from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.language import Language
from domain.quizzes.keys import one
from domain.review.errors import CardMoved, GradeGone
from domain.review.model import CardView
from domain.users.model import UserId
from tests.db.quiz_world import add_people
from tests.db.review_world import MovableClock, Reviewers
from tests.scale import scaled

TAPS = 10
ROUNDS = scaled(200, 15)
WRONG_ROUNDS = 15
"""Of the controls, which break within a few."""


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def replicas(database_url: str, pool: Pool, clock: MovableClock) -> AsyncIterator[list[Reviewers]]:
    """Two processes' worth of services: each with connections of its own."""
    second = await create_pool(database_url, size=20)
    await asyncio.gather(*(pool.fetchval("select pg_sleep(0.05)") for _ in range(TAPS)))
    yield [
        Reviewers(each, database.begin, database.read, clock)
        for each, database in ((pool, Database(pool)), (second, Database(second)))
    ]
    await second.close()


async def waiting_card(replicas: list[Reviewers], clock: MovableClock) -> tuple[UserId, CardView]:
    user_id, _questions = await replicas[0].student_with_mistakes(1)
    clock.forward(days=1)
    card = (await replicas[0].review.state(user_id)).card
    assert card is not None
    return user_id, card


async def taps(replicas: list[Reviewers], user_id: UserId, card: CardView) -> list[object]:
    return await asyncio.gather(
        *(
            replicas[tap % 2].review.answer(
                user_id, card.id, card.version, one(tap % 3), seconds=5, language=Language.EN
            )
            for tap in range(TAPS)
        ),
        return_exceptions=True,
    )


async def test_ten_taps_on_an_answer_at_two_replicas_are_one_review(
    replicas: list[Reviewers], clock: MovableClock, pool: Pool
) -> None:
    for _round in range(ROUNDS):
        user_id, card = await waiting_card(replicas, clock)

        said = await taps(replicas, user_id, card)

        assert sum(not isinstance(each, CardMoved) for each in said) == 1
        assert await pool.fetchval("select count(*) from reviews where card_id = $1 and number > 0", card.id) == 1
        assert await pool.fetchval("select review_count from review_cards where id = $1", card.id) == 1
        assert await pool.fetchval("select review_count from review_plans where user_id = $1", user_id) == 1


async def test_without_the_condition_on_the_version_taps_are_counted_twice_or_fail(
    replicas: list[Reviewers], clock: MovableClock, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded = db.review_sql.GRADE.replace("and review_count = $3", "and $3::int >= 0").replace("and due_at <= $7", "")
    assert unguarded != db.review_sql.GRADE
    monkeypatch.setattr(db.review_sql, "GRADE", unguarded)
    wrong = 0
    for _round in range(WRONG_ROUNDS):
        user_id, card = await waiting_card(replicas, clock)
        said = await taps(replicas, user_id, card)
        stored = await pool.fetchval("select count(*) from reviews where card_id = $1 and number > 0", card.id)
        wrong += stored > 1 or any(isinstance(each, asyncpg.PostgresError) for each in said)

    assert wrong > 0


async def test_ten_taps_on_undo_take_one_grade_back(replicas: list[Reviewers], clock: MovableClock, pool: Pool) -> None:
    for _round in range(ROUNDS):
        user_id, card = await waiting_card(replicas, clock)
        graded = await replicas[0].review.answer(
            user_id, card.id, card.version, one(0), seconds=5, language=Language.EN
        )

        said = await asyncio.gather(
            *(replicas[tap % 2].review.take_back(user_id, graded.card_id, graded.number) for tap in range(TAPS)),
            return_exceptions=True,
        )

        assert sum(not isinstance(each, GradeGone) for each in said) == 1
        assert await pool.fetchval("select review_count from review_cards where id = $1", card.id) == 0
        assert await pool.fetchval("select review_count from review_plans where user_id = $1", user_id) == 0


async def test_collecting_an_attempt_ten_times_at_once_makes_each_card_once(
    replicas: list[Reviewers], pool: Pool
) -> None:
    for _round in range(ROUNDS):
        reviewers = replicas[0]
        user_id = await reviewers.student()
        lesson_id = await reviewers.world.lesson(questions=3)
        attempt = await reviewers.quizzes.start_or_resume(user_id, lesson_id)
        await reviewers.quizzes.finish(user_id, attempt.id)

        counts = await asyncio.gather(*(replicas[tap % 2].collect(user_id, attempt.id) for tap in range(TAPS)))

        assert sum(counts) == 3
        assert await pool.fetchval("select count(*) from review_cards where user_id = $1", user_id) == 3
        assert await pool.fetchval("select count(*) from reviews where user_id = $1", user_id) == 3


async def reminded(replicas: list[Reviewers], pool: Pool, clock: MovableClock) -> int:
    """How many times a student is reminded whose hour has come, when ten sweeps look at once."""
    user_id, _questions = await replicas[0].student_with_mistakes(1)
    await pool.execute("update review_plans set reminds = user_id = $1", user_id)
    clock.forward(days=1)
    await asyncio.gather(*(replicas[tap % 2].reminders.remind_due() for tap in range(TAPS)))
    return await pool.fetchval("select count(*) from notifications where user_id = $1 and kind = 'review_due'", user_id)


async def test_ten_sweeps_at_once_remind_once(replicas: list[Reviewers], pool: Pool, clock: MovableClock) -> None:
    for _round in range(ROUNDS):
        clock.now = clock.now.replace(hour=5)
        assert await reminded(replicas, pool, clock) == 1


async def test_without_the_unique_key_and_the_clocks_condition_sweeps_remind_twice(
    replicas: list[Reviewers], pool: Pool, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unguarded(self: db.review.SqlReview, user_id: UserId, seen: object, following: object) -> bool:
        await self._connection.execute(
            "update review_plans set next_reminder_at = $2 where user_id = $1", user_id, following
        )
        return True

    monkeypatch.setattr(db.review.SqlReview, "move_reminder", unguarded)
    add: Any = db.notifications.SqlNotifications.add
    numbers = iter(range(10_000))

    async def without_key(
        self: db.notifications.SqlNotifications, user_id: UserId, kind: object, key: str, data: object, now: object
    ) -> bool:
        return await add(self, user_id, kind, f"{key}:{next(numbers)}", data, now)

    monkeypatch.setattr(db.notifications.SqlNotifications, "add", without_key)
    clock.now = clock.now.replace(hour=5)
    counts = [await reminded(replicas, pool, clock) for _round in range(WRONG_ROUNDS)]

    assert max(counts) > 1
