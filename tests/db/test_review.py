"""Mistakes and pins come back on the days that FSRS says, on the real database and with a clock that moves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import DEFAULT_PARAMETERS

from db.engine import Pool
from domain.language import Language
from domain.notes.errors import NoteGone
from domain.notes.model import NoteId
from domain.quizzes.authoring import QuestionService
from domain.quizzes.errors import QuestionGone
from domain.quizzes.keys import one
from domain.quizzes.model import QuestionId
from domain.review.errors import CardGone, CardMoved, GradeGone, NotAnAnswer
from domain.review.model import Grade, Graded, SetState
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import TEACHER, add_people, draft
from tests.db.review_world import MONDAY, MovableClock, Reviewers


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def reviewers(pool: Pool, begin: Begin, read: Begin, clock: MovableClock) -> Reviewers:
    return Reviewers(pool, begin, read, clock)


def place_of(state: SetState, option: str) -> int:
    """Where an option of the shown card stands: its options are in another order each time."""
    assert state.card is not None
    assert state.card.question is not None
    return [text.read_in(Language.EN) for text in state.card.question.options].index(option)


async def answer(reviewers: Reviewers, user_id: UserId, *, right: bool, seconds: float = 8) -> Graded:
    state = await reviewers.review.state(user_id)
    card = state.card
    assert card is not None
    return await reviewers.review.answer(
        user_id,
        card.id,
        card.version,
        one(place_of(state, "b-en" if right else "a-en")),
        seconds=seconds,
        language=Language.EN,
    )


async def test_mondays_mistakes_come_back_on_the_days_that_fsrs_says(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    library = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, _log = library.review_card(Card(), Rating.Again, datetime(2026, 3, 2, tzinfo=UTC))
    seen: list[date] = []
    expected: list[date] = []

    for is_right in (True, True, False, True, True, True):
        expected.append(card.due.date())
        while (await reviewers.review.state(user_id)).card is None:
            clock.forward(days=1)
        seen.append((clock() + timedelta(hours=5)).date())
        graded = await answer(reviewers, user_id, right=is_right)
        assert graded.is_correct is is_right
        moment = datetime.combine(seen[-1], datetime.min.time(), UTC)
        card, _log = library.review_card(card, Rating.Good if is_right else Rating.Again, moment)

    assert seen == expected
    assert seen[0] == date(2026, 3, 3)
    assert seen[-1] > date(2026, 3, 15)


async def test_cards_of_one_day_are_spread_over_the_days_that_are_as_good(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(10)
    clock.forward(days=1)
    for _round in range(3):
        while (await reviewers.review.state(user_id)).card is not None:
            await answer(reviewers, user_id, right=True)
        clock.forward(days=40)

    days = await pool.fetch(
        "select due_at, count(*) as cards from review_cards where user_id = $1 group by 1 order by 1", user_id
    )

    assert len(days) > 2
    assert max(row["cards"] for row in days) <= 3


async def test_what_went_wrong_or_was_not_answered_becomes_a_card_once(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id = await reviewers.student()
    lesson_id = await reviewers.world.lesson(questions=3)
    attempt = await reviewers.quizzes.start_or_resume(user_id, lesson_id)
    assert attempt.question is not None
    await reviewers.quizzes.answer(user_id, attempt.id, attempt.question.id, one(0))
    assert await reviewers.collect(user_id, attempt.id) == 0
    await reviewers.quizzes.finish(user_id, attempt.id)

    assert await reviewers.collect(user_id, attempt.id) == 3
    assert await reviewers.collect(user_id, attempt.id) == 0

    assert await pool.fetchval("select count(*) from reviews where user_id = $1 and number = 0", user_id) == 3
    row = await pool.fetchrow("select stability, difficulty from review_cards where user_id = $1 limit 1", user_id)
    library, _log = Scheduler().review_card(Card(), Rating.Again, datetime(2026, 3, 2, tzinfo=UTC))
    assert row is not None
    assert (row["stability"], row["difficulty"]) == pytest.approx((library.stability, library.difficulty))


@pytest.mark.parametrize(("stability", "decay", "retention"), [(0.212, 0.1542, 90), (6.5, 0.3, 80), (40.0, 0.1, 95)])
async def test_the_first_interval_in_the_schema_is_fsrss_for_whatever_parameters(
    reviewers: Reviewers, pool: Pool, stability: float, decay: float, retention: int
) -> None:
    parameters = [stability, *DEFAULT_PARAMETERS[1:20], decay]
    user_id = await reviewers.student()
    await pool.execute(
        "insert into review_plans (user_id, next_reminder_at, created_at, parameters, retention)"
        " values ($1, $2, $2, $3, $4)",
        user_id,
        MONDAY + timedelta(days=900),
        parameters,
        retention,
    )
    await reviewers.attempt(user_id, await reviewers.world.lesson(questions=1))
    library = Scheduler(
        parameters=parameters, desired_retention=retention / 100, learning_steps=(), enable_fuzzing=False
    )
    card, _log = library.review_card(Card(), Rating.Again, datetime(2026, 3, 2, tzinfo=UTC))

    row = await pool.fetchrow(
        "select (due_at at time zone 'Asia/Tashkent')::date as day, stability, difficulty from review_cards"
        " where user_id = $1",
        user_id,
    )
    assert row is not None
    assert tuple(row) == (card.due.date(), pytest.approx(card.stability), pytest.approx(card.difficulty))


async def test_nobody_collects_from_a_strangers_attempt(reviewers: Reviewers) -> None:
    user_id, stranger = await reviewers.student(), await reviewers.student()
    attempt_id = await reviewers.attempt(user_id, await reviewers.world.lesson(questions=1))

    assert await reviewers.collect(stranger, attempt_id) == 0


async def test_a_second_mistake_brings_a_card_back_the_next_day_and_keeps_it_one(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    graded = await answer(reviewers, user_id, right=True, seconds=1)
    await reviewers.review.remove(user_id, graded.card_id)
    lesson_id = questions[0].lesson_id
    assert lesson_id is not None
    clock.forward(hours=1)

    attempt_id = await reviewers.attempt(user_id, lesson_id)

    assert await pool.fetchval("select count(*) from review_cards where user_id = $1", user_id) == 1
    state = await reviewers.review.state(user_id)
    assert state.next_due_on == date(2026, 3, 4)
    clock.forward(days=1)
    await answer(reviewers, user_id, right=True)
    assert await reviewers.collect(user_id, attempt_id) == 0
    assert (await reviewers.review.state(user_id)).card is None


async def test_a_card_shows_the_newest_version_and_an_old_one_when_there_is_none(
    reviewers: Reviewers, clock: MovableClock, begin: Begin, read: Begin
) -> None:
    user_id, questions = await reviewers.student_with_mistakes(1)
    authoring = QuestionService(begin=begin, read=read, now=clock)
    newer = await authoring.change_question(TEACHER, questions[0].id, draft("newer"))
    clock.forward(days=1)

    async def shown() -> str:
        card = (await reviewers.review.state(user_id)).card
        assert card is not None
        assert card.question is not None
        return card.question.text.read_in(Language.EN)

    assert await shown() == "Question newer"
    await authoring.delete_question(TEACHER, newer.id)
    assert await shown() == "Question 1"


async def test_a_mistake_in_a_newer_version_is_no_second_card(
    reviewers: Reviewers, clock: MovableClock, begin: Begin, read: Begin, pool: Pool
) -> None:
    user_id, questions = await reviewers.student_with_mistakes(1)
    await QuestionService(begin=begin, read=read, now=clock).change_question(TEACHER, questions[0].id, draft("newer"))
    clock.forward(hours=1)
    assert questions[0].lesson_id is not None

    await reviewers.attempt(user_id, questions[0].lesson_id)

    assert await pool.fetchval("select count(*) from review_cards where user_id = $1", user_id) == 1


async def test_nothing_shows_the_key_before_the_answer_is_stored(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    state = await reviewers.review.state(user_id)

    assert "correct" not in repr(state)
    assert "Because" not in repr(state)
    assert state.card is not None
    with pytest.raises(NotAnAnswer):
        await reviewers.review.uncover(user_id, state.card.id, state.card.version)


async def test_an_exams_mistakes_wait_until_its_answers_are_revealed(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id = await reviewers.student()
    lesson_id = await reviewers.world.lesson(questions=1)
    closes = MONDAY + timedelta(days=5)
    await reviewers.put(lesson_id, reveal="after_close", closes_at=closes.isoformat())
    attempt_id = await reviewers.attempt(user_id, lesson_id, wrong=())
    questions = await reviewers.world.questions(lesson_id)
    await reviewers.pins.pin_question(user_id, attempt_id, questions[0].id)

    clock.forward(days=3)
    state = await reviewers.review.state(user_id)
    assert (state.card, state.next_due_on) == (None, None)
    assert (await reviewers.plans.report(user_id)).card_count == 0

    clock.forward(days=2, seconds=1)
    assert (await reviewers.review.state(user_id)).card is not None


async def test_not_before_keeps_cards_away_until_the_reveal(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id = await reviewers.student()
    lesson_id = await reviewers.world.lesson(questions=1)
    attempt = await reviewers.quizzes.start_or_resume(user_id, lesson_id)
    await reviewers.quizzes.finish(user_id, attempt.id)
    closes = MONDAY + timedelta(days=4)
    await reviewers.put(lesson_id, reveal="after_close", closes_at=closes.isoformat())
    await reviewers.mistakes.collect(attempt.id)
    await reviewers.put(lesson_id)

    clock.forward(days=3)
    assert (await reviewers.review.state(user_id)).card is None
    clock.forward(days=1)
    assert (await reviewers.review.state(user_id)).card is not None


async def test_a_question_of_an_open_attempt_is_not_asked_and_cannot_be_graded(
    reviewers: Reviewers, clock: MovableClock
) -> None:
    user_id, questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    card = (await reviewers.review.state(user_id)).card
    assert card is not None
    assert questions[0].lesson_id is not None
    await reviewers.quizzes.retake(user_id, (await reviewers.quizzes.results(user_id, 0)).entries[0].attempt_id)

    assert (await reviewers.review.state(user_id)).card is None
    with pytest.raises(CardMoved):
        await reviewers.review.answer(user_id, card.id, card.version, one(0), seconds=1, language=Language.EN)


async def test_a_strangers_card_looks_like_none(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    stranger = await reviewers.student()
    clock.forward(days=1)
    card = (await reviewers.review.state(user_id)).card
    assert card is not None

    for call in (
        reviewers.review.answer(stranger, card.id, 0, one(0), seconds=1, language=Language.EN),
        reviewers.review.uncover(stranger, card.id, 0),
        reviewers.review.grade(stranger, card.id, 0, Grade.EASY, seconds=1),
        reviewers.review.remove(stranger, card.id),
        reviewers.review.restore(stranger, card.id),
    ):
        with pytest.raises(CardGone):
            await call
    with pytest.raises(GradeGone):
        await reviewers.review.take_back(stranger, card.id, 1)


async def test_only_what_is_ones_own_is_pinned(reviewers: Reviewers) -> None:
    user_id, questions = await reviewers.student_with_mistakes(1)
    stranger = await reviewers.student()
    attempt_id = (await reviewers.quizzes.results(user_id, 0)).entries[0].attempt_id
    note_id = NoteId(await reviewers.note(user_id))

    with pytest.raises(QuestionGone):
        await reviewers.pins.pin_question(stranger, attempt_id, questions[0].id)
    with pytest.raises(QuestionGone):
        await reviewers.pins.pin_question(user_id, attempt_id, QuestionId(999_999))
    with pytest.raises(NoteGone):
        await reviewers.pins.pin_note(stranger, note_id)


async def test_a_pinned_note_is_graded_by_its_owner_who_sees_where_each_grade_leads(
    reviewers: Reviewers, clock: MovableClock
) -> None:
    user_id = await reviewers.student()
    note_id = NoteId(await reviewers.note(user_id))
    card_id = await reviewers.pins.pin_note(user_id, note_id)
    assert await reviewers.pins.pin_note(user_id, note_id) == card_id
    assert (await reviewers.review.state(user_id)).card is None
    clock.forward(days=1)

    found = await reviewers.review.uncover(user_id, card_id, 0)
    graded = await reviewers.review.grade(user_id, card_id, 0, Grade.GOOD, seconds=5)

    assert [each.days for each in found.outlooks] == sorted(each.days for each in found.outlooks)
    assert graded.due_on == next(each.due_on for each in found.outlooks if each.grade is Grade.GOOD)
    clock.forward(days=20)
    with pytest.raises(NotAnAnswer):
        await reviewers.review.answer(user_id, card_id, 1, one(0), seconds=1, language=Language.EN)


async def test_a_deleted_note_is_not_asked(reviewers: Reviewers, clock: MovableClock, pool: Pool) -> None:
    user_id = await reviewers.student()
    note_id = await reviewers.note(user_id)
    await reviewers.pins.pin_note(user_id, NoteId(note_id))
    clock.forward(days=1)

    await pool.execute("update notes set deleted_at = $2 where id = $1", note_id, clock())
    assert (await reviewers.review.state(user_id)).card is None
    await pool.execute("delete from notes where id = $1", note_id)
    assert not (await reviewers.review.state(user_id)).has_cards


async def test_a_grade_is_taken_back_once_and_the_card_is_as_it_was(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    kept = "select due_at, stability, difficulty, reviewed_at, review_count from review_cards where user_id = $1"
    before = await pool.fetchrow(kept, user_id)
    graded = await answer(reviewers, user_id, right=False)

    await reviewers.review.take_back(user_id, graded.card_id, graded.number)

    assert await pool.fetchrow(kept, user_id) == before
    assert await pool.fetchval("select review_count from review_plans where user_id = $1", user_id) == 0
    with pytest.raises(GradeGone):
        await reviewers.review.take_back(user_id, graded.card_id, graded.number)
    assert (await reviewers.review.state(user_id)).card is not None


async def test_an_old_grade_stays(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    graded = await answer(reviewers, user_id, right=True)
    clock.forward(hours=2)

    with pytest.raises(GradeGone):
        await reviewers.review.take_back(user_id, graded.card_id, graded.number)


async def test_a_second_tap_on_an_answer_counts_nothing(reviewers: Reviewers, clock: MovableClock, pool: Pool) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    card = (await reviewers.review.state(user_id)).card
    assert card is not None
    first = await answer(reviewers, user_id, right=True)

    with pytest.raises(CardMoved):
        await reviewers.review.answer(user_id, first.card_id, card.version, one(0), seconds=1, language=Language.EN)
    assert await pool.fetchval("select count(*) from reviews where user_id = $1 and number > 0", user_id) == 1


async def test_an_option_that_is_not_there_is_no_answer(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    card = (await reviewers.review.state(user_id)).card
    assert card is not None

    with pytest.raises(NotAnAnswer):
        await reviewers.review.answer(user_id, card.id, card.version, one(99), seconds=1, language=Language.EN)


async def test_a_set_stays_within_its_limits_and_the_rest_waits_for_tomorrow(
    reviewers: Reviewers, clock: MovableClock
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(14)
    clock.forward(days=1)

    state = await reviewers.review.state(user_id)
    assert (state.done, state.total, state.waiting) == (0, 10, 4)
    for _card in range(10):
        await answer(reviewers, user_id, right=True)

    state = await reviewers.review.state(user_id)
    assert (state.card, state.done, state.total, state.waiting) == (None, 10, 10, 4)
    assert state.next_due_on == date(2026, 3, 4)
    summary = await reviewers.review.summary(user_id)
    assert (summary.done, summary.remembered, summary.seconds) == (10, 10, 80)
    clock.forward(days=1)
    assert (await reviewers.review.state(user_id)).card is not None


async def test_a_day_begins_at_midnight_where_the_student_lives(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)

    clock.now = datetime(2026, 3, 2, 18, 59, 59, tzinfo=UTC)
    assert (await reviewers.review.state(user_id)).card is None
    clock.now = datetime(2026, 3, 2, 19, 0, 0, tzinfo=UTC)
    assert (await reviewers.review.state(user_id)).card is not None


async def test_nothing_is_asked_on_a_quiet_day(reviewers: Reviewers, clock: MovableClock) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    await reviewers.plans.change(user_id, lambda plan: type(plan)(quiet_days=frozenset({2})))
    clock.forward(days=1)

    state = await reviewers.review.state(user_id)

    assert (state.card, state.is_quiet, state.next_due_on) == (None, True, date(2026, 3, 4))
    clock.forward(days=1)
    assert (await reviewers.review.state(user_id)).card is not None


async def test_a_clock_that_was_set_back_breaks_no_memory(
    reviewers: Reviewers, clock: MovableClock, pool: Pool
) -> None:
    user_id, _questions = await reviewers.student_with_mistakes(1)
    clock.forward(days=1)
    await pool.execute(
        "update review_cards set reviewed_at = $2 where user_id = $1", user_id, clock() + timedelta(days=9)
    )

    graded = await answer(reviewers, user_id, right=True)

    assert graded.days >= 1
    assert await pool.fetchval("select predicted from reviews where user_id = $1 and number = 1", user_id) is None
