"""Double taps and two replicas: each race is also run without the rule that decides it, and must then go wrong."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import orjson
import pytest

import db.quizzes
from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.quizzes.authoring import QuestionService
from domain.quizzes.errors import NoAttemptsLeft
from domain.quizzes.keys import one, only
from domain.quizzes.model import AttemptView, Feedback
from domain.quizzes.service import QuizService
from domain.unit_of_work import Begin
from tests.db.quiz_world import ALI, NOON, TEACHER, World, add_people, draft
from tests.domain.quizzes.fakes import scored
from tests.scale import scaled

TAPS = 10
ROUNDS = scaled(1_000, 20)
WRONG_ROUNDS = 20
"""Of the controls, which break within a few."""


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture(scope="module")
async def replicas(database_url: str, pool: Pool) -> AsyncIterator[list[QuizService]]:
    """Two processes' worth of services: each with connections of its own."""
    second = await create_pool(database_url, size=20)
    await asyncio.gather(*(pool.fetchval("select pg_sleep(0.05)") for _ in range(TAPS)))
    yield [
        QuizService(begin=database.begin, read=database.read, now=lambda: NOON)
        for database in (Database(pool), Database(second))
    ]
    await second.close()


async def start(replicas: list[QuizService], lesson_id: LessonId) -> AttemptView:
    return await replicas[0].start_or_resume(ALI, lesson_id)


async def test_ten_taps_on_start_at_two_replicas_make_one_attempt(
    replicas: list[QuizService], world: World, pool: Pool
) -> None:
    for _round in range(ROUNDS):
        lesson_id = await world.lesson()

        seen = await asyncio.gather(*(replicas[tap % 2].start_or_resume(ALI, lesson_id) for tap in range(TAPS)))

        assert len({attempt.id for attempt in seen}) == 1
        assert await _attempts(pool, lesson_id) == 1


async def test_without_the_unique_keys_ten_taps_make_several_attempts(
    replicas: list[QuizService], world: World, pool: Pool
) -> None:
    await pool.execute("alter table attempts drop constraint uq_attempts_user_id_quiz_id_number")
    await pool.execute("drop index ix_attempts_open")
    made: list[int] = []
    try:
        for _round in range(WRONG_ROUNDS):
            lesson_id = await world.lesson()
            await asyncio.gather(*(replicas[tap % 2].start_or_resume(ALI, lesson_id) for tap in range(TAPS)))
            made.append(await _attempts(pool, lesson_id))
    finally:
        await pool.execute("truncate attempts, answers, askings cascade")
        await pool.execute(
            "alter table attempts add constraint uq_attempts_user_id_quiz_id_number unique (user_id, quiz_id, number)"
        )
        await pool.execute(
            "create unique index ix_attempts_open on attempts (user_id, quiz_id) where finished_at is null"
        )

    assert max(made) > 1


async def test_ten_taps_when_one_attempt_is_left_make_that_one_and_no_more(
    replicas: list[QuizService], world: World, pool: Pool
) -> None:
    """LRN-1: the limit holds when the attempt before it ends at the very moment."""
    for _round in range(ROUNDS):
        lesson_id = await world.lesson(questions=1)
        await pool.execute("""update quizzes set settings = '{"max_attempts": 2}' where lesson_id = $1""", lesson_id)
        first = await start(replicas, lesson_id)
        assert first.question is not None
        await replicas[0].answer(ALI, first.id, first.question.id, one(0))
        second = await replicas[0].retake(ALI, first.id)
        assert second.question is not None

        said = await asyncio.gather(
            replicas[1].answer(ALI, second.id, second.question.id, one(1)),
            *(replicas[tap % 2].start_or_resume(ALI, lesson_id) for tap in range(TAPS)),
            return_exceptions=True,
        )

        assert {type(each) for each in said} <= {Feedback, AttemptView, NoAttemptsLeft}
        assert await _attempts(pool, lesson_id) == 2


async def test_ten_taps_on_an_answer_store_the_first_and_all_say_the_same(
    replicas: list[QuizService], world: World, pool: Pool
) -> None:
    for _round in range(ROUNDS):
        attempt = await start(replicas, await world.lesson(questions=2))
        question = attempt.question
        assert question is not None

        said = await asyncio.gather(
            *(replicas[tap % 2].answer(ALI, attempt.id, question.id, one(tap % 3)) for tap in range(TAPS))
        )

        assert len({(only(feedback.response), only(feedback.solution), feedback.answered) for feedback in said}) == 1
        stored = await pool.fetch("select response, is_correct from answers where attempt_id = $1", attempt.id)
        assert [orjson.loads(row["response"])["options"] for row in stored] == [[only(said[0].response)]]
        counted = await pool.fetchrow("select answered_count, correct_count from attempts where id = $1", attempt.id)
        assert counted is not None
        assert tuple(counted) == (1, int(bool(said[0].is_correct)))


