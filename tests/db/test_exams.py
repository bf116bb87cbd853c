"""Exams on PostgreSQL: they follow the settings, and each step happens once, at its moment."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import orjson
import pytest

from db.engine import Pool
from db.exams import SqlExams
from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.language import Language
from domain.learning.errors import LessonGone
from domain.quizzes.exams.desk import ExamDesk
from domain.quizzes.exams.errors import ExamGone, ExamNotBegun, ExamNotOver, ExamOver
from domain.quizzes.exams.judging import judge
from domain.quizzes.exams.keeper import ExamKeeper
from domain.quizzes.exams.model import CALL_BEFORE, LONGEST_SKEW, ExamStage
from domain.quizzes.exams.room import ExamRooms
from domain.quizzes.keys import one
from domain.quizzes.model import QuizId
from domain.quizzes.service import QuizService
from domain.quizzes.settings import QuizSettings, settings_to_data
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, World, add_people
from tests.domain.quizzes.fakes import Watch

OPENS = NOON + timedelta(hours=5)
CLOSES = OPENS + timedelta(hours=1)
FIRST = 7_000


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture
def watch() -> Watch:
    return Watch(NOON)


class Hall:
    """One exam, its people and the services around it."""

    def __init__(self, pool: Pool, begin: Begin, read: Begin, watch: Watch, lesson_id: LessonId) -> None:
        self.pool = pool
        self.watch = watch
        self.lesson_id = lesson_id
        self.quiz_id = QuizId(0)
        self.students: list[UserId] = []
        self.keeper = ExamKeeper(begin=begin, read=read, now=watch)
        self.rooms = ExamRooms(begin=begin, read=read, now=watch)
        self.desk = ExamDesk(begin=begin, read=read, now=watch)
        self.quizzes = QuizService(begin=begin, read=read, now=watch)

    async def plan(self, opens: datetime = OPENS, closes: datetime = CLOSES, **more: object) -> None:
        settings = QuizSettings(is_exam=True, opens_at=opens, closes_at=closes, **more).checked()  # pyright: ignore[reportArgumentType]
        await self.set(settings)

    async def set(self, settings: QuizSettings) -> None:
        self.quiz_id = await self.pool.fetchval(
            "update quizzes set settings = $2::jsonb where lesson_id = $1 returning id",
            self.lesson_id,
            orjson.dumps(settings_to_data(settings)).decode(),
        )

    async def fill(self, count: int) -> None:
        first = await self.pool.fetchval("select coalesce(max(id), 0) from users where id >= $1", FIRST)
        self.students = [UserId(max(first, FIRST) + number) for number in range(1, count + 1)]
        await self.pool.executemany(
            "insert into users (id, full_name, language, step, timezone, created_at)"
            " values ($1::bigint, 'Student ' || $1::bigint, 'uz', 'done', 'Asia/Tashkent', $2)",
            [(student, NOON) for student in self.students],
        )
        await self.pool.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at)"
            " select unnest($1::bigint[]), course_id, 'active', $3 from lessons where id = $2",
            self.students,
            self.lesson_id,
            NOON,
        )

    async def at(self, moment: datetime) -> datetime | None:
        self.watch.time = moment
        return await self.keeper.advance(self.quiz_id)

    async def told(self, kind: str) -> list[int]:
        """Who is told, in the order in which the queue takes them up."""
        rows = await self.pool.fetch(
            "select n.user_id from notifications n where n.kind = $1 and (n.data ->> 'quiz_id')::bigint = $2"
            " order by n.id",
            kind,
            self.quiz_id,
        )
        return [row["user_id"] for row in rows]

    async def begin(self) -> None:
        await self.at(NOON)
        await self.at(OPENS - CALL_BEFORE)
        await self.at(OPENS)

    async def take(self, student: UserId, answers: Sequence[str]) -> None:
        """The options are `a`, `b` and `c`, in an order of each student's own; `b` is right."""
        attempt = await self.quizzes.start_or_resume(student, self.lesson_id)
        for wanted in answers:
            attempt = await self.quizzes.current(student, attempt.id)
            assert attempt.question
            texts = [option.read_in(Language.EN) for option in attempt.question.options]
            await self.quizzes.answer(student, attempt.id, attempt.question.id, one(texts.index(f"{wanted}-en")))


