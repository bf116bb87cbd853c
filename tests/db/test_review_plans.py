"""The screens of spaced review ask little, and no statement reads a table that grows with students from end to end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from db.engine import Pool
from domain.language import Language
from domain.notes.model import NoteId
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId
from domain.review.home import HomeService
from domain.review.mistakes import MistakeCollector
from domain.review.model import Grade, ReviewCardId
from domain.review.pins import PinService
from domain.review.planning import with_choice
from domain.review.plans import ReviewPlans
from domain.review.reminding import ReviewReminders
from domain.review.service import ReviewService
from domain.users.model import UserId
from tests.db.plans import Watched, watched
from tests.db.quiz_world import add_people
from tests.db.review_world import MONDAY, MovableClock, Reviewers

GROWING = frozenset(
    {"users", "attempts", "answers", "review_cards", "reviews", "review_plans", "notes", "questions", "notifications"}
)
STUDENTS = 3_000


@dataclass(frozen=True)
class Crowd:
    seen: Watched
    user_id: UserId
    attempt_id: AttemptId
    card_id: ReviewCardId
    note_card_id: ReviewCardId
    clock: MovableClock

    def review(self) -> ReviewService:
        return ReviewService(begin=self.seen.database.begin, read=self.seen.database.read, now=self.clock)

    def plans(self) -> ReviewPlans:
        return ReviewPlans(begin=self.seen.database.begin, read=self.seen.database.read, now=self.clock)

    def reminders(self) -> ReviewReminders:
        return ReviewReminders(begin=self.seen.database.begin, read=self.seen.database.read, now=self.clock)


@pytest.fixture(scope="module")
async def crowd(database_url: str, pool: Pool) -> AsyncIterator[Crowd]:
    """Thousands of students with cards and logs; one of them has a card of each kind that is due."""
    await add_people(pool)
    async with watched(database_url) as seen:
        clock = MovableClock()
        reviewers = Reviewers(pool, seen.database.begin, seen.database.read, clock)
        for statement in (
            f"""insert into users (id, full_name, language, step, timezone, created_at)
                select 10000 + n, 'Ali', 'uz', 'done', 'Asia/Tashkent', now() from generate_series(1, {STUDENTS}) n""",
            """insert into notes (user_id, bot_id, message_id, body, beginning, folded, created_at)
                select u.id, 1, n, 'x', 'x', 'x', now() from users u cross join generate_series(1, 6) n
                where u.id > 10000""",
            """insert into review_cards (user_id, note_id, created_at, due_at)
                select user_id, id, now(), now() + message_id * interval '1 day' from notes""",
            """insert into reviews (card_id, number, user_id, grade, reviewed_at, due_before)
                select id, n, user_id, 3, now(), now() from review_cards cross join generate_series(1, 4) n""",
            """insert into review_plans (user_id, next_reminder_at, created_at)
                select id, now() + interval '20 years', now() from users where id > 10000""",
        ):
            await pool.execute(statement)
        user_id, questions = await reviewers.student_with_mistakes(2)
        attempt_id = (await reviewers.quizzes.results(user_id, 0)).entries[0].attempt_id
        for _attempt in range(3):
            assert questions[0].lesson_id is not None
            await reviewers.attempt(user_id, questions[0].lesson_id)
        pins = PinService(begin=seen.database.begin, now=clock)
        note_card_id = await pins.pin_note(user_id, NoteId(await reviewers.note(user_id)))
        await pool.execute(
            """insert into attempts (user_id, quiz_id, number, question_ids, max_points, started_at, finished_at,
                closed_by)
            select u.id, a.quiz_id, n, a.question_ids, a.max_points, now(), now(), 'student'
            from users u cross join attempts a cross join generate_series(10, 13) n
            where u.id > 10000 and a.id = $1""",
            attempt_id,
        )
        await pool.execute(
            """insert into answers (attempt_id, question_id, is_correct, answered_at)
            select a.id, q, true, now() from attempts a cross join unnest(a.question_ids) q where a.user_id > 10000"""
        )
        await pool.execute(
            """insert into questions (quiz_id, position, text, options, key, created_by, created_at, retired_at)
            select quiz_id, 1000 + n, text, options, key, created_by, created_at, created_at
            from questions cross join generate_series(1, 10000) n where id = (select min(id) from questions)"""
        )
        await pool.execute("vacuum analyze")
        clock.forward(days=1)
        card = (await reviewers.review.state(user_id)).card
        assert card is not None
        yield Crowd(seen, user_id, attempt_id, card.id, note_card_id, clock)


Ask = Callable[[Crowd], Awaitable[object]]
SCREENS: dict[str, tuple[int, Ask]] = {
    "menu": (1, lambda c: HomeService(read=c.seen.database.read, now=c.clock).home(c.user_id)),
    "a card": (1, lambda c: c.review().state(c.user_id)),
    "an answer to look at": (2, lambda c: c.review().uncover(c.user_id, c.note_card_id, 0)),
    "an answer": (
        3,
        lambda c: c.review().answer(c.user_id, c.card_id, 0, one(0), seconds=5, language=Language.EN),
    ),
    "a grade": (3, lambda c: c.review().grade(c.user_id, c.note_card_id, 0, Grade.GOOD, seconds=5)),
    "undo": (1, lambda c: c.review().take_back(c.user_id, c.card_id, 1)),
    "summary": (3, lambda c: c.review().summary(c.user_id)),
    "report": (2, lambda c: c.plans().report(c.user_id)),
    "settings": (1, lambda c: c.plans().plan(c.user_id)),
    "a choice": (3, lambda c: c.plans().change(c.user_id, lambda plan: with_choice(plan, "reviews", "50"))),
    "mistakes": (2, lambda c: MistakeCollector(begin=c.seen.database.begin, now=c.clock).collect(c.attempt_id)),
    "reminders": (8, lambda c: c.reminders().remind_due()),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_asks_little_and_reads_no_table_from_end_to_end(crowd: Crowd, name: str) -> None:
    limit, ask = SCREENS[name]
    crowd.seen.clear()

    await ask(crowd)

    assert 0 < len(crowd.seen.asked) <= limit
    assert await crowd.seen.full_scans(GROWING) == []


async def test_a_statement_that_does_read_a_whole_table_is_noticed(crowd: Crowd) -> None:
    crowd.seen.clear()

    await crowd.seen.pool.fetch("select id from review_cards where stability > $1", 5)

    assert await crowd.seen.full_scans(GROWING) == ["review_cards"]
    assert crowd.clock() > MONDAY + timedelta(hours=1)