async def test_ten_taps_on_the_last_answer_finish_the_attempt_once(replicas: list[QuizService], world: World) -> None:
    for _round in range(ROUNDS):
        attempt = await start(replicas, await world.lesson(questions=1))
        question = attempt.question
        assert question is not None

        said = await asyncio.gather(
            *(replicas[tap % 2].answer(ALI, attempt.id, question.id, one(1)) for tap in range(TAPS))
        )

        assert all(feedback.is_last for feedback in said)
        assert scored(await replicas[1].result(ALI, attempt.id)).percent == 100


async def test_without_the_condition_on_the_counters_a_race_fails_or_doubles(
    replicas: list[QuizService], world: World, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pool.execute("alter table answers drop constraint pk_answers")
    unguarded = db.quizzes._STORE.replace("and a.answered_count = $10", "and $10::int >= 0")
    assert unguarded != db.quizzes._STORE
    monkeypatch.setattr(db.quizzes, "_STORE", unguarded)
    wrong = 0
    try:
        for _round in range(WRONG_ROUNDS):
            attempt = await start(replicas, await world.lesson(questions=2))
            question = attempt.question
            assert question is not None
            outcomes = await asyncio.gather(
                *(replicas[tap % 2].answer(ALI, attempt.id, question.id, one(tap % 3)) for tap in range(TAPS)),
                return_exceptions=True,
            )
            stored = await pool.fetchval("select count(*) from answers where attempt_id = $1", attempt.id)
            wrong += stored > 1 or any(isinstance(outcome, asyncpg.PostgresError) for outcome in outcomes)
    finally:
        await pool.execute("truncate answers, attempts, askings cascade")
        await pool.execute("alter table answers add constraint pk_answers primary key (attempt_id, question_id)")

    assert wrong > 0


async def test_retakes_pressed_ten_times_make_one_new_attempt(
    replicas: list[QuizService], world: World, pool: Pool
) -> None:
    for _round in range(ROUNDS):
        lesson_id = await world.lesson(questions=1)
        first = await start(replicas, lesson_id)
        assert first.question is not None
        await replicas[0].answer(ALI, first.id, first.question.id, one(0))

        seen = await asyncio.gather(*(replicas[tap % 2].retake(ALI, first.id) for tap in range(TAPS)))

        assert {attempt.number for attempt in seen} == {2}
        assert await _attempts(pool, lesson_id) == 2


async def test_questions_added_at_once_get_places_of_their_own(begin: Begin, read: Begin, world: World) -> None:
    authoring = QuestionService(begin=begin, read=read, now=lambda: NOON)
    lesson_id = await world.lesson(questions=0)

    await asyncio.gather(*(authoring.add_question(TEACHER, lesson_id, draft(f"{tap}")) for tap in range(TAPS)))

    kept = await authoring.questions(TEACHER, lesson_id)
    assert [question.position for question in kept] == list(range(1, TAPS + 1))


async def test_two_edits_at_once_leave_one_next_version(begin: Begin, read: Begin, world: World) -> None:
    authoring = QuestionService(begin=begin, read=read, now=lambda: NOON)
    lesson_id = await world.lesson(questions=1)
    question = (await authoring.questions(TEACHER, lesson_id))[0]

    outcomes = await asyncio.gather(
        *(authoring.change_question(TEACHER, question.id, draft(f"{tap}")) for tap in range(TAPS)),
        return_exceptions=True,
    )

    kinds = Counter(type(outcome).__name__ for outcome in outcomes)
    assert kinds["Question"] == 1
    assert set(kinds) <= {"Question", "QuestionGone", "NotAllowed"}
    assert [q.version for q in await authoring.questions(TEACHER, lesson_id)] == [2]


async def _attempts(pool: Pool, lesson_id: LessonId) -> int:
    count: int = await pool.fetchval(
        "select count(*) from attempts a join quizzes z on z.id = a.quiz_id where z.lesson_id = $1", lesson_id
    )
    return count
