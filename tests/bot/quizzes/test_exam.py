"""An exam from its plan to its results, tapped through by a student and a teacher."""

from datetime import UTC, datetime, timedelta

import orjson

from bot.sandbox import Message, SandboxUser
from db.jobs import SqlJobs
from domain.courses.model import LessonId
from domain.quizzes.exams.ports import EXAM_JOB
from domain.quizzes.settings import QuizSettings, settings_to_data
from tests.bot.conftest import Centre
from tests.bot.quizzes.conftest import Classroom
from tests.bot.users.people import buttons, say, tap, texts


async def plan(centre: Centre, lesson_id: LessonId, begins_in: timedelta, lasts: timedelta) -> None:
    """What the settings' card keeps; the sweep, which would find it within a minute, is asked at once."""
    opens = datetime.now(UTC) + begins_in
    settings = QuizSettings(is_exam=True, opens_at=opens, closes_at=opens + lasts).checked()
    async with centre.pool.acquire() as connection, connection.transaction():
        quiz_id = await connection.fetchval(
            "update quizzes set settings = $2::jsonb where lesson_id = $1 returning id",
            lesson_id,
            orjson.dumps(settings_to_data(settings)).decode(),
        )
        await SqlJobs(connection).enqueue(EXAM_JOB, {"quiz_id": quiz_id})


async def examinees(classroom: Classroom, questions: int = 3) -> tuple[SandboxUser, SandboxUser, LessonId]:
    """A teacher with a lesson, and a student who takes the course."""
    teacher, student = await classroom.centre.teacher(), await classroom.student()
    lesson_id = await classroom.world.lesson(questions=questions)
    await classroom.pool.execute(
        "update courses set owner_id = $2 where id = (select course_id from lessons where id = $1)",
        lesson_id,
        teacher.id,
    )
    await classroom.pool.execute(
        "insert into enrolments (user_id, course_id, status, enrolled_at)"
        " select $2, course_id, 'active', now() from lessons where id = $1",
        lesson_id,
        student.id,
    )
    return teacher, student, lesson_id


async def told(person: SandboxUser, words: str) -> Message:
    return await person.wait_for(lambda message: words in message.text, timeout=15)


async def test_a_student_waits_sits_and_sees_the_result_when_the_teacher_closes(classroom: Classroom) -> None:
    teacher, student, lesson_id = await examinees(classroom)

    await plan(classroom.centre, lesson_id, timedelta(hours=3), timedelta(hours=1))
    await told(student, "An exam is planned")
    await student.tap("📝 Open the waiting room")
    await student.settle()
    room = await student.last_message()
    assert "Begins in 2 h 59 min" in room.text or "Begins in 3 h" in room.text
    assert "start_exam" not in await buttons(student), "nobody starts before the others"
    room = await tap(student, "ready")
    assert "You are ready" in room.text

    await plan(classroom.centre, lesson_id, timedelta(seconds=4), timedelta(hours=1))
    begun = await told(student, "The exam has begun")
    assert "You have 1 h." in begun.text or "59 min" in begun.text
    await student.tap("▶️ Start")
    await student.settle()
    await student.tap("▶️ Start")
    await student.settle()
    await student.tap("b-en")
    await student.settle()
    said = "\n".join(await texts(student))
    for mark in ("✅ Right", "❌ Not quite", "Because of"):
        assert mark not in said, "the key stays on the server until the exam closes"

    board = await say(teacher, "/exams")
    assert "My exams" in board.text
    board = await tap(teacher, f"exam:t{lesson_id}")
    assert "Writing: 1" in board.text
    assert "Answers so far: 1" in board.text
    await tap(teacher, "minutes")
    board = await tap(teacher, "more:5")
    await told(student, "5 more minutes")
    assert "results" not in await buttons(teacher), "results are held back from the teacher too"
    await tap(teacher, "close")
    await tap(teacher, "close_now")

    await told(student, "is closed. Your result is here")
    report = await told(teacher, "The exam is closed")
    assert "1 student sat it." in report.text
    await teacher.tap("📊 Open the results")
    await teacher.settle()
    table = await tap(teacher, "results")
    assert "33%" in table.text
    assert "(1/3)" in table.text


async def test_an_exam_that_moved_is_told_once_more_and_a_cancelled_one_too(classroom: Classroom) -> None:
    _teacher, student, lesson_id = await examinees(classroom)
    await plan(classroom.centre, lesson_id, timedelta(hours=3), timedelta(hours=1))
    await told(student, "An exam is planned")

    await plan(classroom.centre, lesson_id, timedelta(hours=5), timedelta(hours=1))
    await told(student, "The exam has moved")
    async with classroom.pool.acquire() as connection, connection.transaction():
        quiz_id = await connection.fetchval(
            "update quizzes set settings = '{}' where lesson_id = $1 returning id", lesson_id
        )
        await SqlJobs(connection).enqueue(EXAM_JOB, {"quiz_id": quiz_id})

    await told(student, "is cancelled")
    room = await say(student, f"/start x_{lesson_id}")
    assert "This exam is called off." in "\n".join([*await texts(student), room.text])


async def test_the_board_is_closed_to_students_and_to_other_teachers(classroom: Classroom) -> None:
    _teacher, student, lesson_id = await examinees(classroom)
    other = await classroom.centre.teacher(name="Botir Aliyev")
    await plan(classroom.centre, lesson_id, timedelta(hours=3), timedelta(hours=1))
    await told(student, "An exam is planned")

    for person in (student, other):
        await say(person, f"/start xb_{lesson_id}")
        said = "\n".join(await texts(person))
        assert "There is no exam here" in said
        assert "In the course:" not in said


async def test_a_forged_button_closes_nobody_elses_exam(classroom: Classroom) -> None:
    teacher, student, lesson_id = await examinees(classroom)
    other, _student, others_lesson = await examinees(classroom)
    for lesson in (lesson_id, others_lesson):
        await plan(classroom.centre, lesson, timedelta(seconds=1), timedelta(hours=1))
    await told(student, "The exam has begun")
    await say(other, f"/start xb_{others_lesson}")
    await tap(other, "close")
    theirs = (await buttons(other))["close_now"]
    await say(teacher, f"/start xb_{lesson_id}")
    assert theirs.data
    screen = next(message for message in reversed(await teacher.messages()) if message.buttons)

    # Another's button, and numbers that no button has.
    await teacher.forge(screen.id, theirs.data)
    for more in ("more:7", "more:-5", "more:99999999999999999999", "pair:1-2", "exam:t0"):
        own = screen.buttons[0].data or ""
        await teacher.forge(screen.id, f"{own.rpartition(chr(29))[0]}\x1d{more}")
    await teacher.settle()

    ends = await classroom.pool.fetch(
        "select e.closes_at - e.opens_at as lasts from exams e join quizzes z on z.id = e.quiz_id"
        " where z.lesson_id = any ($1)",
        [lesson_id, others_lesson],
    )
    assert all(row["lasts"] >= timedelta(hours=1) for row in ends)
