"""An exam in real processes: every answer is stored once and none is lost, though the program dies in the middle."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db.unit_of_work import Database
from domain.clock import utc_now
from domain.quizzes.exams.desk import ExamDesk
from tests.bench.exam_hall import TEACHER, ExamHall, quantile
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import Program, until

STUDENTS, QUESTIONS = 40, 6
LEAD = timedelta(seconds=7)


async def begin_exam(stage: Stage) -> tuple[ExamHall, Program]:
    hall = ExamHall(stage.sandbox, stage.pool, students=STUDENTS, questions=QUESTIONS)
    await hall.build()
    program = await stage.program().start()
    opens = datetime.now(UTC) + LEAD
    await hall.plan(opens, opens + timedelta(hours=1))
    return hall, program


async def given(hall: ExamHall, count: int) -> None:
    """Wait until so many answers were tapped; the sitters are in this very loop."""
    async with asyncio.timeout(60):
        while hall.given < count:
            await asyncio.sleep(0.02)


@pytest.mark.timeout(180)
async def test_no_answer_of_an_exam_is_lost_or_stored_twice_when_the_program_is_killed(stage: Stage) -> None:
    """DEL-1, DEL-3, LRN-1: nobody taps again, some tap twice; the process dies twice while they write."""
    hall, program = await begin_exam(stage)
    sitting = asyncio.create_task(hall.sit(think=0.7))

    for share in (0.3, 0.6):
        await given(hall, int(share * STUDENTS * QUESTIONS))
        await program.kill()
        await program.start()
    async with asyncio.timeout(90):
        await sitting

    assert hall.exam
    desk = ExamDesk(begin=Database(stage.pool).begin, read=Database(stage.pool).read, now=utc_now)
    await desk.close_now(TEACHER, hall.exam.lesson_id)
    await until(stage.pool, "select count(*) > 0 from notifications where kind = 'exam_report'")
    assert hall.tapped_again == 0, "what was tapped before the end comes after the beginning"
    assert await hall.lost_and_changed() == (0, 0)
    counted = await stage.pool.fetchrow(
        "select count(*) as attempts, sum(answered_count) as answers, count(finished_at) as finished"
        " from attempts where quiz_id = $1",
        hall.exam.quiz_id,
    )
    assert counted
    assert tuple(counted) == (STUDENTS, STUDENTS * QUESTIONS, STUDENTS)
    _covered, on_the_table = await hall.coverage()
    assert on_the_table == STUDENTS
    assert quantile(hall.answer_taps, 0.5) < 1_000


@pytest.mark.timeout(180)
async def test_without_the_inbox_the_same_kill_loses_answers(stage: Stage) -> None:
    """The control: what waited in the inbox is thrown away with the process, and somebody waits in vain."""
    stage.sandbox.change_faults(latency=0.3)
    hall, program = await begin_exam(stage)
    sitting = asyncio.create_task(hall.sit(think=0.3))
    await given(hall, STUDENTS)

    for _try in range(5):
        await until(stage.pool, "select count(*) >= 5 from inbox where status = 0")
        await program.kill()
        if await stage.pool.fetch("delete from inbox where status = 0 returning true"):
            break
        await program.start()
    await program.start()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(20):
            await sitting
    assert hall.given < STUDENTS * QUESTIONS
