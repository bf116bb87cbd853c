"""TIM-1: what quizzes, exams and review owe to the clock and was missed while the program was down is done once after
the start, unless it is worth nothing any more; two processes start at the same moment."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.exams.keeper import ExamKeeper
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId, QuizId
from domain.quizzes.service import QuizService
from domain.quizzes.settings import QuizSettings, settings_to_data
from domain.users.model import UserId
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import MovedClock, until
from tests.db.quiz_world import World, add_people
from tests.db.review_world import MovableClock, Reviewers
from tests.scale import scaled

TASHKENT = ZoneInfo("Asia/Tashkent")
DOWN = {
    "three days": timedelta(days=3),
    "five minutes": timedelta(minutes=5),
    "an hour": timedelta(hours=1),
    "until late at night": timedelta(hours=12),
    "a day": timedelta(days=1),
}
PART = scaled(len(DOWN), 2)
"""How many of these downtimes a build can wait for."""
PATIENCE = 60.0


@dataclass
class Missed:
    """What has been begun at ten in the morning, and is due within the next four minutes."""

    late: SandboxUser
    """In a quiz whose time is over in three minutes."""
    writing: SandboxUser
    """In an exam that ends in three minutes."""
    absent: SandboxUser
    """In a course whose exam begins and ends while the program is down."""
    reviewer: SandboxUser
    """To be reminded in a minute."""
    teacher: SandboxUser
    running: AttemptId
    sat: AttemptId
    deadline: datetime
    quiz_ids: tuple[QuizId, QuizId]


async def something_to_miss(stage: Stage, clock: MovedClock) -> Missed:
    here = clock().astimezone(TASHKENT)
    clock.jump_to(datetime.combine(here.date() + timedelta(days=7 - here.weekday()), time(10), TASHKENT))
    now, database = clock(), Database(stage.pool)
    await add_people(stage.pool)
    teacher, late, writing, absent, reviewer = people = await stage.crowd(5)
    await stage.pool.execute("update users set role = 'teacher' where id = $1", teacher.id)
    for person in people:
        stage.sandbox.core.state.chat(person.id).started = True
    world = World(stage.pool, database.begin)
    reviewers = Reviewers(stage.pool, database.begin, database.read, MovableClock(now))
    reviewers.world = world
    quizzes = QuizService(begin=database.begin, read=database.read, now=clock)
    keeper = ExamKeeper(begin=database.begin, read=database.read, now=clock)

    async def lesson(taker: SandboxUser, settings: QuizSettings) -> tuple[LessonId, QuizId]:
        lesson_id = await world.lesson(questions=3)
        course = "(select course_id from lessons where id = $1)"
        await stage.pool.execute(f"update courses set owner_id = $2 where id = {course}", lesson_id, teacher.id)
        await stage.pool.execute(
            f"insert into enrolments (user_id, course_id, status, enrolled_at) select $2, {course}, 'active', now()",
            lesson_id,
            taker.id,
        )
        await reviewers.put(lesson_id, **settings_to_data(settings.checked()))
        return lesson_id, await stage.pool.fetchval("select id from quizzes where lesson_id = $1", lesson_id)

    async def one_right(person: SandboxUser, lesson_id: LessonId) -> AttemptId:
        attempt = await quizzes.start_or_resume(UserId(person.id), lesson_id)
        assert attempt.question
        options = [text.read_in(Language.EN) for text in attempt.question.options]
        await quizzes.answer(UserId(person.id), attempt.id, attempt.question.id, one(options.index("b-en")))
        return attempt.id

    timed, _quiz = await lesson(late, QuizSettings(closes_at=now + timedelta(minutes=3)))
    running = await one_right(late, timed)
    sits, sits_quiz = await lesson(
        writing, QuizSettings(is_exam=True, opens_at=now, closes_at=now + timedelta(minutes=3))
    )
    await keeper.advance(sits_quiz)
    sat = await one_right(writing, sits)
    _missed, missed_quiz = await lesson(
        absent,
        QuizSettings(is_exam=True, opens_at=now + timedelta(minutes=1), closes_at=now + timedelta(minutes=4)),
    )
    await reviewers.attempt(UserId(reviewer.id), await world.lesson(questions=1))
    await stage.pool.execute("update review_cards set due_at = $2 where user_id = $1", reviewer.id, now)
    await stage.pool.execute(
        "update review_plans set next_reminder_at = $2 where user_id = $1", reviewer.id, now + timedelta(minutes=1)
    )
    deadline = await stage.pool.fetchval("select deadline_at from attempts where id = $1", running)
    return Missed(late, writing, absent, reviewer, teacher, running, sat, deadline, (sits_quiz, missed_quiz))


async def everything_was_done(stage: Stage, missed: Missed) -> None:
    closed = "select count(*) = 2 from exams where quiz_id = any ($1) and stage = 'closed'"
    await until(stage.pool, closed, missed.quiz_ids, seconds=PATIENCE)
    await until(
        stage.pool, "select finished_at is not null from attempts where id = $1", missed.running, seconds=PATIENCE
    )
    cards = "select count(*) = 2 from review_cards where user_id = $1"
    await until(stage.pool, cards, missed.late.id, seconds=PATIENCE)
    await until(
        stage.pool, "select next_reminder_at > $2 from review_plans where user_id = $1",
        missed.reviewer.id, missed.deadline, seconds=PATIENCE,
    )  # fmt: skip
    reports = "select count(*) >= 2 from notifications where kind = 'exam_report' and user_id = $1"
    await until(stage.pool, reports, missed.teacher.id, seconds=PATIENCE)
    busy = (
        "select not exists (select from pgqueuer where execute_after <= now())"
        " and not exists (select from notifications where status = 'queued' and user_id = any ($1))"
    )
    people = [missed.late.id, missed.writing.id, missed.absent.id, missed.reviewer.id, missed.teacher.id]
    await until(stage.pool, busy, people, seconds=PATIENCE)


async def said(person: SandboxUser, words: str) -> int:
    return sum(words in message.text for message in await person.messages() if not message.from_me)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("down", list(DOWN.values())[:PART], ids=list(DOWN)[:PART])
async def test_what_was_missed_while_the_program_was_down_is_done_once(stage: Stage, down: timedelta) -> None:
    """TIM-1, TIM-3: nothing twice after another start either; what ended on time ended then, not now."""
    clock = stage.clock()
    missed = await something_to_miss(stage, clock)
    is_night = (clock() + down).astimezone(TASHKENT).hour >= 21
    clock.jump(down)

    programs = [stage.program(clock, webhook=True) for _ in range(2)]
    await asyncio.gather(*(program.start() for program in programs))
    await everything_was_done(stage, missed)
    for program in programs:
        await program.kill()
    clock.jump(timedelta(minutes=2))
    await asyncio.gather(*(program.start() for program in programs))
    await everything_was_done(stage, missed)

    [running, sat] = await stage.pool.fetch(
        "select finished_at, closed_by, deadline_at from attempts where id = any ($1) order by id",
        [missed.running, missed.sat],
    )
    assert (running["finished_at"], running["closed_by"]) == (missed.deadline, "time")
    assert (sat["finished_at"], sat["closed_by"]) == (sat["deadline_at"], "time")
    assert await stage.pool.fetchval("select count(*) from reviews where user_id = $1", missed.late.id) == 2
    assert await said(missed.writing, "is closed. Your result is here") == 1
    assert await said(missed.teacher, "The exam is closed") == 2, "one for each of the exams"
    for sentence in ("has begun", "begins in", "is planned"):
        assert await said(missed.absent, sentence) == 0, "an exam that is over does not begin"
    assert await said(missed.reviewer, "ready to be reviewed") == (0 if is_night else 1)


@pytest.mark.timeout(120)
async def test_without_the_clock_nothing_that_was_missed_is_done(stage: Stage) -> None:
    """The control: the same start without the role that looks at the clock. People are answered, time ends nothing."""
    clock = stage.clock()
    missed = await something_to_miss(stage, clock)
    clock.jump(timedelta(hours=1))
    await stage.program(clock, webhook=True, roles="web,updates,jobs").start()

    await missed.teacher.send("/menu", timeout=20)
    await stage.quiet(missed.teacher)

    open_ = "select count(*) from attempts where id = any ($1) and finished_at is null"
    assert await stage.pool.fetchval(open_, [missed.running, missed.sat]) == 2
    assert await said(missed.reviewer, "ready to be reviewed") == 0
