"""The teacher's side of an exam: the settings card, the board, who is missing, the table, the pairs and the file."""

import io
from datetime import timedelta

from openpyxl import load_workbook

from bot.sandbox import SandboxUser
from domain.courses.model import LessonId
from tests.bot.courses.test_exchange import document
from tests.bot.courses.test_studio import toast
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_exam import examinees, plan, told
from tests.bot.users.people import buttons, say, tap, texts


async def before_the_card(teacher: SandboxUser) -> None:
    """From the list of courses to the settings of the only lesson's quiz."""
    await say(teacher, "/mycourses")
    for widget in ("course:", "lesson:", "questions", "card"):
        await tap(teacher, next(each for each in await buttons(teacher) if each.startswith(widget)))


async def enrol(classroom: Classroom, lesson_id: LessonId, *people: SandboxUser) -> None:
    for person in people:
        await classroom.pool.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at)"
            " select $2, course_id, 'active', now() from lessons where id = $1",
            lesson_id,
            person.id,
        )


async def answer_first(person: SandboxUser, option: str) -> None:
    await person.tap("▶️ Start")
    await person.settle()
    await person.tap("▶️ Start")
    await person.settle()
    await person.tap(option)
    await person.settle()


async def test_a_teacher_makes_an_exam_looks_at_its_board_and_calls_it_off(classroom: Classroom) -> None:
    teacher, student, lesson_id = await examinees(classroom)
    await before_the_card(teacher)
    assert "exam_board" not in await buttons(teacher)
    await tap(teacher, "opens")
    await say(teacher, "tomorrow 9:00")
    await tap(teacher, "closes")
    await say(teacher, "tomorrow 10:00")

    asked = await tap(teacher, "exam")
    assert "Everybody in the course is told at once." in asked.text
    assert "It is an exam now" in await toast(teacher, "make_exam")
    card = await teacher.last_message()
    assert "🎓 Exam: yes" in card.text
    assert "🔢 Versions: 1" in card.text
    await told(student, "An exam is planned")
    await tap(teacher, "versions")
    await say(teacher, "11")
    assert "From 1 to 10 versions" in "\n".join(await texts(teacher))
    card = await tap(teacher, "value:2")
    assert "🔢 Versions: 2" in card.text

    board = await tap(teacher, "exam_board")
    assert "Begins in" in board.text
    assert "In the course: 1" in board.text
    await tap(teacher, "card")
    await tap(teacher, "exam_board")
    await tap(teacher, "desk")
    board = await tap(teacher, "results")
    assert "Exam: Lesson" in board.text, "until it closes its results lead to the board"

    await tap(teacher, "card")
    asked = await tap(teacher, "no_exam")
    assert "is told at once" in asked.text
    assert "🎓 Exam: yes" in (await tap(teacher, "card")).text
    await tap(teacher, "no_exam")
    assert "called off" in await toast(teacher, "call_off")
    await told(student, "is cancelled")
    room = await say(student, f"/start x_{lesson_id}")
    assert "This exam is called off." in "\n".join([*await texts(student), room.text])


async def test_the_card_of_an_exam_that_goes_on_changes_nothing_and_leads_to_its_board(classroom: Classroom) -> None:
    teacher, student, lesson_id = await examinees(classroom)
    course_id = await classroom.pool.fetchval("select course_id from lessons where id = $1", lesson_id)
    assert course_id
    await plan(classroom.centre, lesson_id, timedelta(seconds=30), timedelta(hours=1))
    await say(teacher, f"/start xb_{lesson_id}")
    await tap(teacher, "card")
    stale = {widget: button for widget, button in (await buttons(teacher)).items() if widget in ("no_exam", "versions")}
    assert len(stale) == 2

    await plan(classroom.centre, lesson_id, timedelta(seconds=1), timedelta(hours=1))
    await told(student, "The exam has begun")
    await tap(teacher, "no_exam")
    assert "The exam goes on, so its settings stay." in await toast(teacher, "call_off")
    card = await tap(teacher, "card")

    assert "The exam goes on, so all of this stays." in card.text
    shown = await buttons(teacher)
    assert not {"opens", "closes", "time", "versions", "no_exam", "pools", "penalty"} & set(shown)
    assert "Goes on" in (await tap(teacher, "exam_board")).text
    assert await classroom.pool.fetchval(
        "select (settings ->> 'is_exam')::bool from quizzes where lesson_id = $1", lesson_id
    )