@pytest.fixture
async def hall(pool: Pool, begin: Begin, read: Begin, world: World, watch: Watch) -> Hall:
    hall = Hall(pool, begin, read, watch, await world.lesson(questions=4))
    await hall.fill(6)
    await hall.plan()
    return hall


async def test_an_exam_goes_from_its_plan_to_its_results_each_step_once(hall: Hall) -> None:
    assert hall.quiz_id in await hall.keeper.due()
    assert await hall.at(NOON) == OPENS - CALL_BEFORE
    assert sorted(await hall.told("exam_planned")) == hall.students
    assert sorted(await hall.told("exam_soon")) == hall.students, "an hour before, when there is time for that"

    assert await hall.at(OPENS - CALL_BEFORE) == OPENS
    assert len(await hall.told("exam_soon")) == 2 * len(hall.students)
    ready = hall.students[3:]
    for student in ready:
        assert (await hall.rooms.be_ready(student, hall.lesson_id)).is_ready
    await hall.at(OPENS)
    order = await hall.told("exam_begins")
    assert sorted(order) == hall.students
    assert set(order[:3]) == set(ready), "whoever is ready is told first"

    for late, student in enumerate(ready):
        hall.watch.time = OPENS + timedelta(seconds=10 * late, milliseconds=300)
        await hall.keeper.note_told(student, hall.quiz_id)
    await hall.take(ready[0], "bb")
    assert await hall.at(OPENS + timedelta(seconds=40)) == CLOSES + timedelta(seconds=21) + timedelta(seconds=4)
    board = await hall.desk.board(TEACHER, hall.lesson_id)
    assert (board.exam.skew, board.exam.closes_at) == (timedelta(seconds=21), CLOSES + timedelta(seconds=21))
    deadline = await hall.pool.fetchval("select deadline_at from attempts where quiz_id = $1", hall.quiz_id)
    assert deadline == CLOSES + timedelta(seconds=21), "nobody loses what others had"
    assert (board.candidates, board.ready, board.writing, board.finished, board.answers) == (6, 3, 1, 0, 2)

    assert await hall.at(CLOSES + timedelta(seconds=25)) is None
    assert await hall.told("exam_results") == [ready[0]]
    closed = await hall.pool.fetchrow("select * from attempts where quiz_id = $1", hall.quiz_id)
    assert closed
    assert (closed["closed_by"], closed["answered_count"]) == ("time", 2)
    answers = await hall.keeper.answers(hall.quiz_id)
    assert answers
    assert len(answers) == 4, "what was not reached counts as wrong"
    for _twice in range(2):
        await hall.keeper.keep_judgement(hall.quiz_id, judge(answers))
    assert await hall.told("exam_report") == [TEACHER]


async def test_steps_that_several_processes_do_at_once_happen_once(hall: Hall) -> None:
    for moment in (NOON, OPENS - CALL_BEFORE, OPENS, OPENS + LONGEST_SKEW, CLOSES + timedelta(minutes=1)):
        hall.watch.time = moment
        await asyncio.gather(*(hall.keeper.advance(hall.quiz_id) for _ in range(6)))

    for kind, times in (("exam_planned", 1), ("exam_soon", 2), ("exam_begins", 1)):
        assert sorted(await hall.told(kind)) == sorted(hall.students * times), kind
    queued = await hall.pool.fetchval(
        "select count(*) from pgqueuer q join notifications n"
        " on n.id = (convert_from(q.payload, 'utf8')::jsonb ->> 'notification_id')::bigint"
        " where (n.data ->> 'quiz_id')::bigint = $1",
        hall.quiz_id,
    )
    assert queued == 4 * len(hall.students)


