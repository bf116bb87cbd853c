"""A student at the door of an exam: late, without access, away from it, and after it has closed."""

from datetime import timedelta

from bot.sandbox import SandboxUser
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_exam import examinees, plan, told
from tests.bot.quizzes.test_exam_board import answer_first, enrol
from tests.bot.users.people import buttons, say, tap, texts


async def heard(person: SandboxUser) -> str:
    await person.settle()
    toasts = [toast.text for toast in await person.toasts()]
    return "\n".join([*await texts(person), *toasts])


async def test_whoever_comes_late_has_what_is_left_and_no_second_attempt(classroom: Classroom) -> None:
    _teacher, student, lesson_id = await examinees(classroom, questions=1)
    await plan(classroom.centre, lesson_id, timedelta(seconds=2), timedelta(minutes=30))
    await told(student, "The exam has begun")

    room = await say(student, f"/start x_{lesson_id}")
    assert "It goes on:" in room.text
    assert "What is left of the time is yours." in room.text
    assert "min left" in room.text
    assert "ready" not in await buttons(student)
    await tap(student, "start_exam")
    await tap(student, "start")
    await student.tap("b-en")
    await student.settle()

    said = "\n".join(await texts(student))
    for mark in ("✅ Right", "100%", "1 of 1", "Because of"):
        assert mark not in said, "held back until it closes for all"
    door = await say(student, f"/start q_{lesson_id}")
    assert "start" not in await buttons(student), "one attempt"
    assert "100%" not in door.text
    history = await say(student, "/results")
    assert "100%" not in history.text


async def test_whoever_may_not_open_the_lesson_hears_nothing_of_its_exam(classroom: Classroom) -> None:
    _teacher, student, lesson_id = await examinees(classroom)
    outsider = await classroom.student()
    await classroom.pool.execute(
        "update courses set sale = 'course', price_tiyin = 9000000"
        " where id = (select course_id from lessons where id = $1)",
        lesson_id,
    )
    await plan(classroom.centre, lesson_id, timedelta(hours=3), timedelta(hours=1))

    for person in (outsider, student):
        await say(person, f"/start x_{lesson_id}")
        said = await heard(person)
        assert "Begins in" not in said
        assert "An exam is planned" not in said
    assert not await classroom.pool.fetchval(
        "select count(*) from notifications where user_id = $1 and kind like 'exam%'", outsider.id
    )


async def test_results_are_told_to_all_who_sat_and_whoever_missed_it_is_told_what_to_do(classroom: Classroom) -> None:
    teacher, first, lesson_id = await examinees(classroom)
    second, absent = await classroom.student(), await classroom.student()
    await enrol(classroom, lesson_id, second, absent)
    await plan(classroom.centre, lesson_id, timedelta(seconds=2), timedelta(hours=1))
    for person in (first, second):
        await told(person, "The exam has begun")
        await answer_first(person, "b-en")
    await say(teacher, f"/start xb_{lesson_id}")
    await tap(teacher, "close")
    await tap(teacher, "close_now")

    for person in (first, second):
        await told(person, "is closed. Your result is here")
        await person.tap("📊 See the result")
        await person.settle()
        result = await person.last_message()
        assert "33%" in result.text, "at once, and not behind another list"
        assert "review_all" in await buttons(person)
        await tap(person, "lesson")
    room = await say(absent, f"/start x_{lesson_id}")
    assert "You did not take it. If something stopped you, please tell your teacher." in room.text
    assert not {"start_exam", "exam_result", "ready"} & set(await buttons(absent))
    assert "Your result is here" not in "\n".join(await texts(absent))
    door = await say(absent, f"/start q_{lesson_id}")
    assert "You did not take it." in door.text, "and no attempt that would be left"


async def test_a_stale_start_after_the_close_begins_nothing(classroom: Classroom) -> None:
    teacher, student, lesson_id = await examinees(classroom)
    await plan(classroom.centre, lesson_id, timedelta(seconds=2), timedelta(hours=1))
    await told(student, "The exam has begun")
    await say(student, f"/start x_{lesson_id}")
    await tap(student, "start_exam")
    await say(teacher, f"/start xb_{lesson_id}")
    await tap(teacher, "close")
    await tap(teacher, "close_now")

    await tap(student, "start")

    assert not await classroom.pool.fetchval(
        "select count(*) from attempts a join quizzes z on z.id = a.quiz_id where z.lesson_id = $1", lesson_id
    )
