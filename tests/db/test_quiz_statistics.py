"""What is counted of attempts: each once, exactly, also after a mark was changed and with two replicas at work."""

import asyncio
import random
from collections import Counter
from typing import Any

import orjson
import pytest

from db.engine import Pool
from domain.courses.model import LessonId
from domain.errors import NotAllowed
from domain.quizzes.items import discrimination
from domain.quizzes.keys import one
from domain.quizzes.model import QuizId
from domain.quizzes.service import QuizService
from domain.quizzes.statistics import QuizStatisticsService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ALI, NOON, TEACHER, World, add_people

ROUNDS = 10
FIRST_STUDENT = 1_000


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)
    await pool.execute(
        "insert into users (id, full_name, language, role, timezone, created_at)"
        " select id, 'Student ' || id, 'uz', 'student', 'Asia/Tashkent', $3 from generate_series($1::bigint, $2) id",
        FIRST_STUDENT,
        FIRST_STUDENT + 199,
        NOON,
    )


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture
def statistics(begin: Begin, read: Begin) -> QuizStatisticsService:
    return QuizStatisticsService(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture
def quizzes(begin: Begin, read: Begin) -> QuizService:
    return QuizService(begin=begin, read=read, now=lambda: NOON)


async def sit(pool: Pool, world: World, *, students: int, questions: int, seed: int = 1) -> LessonId:
    """Finished attempts by chance: with each student's own questions left out, and some of them not answered."""
    lesson_id = await world.lesson(questions=questions)
    ids = [question.id for question in await world.questions(lesson_id)]
    quiz_id = await quiz_of(pool, lesson_id)
    rng = random.Random(seed)
    for number in range(students):
        asked = rng.sample(ids, rng.randint(1, len(ids)))
        answered = asked[: rng.randint(0, len(asked))]
        chosen = [rng.randint(0, 2) for _each in answered]
        right = sum(option == 1 for option in chosen)
        attempt_id = await pool.fetchval(
            """
            insert into attempts (user_id, quiz_id, number, question_ids, max_points, started_at, answered_count,
                correct_count, points, finished_at, closed_by)
            values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $5, 'time') returning id
            """,
            FIRST_STUDENT + number,
            quiz_id,
            asked,
            100 * len(asked),
            NOON,
            len(answered),
            right,
            100 * right,
        )
        await pool.executemany(
            """
            insert into answers (attempt_id, question_id, response, is_correct, points, seconds, answered_at)
            values ($1, $2, $3::jsonb, $4, $5, $6, $7)
            """,
            [
                (
                    attempt_id,
                    question_id,
                    orjson.dumps({"options": [option]}).decode(),
                    option == 1,
                    100 * (option == 1),
                    rng.choice([None, 3, 40, 900]),
                    NOON,
                )
                for question_id, option in zip(answered, chosen, strict=True)
            ],
        )
    return lesson_id


async def quiz_of(pool: Pool, lesson_id: LessonId) -> QuizId:
    return await pool.fetchval("select id from quizzes where lesson_id = $1", lesson_id)


async def kept(pool: Pool, lesson_id: LessonId) -> tuple[list[Any], list[Any]]:
    quiz_id = await quiz_of(pool, lesson_id)
    items = await pool.fetch("select * from item_statistics where quiz_id = $1 order by question_id", quiz_id)
    choices = await pool.fetch(
        "select * from item_choices where quiz_id = $1 and chosen > 0 order by question_id, option", quiz_id
    )
    return [tuple(row)[1:] for row in items], [tuple(row)[1:] for row in choices]


async def recount(pool: Pool, lesson_id: LessonId) -> tuple[list[Any], list[Any]]:
    """The same sums from the raw answers, in Python."""
    quiz_id = await quiz_of(pool, lesson_id)
    items: dict[int, Counter[str]] = {}
    choices: dict[tuple[int, int], Counter[str]] = {}
    for attempt in await pool.fetch("select id, question_ids from attempts where quiz_id = $1", quiz_id):
        rows = await pool.fetch("select * from answers where attempt_id = $1", attempt["id"])
        given = {row["question_id"]: row for row in rows}
        score = sum(bool(row["is_correct"]) for row in rows)
        others = len(attempt["question_ids"]) - 1
        for question_id in attempt["question_ids"]:
            row = given.get(question_id)
            right = int(row is not None and bool(row["is_correct"]))
            rest = int(10_000 * (score - right) / others + 0.5) if others else 0
            sums = items.setdefault(question_id, Counter())
            sums["asked"] += 1
            sums["answered"] += row is not None
            sums["correct"] += right
            if row is not None and row["seconds"] is not None:
                sums["timed"] += 1
                sums["seconds"] += min(row["seconds"], 600)
            if others:
                sums["rested"] += 1
                sums["rested_correct"] += right
                sums["rest_sum"] += rest
                sums["rest_squares"] += rest**2
                sums["rest_correct"] += rest * right
            if row is not None:
                [option] = orjson.loads(row["response"])["options"]
                chosen = choices.setdefault((question_id, option), Counter())
                chosen["chosen"] += 1
                chosen["rested"] += others > 0
                chosen["rest_sum"] += rest
    names = [
        "asked",
        "answered",
        "correct",
        "timed",
        "seconds",
        "rested",
        "rested_correct",
        "rest_sum",
        "rest_squares",
        "rest_correct",
    ]
    return (
        [(question_id, *(sums[name] for name in names)) for question_id, sums in sorted(items.items())],
        [
            (*place, *(sums[name] for name in ("chosen", "rested", "rest_sum")))
            for place, sums in sorted(choices.items())
        ],
    )


async def test_a_recount_of_the_raw_answers_finds_what_was_folded(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    lesson_id = await sit(pool, world, students=60, questions=7)

    assert await statistics.fold() >= 60
    assert await statistics.fold() == 0

    assert await kept(pool, lesson_id) == await recount(pool, lesson_id)


async def test_a_mark_that_changes_later_is_taken_out_and_counted_again(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    lesson_id = await sit(pool, world, students=20, questions=5, seed=2)
    await statistics.fold()
    before = await kept(pool, lesson_id)

    await pool.execute(
        """
        update answers set is_correct = not is_correct, points = 0, marked_by = $2, marked_at = $3
        where attempt_id in (select id from attempts where quiz_id = $1 order by id limit 5)
        """,
        await quiz_of(pool, lesson_id),
        TEACHER,
        NOON,
    )
    await statistics.fold()

    after = await kept(pool, lesson_id)
    assert after != before
    assert after == await recount(pool, lesson_id)


async def test_without_the_trigger_a_changed_mark_leaves_wrong_sums(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    lesson_id = await sit(pool, world, students=10, questions=5, seed=3)
    await statistics.fold()
    await pool.execute("alter table answers disable trigger unfold_attempt")
    try:
        await pool.execute(
            "update answers set is_correct = not is_correct where attempt_id in"
            " (select id from attempts where quiz_id = $1)",
            await quiz_of(pool, lesson_id),
        )
        await statistics.fold()
    finally:
        await pool.execute("alter table answers enable trigger unfold_attempt")

    assert await kept(pool, lesson_id) != await recount(pool, lesson_id)


async def test_replicas_that_fold_at_once_count_each_attempt_once(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    for seed in range(ROUNDS):
        lesson_id = await sit(pool, world, students=15, questions=4, seed=seed)

        counts = await asyncio.gather(*(statistics.fold() for _replica in range(6)))

        assert sum(counts) == 15
        assert await kept(pool, lesson_id) == await recount(pool, lesson_id)


async def test_without_the_lock_and_the_mark_replicas_count_attempts_twice(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    wrong = 0
    for seed in range(ROUNDS):
        lesson_id = await sit(pool, world, students=15, questions=4, seed=seed)

        async def fold() -> None:
            ids = await pool.fetchval(
                "select array_agg(id) from attempts where folded_at is null and finished_at is not null"
            )
            if ids:
                await pool.execute("select fold_attempts($1, 1)", ids)

        await asyncio.gather(*(fold() for _replica in range(6)))
        await pool.execute("update attempts set folded_at = $1 where folded_at is null", NOON)
        wrong += await kept(pool, lesson_id) != await recount(pool, lesson_id)

    assert wrong > 0


async def test_only_first_attempts_without_waiting_marks_are_counted(
    pool: Pool, world: World, quizzes: QuizService, statistics: QuizStatisticsService
) -> None:
    lesson_id = await world.lesson(questions=1)
    first = await quizzes.start_or_resume(ALI, lesson_id)
    assert first.question is not None
    await quizzes.answer(ALI, first.id, first.question.id, one(1))
    second = await quizzes.retake(ALI, first.id)
    assert second.question is not None
    await quizzes.answer(ALI, second.id, second.question.id, one(0))

    await statistics.fold()

    table = await statistics.items(TEACHER, lesson_id)
    assert [(item.sums.asked, item.sums.correct, item.discrimination) for item in table.items] == [(1, 1, None)]
    results = await statistics.results(TEACHER, lesson_id)
    assert [line.attempt.number for line in results.lines] == [2, 1]


async def test_results_are_paged_and_get_a_scale_when_there_are_enough_students(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    lesson_id = await sit(pool, world, students=25, questions=6, seed=5)
    await statistics.fold()
    assert (await statistics.results(TEACHER, lesson_id)).people == 0

    quiz_id = await quiz_of(pool, lesson_id)
    assert await statistics.calibrate(quiz_id)
    assert not await statistics.calibrate(quiz_id), "nothing is new"

    seen: list[int] = []
    before = None
    while True:
        table = await statistics.results(TEACHER, lesson_id, before)
        assert table.people == 25
        assert all(line.ability is not None and line.scaled is not None for line in table.lines)
        seen += [line.attempt.student_id for line in table.lines]
        before = table.next_before
        if before is None:
            break
    assert seen == [FIRST_STUDENT + number for number in reversed(range(25))]


async def test_the_workbook_gets_every_answer_once(pool: Pool, world: World, statistics: QuizStatisticsService) -> None:
    lesson_id = await sit(pool, world, students=30, questions=4, seed=6)
    answers = await pool.fetchval(
        "select count(*) from answers x join attempts a on a.id = x.attempt_id where a.quiz_id = $1",
        await quiz_of(pool, lesson_id),
    )

    found = [
        (each.attempt_id, each.question.id) async for batch in statistics.export(TEACHER, lesson_id) for each in batch
    ]

    assert len(found) == len(set(found)) == answers


async def test_students_are_refused_everything(world: World, statistics: QuizStatisticsService) -> None:
    lesson_id = await world.lesson()
    for place in (lesson_id, LessonId(987_654_321)):
        for user_id in (ALI, UserId(987_654)):
            with pytest.raises(NotAllowed):
                await statistics.results(user_id, place)
            with pytest.raises(NotAllowed):
                await statistics.items(user_id, place)
            with pytest.raises(NotAllowed):
                async for _batch in statistics.export(user_id, place):
                    pass


async def test_discrimination_is_the_correlation_with_the_rest(
    pool: Pool, world: World, statistics: QuizStatisticsService
) -> None:
    import numpy as np

    lesson_id = await sit(pool, world, students=50, questions=5, seed=8)
    await statistics.fold()
    table = await statistics.items(TEACHER, lesson_id)
    quiz_id = await quiz_of(pool, lesson_id)
    item = table.items[0]
    pairs = await pool.fetch(
        """
        select coalesce((select is_correct from answers x
                where x.attempt_id = a.id and x.question_id = $2), false) as own,
            (select count(*) from answers x where x.attempt_id = a.id and x.question_id <> $2 and x.is_correct)::float
                / (cardinality(a.question_ids) - 1) as rest
        from attempts a where a.quiz_id = $1 and $2 = any (a.question_ids) and cardinality(a.question_ids) > 1
        """,
        quiz_id,
        item.question.id,
    )

    expected = np.corrcoef([float(row["own"]) for row in pairs], [row["rest"] for row in pairs])[0, 1]

    assert discrimination(item.sums) == pytest.approx(expected, abs=1e-3)