async def test_without_the_lock_and_the_key_several_processes_tell_several_times(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: either of the two guards is enough; without both the race shows."""
    await hall.at(NOON)
    numbers = itertools.count()
    monkeypatch.setattr(SqlExams, "lock", SqlExams.get)
    monkeypatch.setattr("domain.quizzes.exams.keeper._key", lambda exam, fact: f"{exam.quiz_id}:{next(numbers)}")

    hall.watch.time = OPENS - CALL_BEFORE
    await asyncio.gather(*(hall.keeper.advance(hall.quiz_id) for _ in range(6)), return_exceptions=True)

    assert len(await hall.told("exam_soon")) > 2 * len(hall.students)


async def test_a_moved_exam_is_told_anew_and_nobody_is_ready_any_more(hall: Hall) -> None:
    await hall.at(NOON)
    await hall.rooms.be_ready(hall.students[0], hall.lesson_id)

    await hall.plan(OPENS + timedelta(days=1), CLOSES + timedelta(days=1))
    assert await hall.at(NOON) == OPENS + timedelta(days=1) - CALL_BEFORE

    assert len(await hall.told("exam_planned")) == 2 * len(hall.students)
    moved = await hall.pool.fetchval(
        "select count(*) from notifications where kind = 'exam_planned' and (data ->> 'is_moved')::bool"
        " and (data ->> 'quiz_id')::bigint = $1",
        hall.quiz_id,
    )
    assert moved == len(hall.students)
    assert not (await hall.rooms.room(hall.students[0], hall.lesson_id)).is_ready
    exam = await hall.keeper.exam(hall.quiz_id)
    assert exam
    assert exam.plan == 2, "what was told of the first plan is dropped by its number"


async def test_the_same_settings_saved_again_change_nothing(hall: Hall) -> None:
    await hall.at(NOON)
    await hall.plan()
    await hall.plan(versions=2)

    await hall.at(NOON)

    assert len(await hall.told("exam_planned")) == len(hall.students)


async def test_a_cancelled_exam_is_told_to_those_who_knew_of_it(hall: Hall) -> None:
    await hall.at(NOON)

    await hall.set(QuizSettings())
    assert await hall.at(NOON) is None

    assert sorted(await hall.told("exam_cancelled")) == hall.students
    with pytest.raises(ExamGone):
        await hall.rooms.room(hall.students[0], hall.lesson_id)


async def test_an_exam_that_nobody_was_told_of_is_dropped_in_silence(hall: Hall) -> None:
    await hall.set(QuizSettings())

    await hall.at(NOON)

    assert await hall.told("exam_cancelled") == []


async def test_the_order_of_telling_is_drawn_anew_for_each_exam(
    pool: Pool, begin: Begin, read: Begin, world: World, watch: Watch
) -> None:
    orders: list[list[int]] = []
    for _exam in range(2):
        hall = Hall(pool, begin, read, watch, await world.lesson())
        await hall.fill(12)
        await hall.plan()
        await hall.begin()
        orders.append([hall.students.index(UserId(student)) for student in await hall.told("exam_begins")])

    assert orders[0] != orders[1]
    assert list(range(12)) not in orders


async def test_neighbours_in_the_order_of_registration_get_different_versions(
    pool: Pool, begin: Begin, read: Begin, world: World, watch: Watch
) -> None:
    hall = Hall(pool, begin, read, watch, await world.lesson(questions=8))
    bank = await pool.fetchval(
        "insert into question_banks (course_id, title, created_by, created_at)"
        " select course_id, 'Bank', $2, $3 from lessons where id = $1 returning id",
        hall.lesson_id,
        TEACHER,
        NOON,
    )
    await pool.execute(
        "update questions set quiz_id = null, bank_id = $2 where position > 1"
        " and quiz_id = (select id from quizzes where lesson_id = $1)",
        hall.lesson_id,
        bank,
    )
    await hall.fill(6)
    settings = {"pools": [{"bank_id": bank, "count": 3}], "versions": 2, "is_exam": True, "max_attempts": 1}
    hall.quiz_id = await pool.fetchval(
        "update quizzes set settings = $2::jsonb where lesson_id = $1 returning id",
        hall.lesson_id,
        orjson.dumps(
            settings
            | {
                "opens_at": OPENS.isoformat(),
                "closes_at": CLOSES.isoformat(),
                "shuffles_questions": True,
                "shuffles_options": True,
            }
        ).decode(),
    )
    await hall.begin()
    for student in hall.students:
        await hall.quizzes.start_or_resume(student, hall.lesson_id)

    rows = await pool.fetch("select question_ids from attempts where quiz_id = $1 order by user_id", hall.quiz_id)
    asked = [row["question_ids"] for row in rows]
    sets = [frozenset(questions) for questions in asked]
    assert all(len(questions) == 4 for questions in sets)
    assert len({sets[0], sets[2], sets[4]}) == 1
    assert len({sets[1], sets[3], sets[5]}) == 1
    assert sets[0] != sets[1]
    assert len({tuple(questions) for questions in asked[0::2]}) > 1, "each has an order of their own"


async def test_more_minutes_move_the_end_of_everybody_once(hall: Hall) -> None:
    await hall.plan(time_limit=timedelta(minutes=20))
    await hall.begin()
    hall.watch.time = OPENS + timedelta(minutes=5)
    await hall.take(hall.students[0], "b")
    seen = (await hall.desk.board(TEACHER, hall.lesson_id)).exam.closes_at

    for _tap in range(3):
        await hall.desk.add_minutes(TEACHER, hall.lesson_id, 10, seen)

    assert (await hall.desk.board(ADMIN, hall.lesson_id)).exam.closes_at == CLOSES + timedelta(minutes=10)
    deadline = await hall.pool.fetchval("select deadline_at from attempts where quiz_id = $1", hall.quiz_id)
    assert deadline == OPENS + timedelta(minutes=35)
    assert await hall.told("exam_time") == [hall.students[0]]
    with pytest.raises(InvalidInput):
        await hall.desk.add_minutes(TEACHER, hall.lesson_id, 7, seen)


async def test_whoever_closes_early_closes_for_all_with_what_was_answered(hall: Hall) -> None:
    await hall.begin()
    await hall.take(hall.students[0], "ba")
    await hall.take(hall.students[1], "bbbb")
    hall.watch.time = OPENS + timedelta(minutes=9)

    for _tap in range(2):
        await hall.desk.close_now(TEACHER, hall.lesson_id)

    rows = await hall.pool.fetch("select * from attempts where quiz_id = $1 order by user_id", hall.quiz_id)
    assert [(row["closed_by"], row["answered_count"]) for row in rows] == [("teacher", 2), ("student", 4)]
    with pytest.raises(ExamNotOver):
        await hall.desk.results(TEACHER, hall.lesson_id)
    await hall.at(OPENS + timedelta(minutes=10))
    table = await hall.desk.results(TEACHER, hall.lesson_id)
    assert [(result.place, result.score.percent) for result in table.results] == [(1, 100), (2, 25)]
    assert (await hall.desk.results(TEACHER, hall.lesson_id, 9)).page == 0
    with pytest.raises(ExamOver):
        await hall.rooms.be_ready(hall.students[2], hall.lesson_id)


@pytest.mark.parametrize("who", [ALI, UserId(99)])
async def test_an_exam_is_not_there_for_whoever_does_not_teach_it(hall: Hall, who: UserId) -> None:
    calls = (
        hall.desk.board(who, hall.lesson_id),
        hall.desk.add_minutes(who, hall.lesson_id, 5, CLOSES),
        hall.desk.close_now(who, hall.lesson_id),
        hall.desk.results(who, hall.lesson_id),
        hall.desk.lookalikes(who, hall.lesson_id),
        hall.desk.evidence(who, hall.lesson_id, ALI, ADMIN),
    )
    for call in calls:
        with pytest.raises(ExamGone):
            await call
    exam = await hall.keeper.exam(hall.quiz_id)
    assert exam
    assert (exam.closes_at, exam.stage) == (CLOSES, ExamStage.PLANNED)


async def test_nothing_can_be_done_before_it_begins(hall: Hall) -> None:
    with pytest.raises(ExamNotBegun):
        await hall.desk.close_now(TEACHER, hall.lesson_id)
    with pytest.raises(ExamNotBegun):
        await hall.desk.add_minutes(TEACHER, hall.lesson_id, 5, CLOSES)
    with pytest.raises(LessonGone):
        await hall.rooms.be_ready(ALI, LessonId(10**9))


async def test_a_pair_that_copied_is_shown_with_the_questions(
    pool: Pool, begin: Begin, read: Begin, world: World, watch: Watch
) -> None:
    hall = Hall(pool, begin, read, watch, await world.lesson(questions=20))
    await hall.fill(12)
    await hall.plan()
    await hall.begin()
    # The first two copied each other's mistakes; the others are wrong in their own ways.
    for number, student in enumerate(hall.students):
        chance = random.Random(number)
        await hall.take(student, "a" * 20 if number < 2 else "".join(chance.choices("ac", k=20)))
    await hall.at(CLOSES + timedelta(minutes=5))
    answers = await hall.keeper.answers(hall.quiz_id)
    assert answers
    await hall.keeper.keep_judgement(hall.quiz_id, judge(answers))

    _exam, found = await hall.desk.lookalikes(TEACHER, hall.lesson_id)
    first, second = hall.students[:2]
    assert (first, second) in [(pair.first_id, pair.second_id) for pair in found]
    evidence = await hall.desk.evidence(TEACHER, hall.lesson_id, first, second)
    assert len(evidence.questions) == len(evidence.suspicion.question_ids) == 20
    assert all(question.alike >= 2 for question in evidence.questions)
    with pytest.raises(ExamGone):
        await hall.desk.evidence(TEACHER, hall.lesson_id, second, first)


async def test_lists_show_what_is_theirs(hall: Hall) -> None:
    assert hall.lesson_id not in [line.lesson_id for line in await hall.rooms.mine(hall.students[0])]
    await hall.at(NOON)

    assert [line.is_teacher for line in await hall.rooms.mine(hall.students[0])] == [False]
    assert all(line.is_teacher for line in await hall.rooms.mine(TEACHER))
    assert await hall.rooms.mine(UserId(99)) == ()


async def test_newcomers_at_the_same_moment_get_numbers_of_their_own(hall: Hall) -> None:
    await hall.at(NOON)
    known = await hall.pool.fetchval("select count(*) from exam_candidates where quiz_id = $1", hall.quiz_id)
    await hall.fill(12)

    await asyncio.gather(*(hall.rooms.be_ready(student, hall.lesson_id) for student in hall.students))

    rows = await hall.pool.fetch("select number from exam_candidates where quiz_id = $1", hall.quiz_id)
    assert sorted(row["number"] for row in rows) == list(range(known + 12))


async def test_without_the_lock_newcomers_take_each_others_number(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the schema still refuses two candidates with one number, so that somebody gets an error."""
    await hall.at(NOON)
    await hall.fill(12)
    monkeypatch.setattr(SqlExams, "lock", SqlExams.get)

    ends = await asyncio.gather(
        *(hall.rooms.be_ready(student, hall.lesson_id) for student in hall.students), return_exceptions=True
    )

    assert any(isinstance(end, asyncpg.UniqueViolationError) for end in ends)


async def test_time_that_is_over_ends_an_attempt_with_what_was_answered(hall: Hall) -> None:
    await hall.plan(time_limit=timedelta(minutes=20))
    await hall.begin()
    await hall.take(hall.students[0], "ba")
    question = "select finished_at, closed_by, answered_count, points from attempts where quiz_id = $1"
    hall.watch.time = OPENS + timedelta(minutes=20)
    await hall.quizzes.close_overdue()
    still_open = await hall.pool.fetchrow(question, hall.quiz_id)

    hall.watch.time = OPENS + timedelta(minutes=20, seconds=3)
    closed = [await hall.quizzes.close_overdue() for _twice in range(2)]

    assert still_open
    assert still_open["finished_at"] is None, "the control: a moment before, it is not closed yet"
    ended = await hall.pool.fetchrow(question, hall.quiz_id)
    assert ended
    assert tuple(ended) == (OPENS + timedelta(minutes=20), "time", 2, 100)
    assert closed[1] == 0