async def test_the_board_shows_who_has_started_how_far_and_who_is_missing(classroom: Classroom) -> None:
    teacher, first, lesson_id = await examinees(classroom)
    second = await classroom.student()
    await enrol(classroom, lesson_id, second)
    for person, name in ((first, "Aziz <b>Karimov</b>"), (second, "Botir Aliyev")):
        await classroom.pool.execute("update users set full_name = $2 where id = $1", person.id, name)
    await plan(classroom.centre, lesson_id, timedelta(seconds=20), timedelta(hours=1))
    await say(teacher, f"/start xb_{lesson_id}")
    await plan(classroom.centre, lesson_id, timedelta(seconds=2), timedelta(hours=1))
    await told(first, "The exam has begun")
    await answer_first(first, "b-en")

    await tap(teacher, "students")
    listed = (await teacher.last_message()).text
    assert "✍️ Aziz <b>Karimov</b> · 1/3" in listed
    assert "▫️ Botir Aliyev · not started" in listed
    missing = (await tap(teacher, "missing")).text
    assert "Aziz" not in missing
    assert "Botir Aliyev" in missing
    everybody = (await tap(teacher, "everybody")).text
    assert "Aziz" in everybody
    assert "Writing: 1" in (await tap(teacher, "board")).text


async def test_the_table_the_file_and_the_pairs_come_when_it_is_closed(classroom: Classroom) -> None:
    teacher, first, lesson_id = await examinees(classroom)
    second = await classroom.student()
    await enrol(classroom, lesson_id, second)
    await plan(classroom.centre, lesson_id, timedelta(seconds=9), timedelta(hours=1))
    await told(first, "Find a quiet place")
    await say(first, f"/start x_{lesson_id}")
    await tap(first, "ready")
    for person, option in ((first, "b-en"), (second, "a-en")):
        await told(person, "The exam has begun")
        await answer_first(person, option)
    await say(teacher, f"/start xb_{lesson_id}")
    assert not {"results", "items", "pairs"} & set(await buttons(teacher)), "held back from the teacher too"
    await tap(teacher, "close")
    await tap(teacher, "close_now")
    report = await told(teacher, "The exam is closed")
    assert "2 students sat it." in report.text
    assert "“Start” reached the first ready student at" in report.text, "the skew is reported"
    assert "later for everybody: nobody lost time by being told last." in report.text
    for person in (first, second):
        await told(person, "is closed. Your result is here")

    quiz_id = await classroom.pool.fetchval("select id from quizzes where lesson_id = $1", lesson_id)
    question = await classroom.pool.fetchval("select min(id) from questions where quiz_id = $1", quiz_id)
    await classroom.pool.execute(
        "insert into exam_lookalikes (quiz_id, first_id, second_id, question_ids, both_wrong, expected, chance)"
        " select $1, least($2::bigint, $3::bigint), greatest($2::bigint, $3::bigint),"
        " (select array_agg(x.question_id) from answers x join attempts a on a.id = x.attempt_id"
        "  where a.quiz_id = $1 and a.user_id = least($2::bigint, $3::bigint)), 1, 0.4, 0.0002",
        quiz_id,
        first.id,
        second.id,
    )
    assert question

    board = await say(teacher, f"/start xb_{lesson_id}")
    assert "1 pair with the same mistakes" in board.text
    table = (await tap(teacher, "results")).text
    assert "33%" in table
    assert "Rasch score" in table
    assert "; +" in table or "; -" in table, "with its interval"
    assert "making the file" in await toast(teacher, "workbook")
    name, content = await document(classroom.centre, teacher)
    assert name == "Lesson - results.xlsx"
    rows = list(load_workbook(io.BytesIO(content))["Exam"].iter_rows(values_only=True))
    assert rows[0][-3:] == ("Rasch, logits", "Rasch, from", "Rasch, to")
    assert [(row[2], row[3]) for row in rows[1:]] == [(1, 33), (2, 0)]
    for row in rows[1:]:
        ability, low, high = (float(str(cell)) for cell in row[9:12])
        assert low < ability < high
    await say(teacher, f"/start xb_{lesson_id}")
    listed = (await tap(teacher, "pairs")).text
    pair = next(widget for widget in await buttons(teacher) if widget.startswith("pair:"))
    evidence = (await tap(teacher, pair)).text
    assert "This proves nothing" in evidence
    for accusation in ("cheat", "copied", "fraud", "guilty", "suspect"):
        assert accusation not in (board.text + listed + evidence + report.text).lower()
    await tap(teacher, "pairs")
    await tap(teacher, "board")
    assert "🔎 <b>" not in (await tap(teacher, "items")).text
    await tap(teacher, "exam_board")
    assert "results" in await buttons(teacher), "and back"
