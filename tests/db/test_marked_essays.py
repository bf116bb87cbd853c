"""What a teacher's mark leads to, with two replicas at work: cards, statistics and a notice, each once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

import db.review_sql
from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, Written
from domain.quizzes.marks import MarkingService
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.statistics import QuizStatisticsService
from domain.review.model import Grade
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, TEACHER, add_people, written
from tests.db.review_world import MovableClock, Reviewers

ROUNDS = 10
WHOLE = 200
"""The hundredths of a point that an essay is worth here."""


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


class Replica:
    """A process: a teacher marks in it, and the job that follows a finished attempt runs in it."""

    def __init__(self, pool: Pool, clock: MovableClock) -> None:
        database = Database(pool)
        begin, read = database.begin, database.read
        self.reviewers = Reviewers(pool, begin, read, clock)
        self.marking = MarkingService(begin=begin, read=read, now=clock)
        self.statistics = QuizStatisticsService(begin=begin, read=read, now=clock)

    async def follow(self, attempt_id: AttemptId) -> int:
        """What the job does, in its order; how many cards are new."""
        count = await self.reviewers.mistakes.collect(attempt_id)
        await self.statistics.fold()
        return count


@pytest.fixture
async def replicas(database_url: str, pool: Pool, clock: MovableClock) -> AsyncIterator[list[Replica]]:
    second = await create_pool(database_url, size=10)
    yield [Replica(pool, clock), Replica(second, clock)]
    await second.close()


@dataclass(frozen=True)
class Sitting:
    """Two essays that wait for their marks."""

    student: UserId
    lesson_id: LessonId
    attempt_id: AttemptId
    essays: tuple[QuestionId, QuestionId]


def essay(name: str) -> QuestionDraft:
    return QuestionDraft(
        text=written(f"Nega {name}?", f"Почему {name}?", f"Why {name}?"),
        options=(),
        key=Essay(written("Ikki sabab", "Две причины", "Two reasons")),
        explanation=None,
        points=WHOLE // 100,
    )


async def sit(replica: Replica) -> Sitting:
    reviewers = replica.reviewers
    student = await reviewers.student()
    lesson_id = await reviewers.world.lesson(questions=0)
    async with reviewers.begin() as uow:
        for name in ("A", "B"):
            await uow.quizzes.add_question(TEACHER, lesson_id, essay(name), reviewers.clock(), limit=100)
        await uow.commit()
    first, second = [question.id for question in await reviewers.world.questions(lesson_id)]
    attempt = await reviewers.quizzes.start_or_resume(student, lesson_id)
    for question_id in (first, second):
        await reviewers.quizzes.answer(student, attempt.id, question_id, Written("Chunki shunday"))
    return Sitting(student, lesson_id, attempt.id, (first, second))


async def cards(pool: Pool, student: UserId) -> int:
    return await pool.fetchval("select count(*) from review_cards where user_id = $1", student)


async def counted(pool: Pool, lesson_id: LessonId) -> list[tuple[int, int]]:
    """How often each essay was asked and right, in the statistics."""
    rows = await pool.fetch(
        "select s.asked, s.correct from item_statistics s join quizzes z on z.id = s.quiz_id"
        " where z.lesson_id = $1 order by s.question_id",
        lesson_id,
    )
    return [(row["asked"], row["correct"]) for row in rows]


async def enqueued(pool: Pool, attempt_id: AttemptId) -> int:
    return await pool.fetchval(
        "select count(*) from pgqueuer where entrypoint = 'attempt_finished'"
        " and convert_from(payload, 'utf8')::jsonb ->> 'attempt_id' = $1",
        str(attempt_id),
    )


async def told(pool: Pool, student: UserId) -> int:
    return await pool.fetchval(
        "select count(*) from notifications where user_id = $1 and kind = 'attempt_marked'", student
    )


async def test_an_essay_that_waits_is_no_mistake_and_one_that_was_marked_wrong_or_in_part_is(
    replicas: list[Replica], clock: MovableClock, pool: Pool
) -> None:
    replica = replicas[0]
    sitting = await sit(replica)
    first, second = sitting.essays
    assert await replica.follow(sitting.attempt_id) == 0

    clock.forward(days=2)
    await replica.marking.mark(TEACHER, sitting.attempt_id, first, 0)
    assert await enqueued(pool, sitting.attempt_id) == 1
    await replica.marking.mark(TEACHER, sitting.attempt_id, second, WHOLE // 2)
    assert await enqueued(pool, sitting.attempt_id) == 2
    assert await replica.follow(sitting.attempt_id) == 2

    state = await replica.reviewers.review.state(sitting.student)
    assert state.total == 2
    assert state.card is not None
    asked = await replica.reviewers.review.uncover(sitting.student, state.card.id, state.card.version)
    assert asked.guide is not None
    assert asked.guide.read_in(Language.EN) == "Two reasons"
    graded = await replica.reviewers.review.grade(
        sitting.student, state.card.id, state.card.version, Grade.GOOD, seconds=9
    )
    assert graded.due_on > clock().date()


async def test_an_essay_with_all_its_points_is_no_card(replicas: list[Replica], pool: Pool) -> None:
    sitting = await sit(replicas[0])
    for question_id in sitting.essays:
        await replicas[0].marking.mark(TEACHER, sitting.attempt_id, question_id, WHOLE)

    assert await replicas[0].follow(sitting.attempt_id) == 0
    assert await counted(pool, sitting.lesson_id) == [(1, 1), (1, 1)]


async def test_marks_of_two_teachers_and_jobs_of_two_replicas_at_once_have_every_effect_once(
    replicas: list[Replica], pool: Pool
) -> None:
    for _round in range(ROUNDS):
        sitting = await sit(replicas[0])
        before = await enqueued(pool, sitting.attempt_id)
        one, other = replicas

        await asyncio.gather(
            one.marking.mark(TEACHER, sitting.attempt_id, sitting.essays[0], 0),
            other.marking.mark(ADMIN, sitting.attempt_id, sitting.essays[1], WHOLE // 2),
        )
        new = await asyncio.gather(*(replicas[run % 2].follow(sitting.attempt_id) for run in range(6)))

        assert sum(new) == await cards(pool, sitting.student) == 2
        assert await pool.fetchval("select count(*) from reviews where user_id = $1", sitting.student) == 2
        assert await counted(pool, sitting.lesson_id) == [(1, 0), (1, 0)]
        assert await enqueued(pool, sitting.attempt_id) - before == await told(pool, sitting.student) == 1


async def test_without_the_unique_card_the_jobs_of_two_replicas_make_it_twice(
    replicas: list[Replica], pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = db.review_sql.MISTAKES.index("on conflict (user_id, lineage_id)")
    end = db.review_sql.MISTAKES.index("returning c.id")
    monkeypatch.setattr(db.review_sql, "MISTAKES", db.review_sql.MISTAKES[:start] + db.review_sql.MISTAKES[end:])
    unique = "constraint uq_review_cards_user_id_lineage_id"
    await pool.execute(f"alter table review_cards drop {unique}")
    try:
        sitting = await sit(replicas[0])
        for question_id in sitting.essays:
            await replicas[0].marking.mark(TEACHER, sitting.attempt_id, question_id, 0)

        await asyncio.gather(*(replica.reviewers.mistakes.collect(sitting.attempt_id) for replica in replicas))

        assert await cards(pool, sitting.student) == 4
    finally:
        await pool.execute("delete from reviews")
        await pool.execute("delete from review_cards")
        await pool.execute(f"alter table review_cards add {unique} unique (user_id, lineage_id)")


async def test_a_mark_that_is_taken_back_before_the_job_ran_makes_no_card_and_the_next_mark_does(
    replicas: list[Replica], clock: MovableClock, pool: Pool
) -> None:
    sitting = await sit(replicas[0])
    marking = replicas[0].marking
    right, wrong = sitting.essays
    await marking.mark(TEACHER, sitting.attempt_id, right, WHOLE)
    sheet = await marking.mark(TEACHER, sitting.attempt_id, wrong, WHOLE)
    assert sheet.marked_at is not None
    await marking.take_back(TEACHER, sitting.attempt_id, wrong, sheet.marked_at)
    assert await replicas[1].follow(sitting.attempt_id) == 0
    assert await counted(pool, sitting.lesson_id) in ([], [(0, 0), (0, 0)])

    clock.forward(minutes=1)
    await marking.mark(TEACHER, sitting.attempt_id, wrong, 0)
    assert [await replica.follow(sitting.attempt_id) for replica in (*replicas, *replicas)] == [1, 0, 0, 0]
    assert await counted(pool, sitting.lesson_id) == [(1, 1), (1, 0)]


async def test_a_card_that_was_reviewed_meanwhile_stays_where_it_is_when_the_job_runs_again(
    replicas: list[Replica], clock: MovableClock, pool: Pool
) -> None:
    sitting = await sit(replicas[0])
    for question_id in sitting.essays:
        await replicas[0].marking.mark(TEACHER, sitting.attempt_id, question_id, 0)
    await replicas[0].follow(sitting.attempt_id)
    clock.forward(days=1)
    card = (await replicas[0].reviewers.review.state(sitting.student)).card
    assert card is not None
    await replicas[0].reviewers.review.grade(sitting.student, card.id, card.version, Grade.EASY, seconds=9)
    due = await pool.fetchval("select due_at from review_cards where id = $1", card.id)

    assert await replicas[1].follow(sitting.attempt_id) == 0

    assert await pool.fetchval("select due_at from review_cards where id = $1", card.id) == due
