"""Parameters follow a student's own log when there is enough of it, and only if they predict better."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.clients.fsrs_optimiser import RustOptimiser
from db.engine import Pool
from domain.review.model import LoggedReview
from domain.review.ports import TUNE_STUDENT_JOB
from domain.review.tuning import ReviewTuning, histories, log_loss
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.bench.review_simulation import DEFAULTS
from tests.db.quiz_world import add_people
from tests.db.review_world import MONDAY, MovableClock, Reviewers
from tests.domain.review.logs import log_of


class Fixed:
    """An optimiser that always finds the same."""

    def __init__(self, found: Sequence[float] | None) -> None:
        self.found = found
        self.asked = 0

    async def optimise(self, reviews: Sequence[LoggedReview]) -> Sequence[float] | None:
        self.asked += 1
        return self.found


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def reviewers(pool: Pool, begin: Begin, read: Begin) -> Reviewers:
    return Reviewers(pool, begin, read, MovableClock())


async def student_with_log(reviewers: Reviewers, reviews: Sequence[LoggedReview]) -> UserId:
    user_id = await reviewers.student()
    pool = reviewers.pool
    lesson_id = await reviewers.world.lesson(questions=1)
    await reviewers.attempt(user_id, lesson_id)
    await pool.execute("delete from reviews where user_id = $1", user_id)
    cards: dict[int, int] = {}
    for card_id in histories(reviews):
        note_id = await reviewers.note(user_id, str(card_id))
        cards[card_id] = await pool.fetchval(
            "insert into review_cards (user_id, note_id, created_at, due_at) values ($1, $2, $3, $3) returning id",
            user_id,
            note_id,
            MONDAY,
        )
    numbers: dict[int, int] = {}
    rows: list[tuple[object, ...]] = []
    for review in reviews:
        numbers[review.card_id] = numbers.get(review.card_id, 0) + 1
        moment = MONDAY + timedelta(days=(review.day - MONDAY.date()).days)
        rows.append((cards[review.card_id], numbers[review.card_id], user_id, int(review.grade), moment, moment))
    await pool.executemany(
        "insert into reviews (card_id, number, user_id, grade, reviewed_at, due_before)"
        " values ($1, $2, $3, $4, $5, $6)",
        rows,
    )
    await pool.execute("update review_plans set review_count = $2 where user_id = $1", user_id, len(reviews))
    return user_id


async def parameters(pool: Pool, user_id: UserId) -> list[float] | None:
    return await pool.fetchval("select parameters from review_plans where user_id = $1", user_id)


async def test_a_long_log_of_an_unusual_memory_leads_to_its_own_parameters(
    reviewers: Reviewers, pool: Pool, begin: Begin, read: Begin
) -> None:
    reviews = log_of(seed=1, days=100)
    user_id = await student_with_log(reviewers, reviews)
    tuning = ReviewTuning(begin=begin, read=read, now=reviewers.clock, optimiser=RustOptimiser())

    assert await tuning.tune(user_id)

    found = await parameters(pool, user_id)
    assert found is not None
    assert log_loss(tuple(found), reviews) < log_loss(None, reviews)
    assert (await reviewers.plans.report(user_id)).is_tuned


async def test_what_was_learnt_from_chance_is_not_taken(
    reviewers: Reviewers, pool: Pool, begin: Begin, read: Begin
) -> None:
    """This log's last fifth contradicts what its beginning promised."""
    user_id = await student_with_log(reviewers, log_of(seed=3, days=100))

    assert not await ReviewTuning(begin=begin, read=read, now=reviewers.clock, optimiser=RustOptimiser()).tune(user_id)
    assert await parameters(pool, user_id) is None


async def test_a_short_log_is_left_alone(reviewers: Reviewers, pool: Pool, begin: Begin, read: Begin) -> None:
    user_id = await student_with_log(reviewers, log_of(seed=3, days=100)[:399])
    optimiser = Fixed(DEFAULTS)

    assert not await ReviewTuning(begin=begin, read=read, now=reviewers.clock, optimiser=optimiser).tune(user_id)
    assert optimiser.asked == 0
    assert await parameters(pool, user_id) is None


WORSE = (0.001, 0.01, 0.01, 0.01, *DEFAULTS[4:])


@pytest.mark.parametrize(
    "found",
    [None, WORSE, (-1.0,) * 21, (float("nan"),) * 21, (1.0,) * 3],
    ids=("none", "worse", "out of bounds", "not numbers", "too few"),
)
async def test_what_does_not_predict_better_is_not_taken(
    reviewers: Reviewers, pool: Pool, begin: Begin, read: Begin, found: Sequence[float] | None
) -> None:
    user_id = await student_with_log(reviewers, log_of(seed=3, days=100))

    assert not await ReviewTuning(begin=begin, read=read, now=reviewers.clock, optimiser=Fixed(found)).tune(user_id)
    assert await parameters(pool, user_id) is None


async def test_only_logs_that_have_grown_are_looked_at(
    reviewers: Reviewers, pool: Pool, begin: Begin, read: Begin
) -> None:
    await pool.execute("update review_plans set tuned_count = review_count")
    user_id, _questions = await reviewers.student_with_mistakes(1)
    tuning = ReviewTuning(begin=begin, read=read, now=reviewers.clock, optimiser=Fixed(None))

    async def queued() -> int:
        before = await pool.fetchval("select count(*) from pgqueuer where entrypoint = $1", TUNE_STUDENT_JOB)
        await tuning.start()
        return await pool.fetchval("select count(*) from pgqueuer where entrypoint = $1", TUNE_STUDENT_JOB) - before

    await pool.execute("update review_plans set review_count = 399 where user_id = $1", user_id)
    assert await queued() == 0
    await pool.execute("update review_plans set review_count = 400 where user_id = $1", user_id)
    assert await queued() == 1
    assert await queued() == 0, "it is in the queue already"
    await tuning.tune(user_id)
    assert await queued() == 0
