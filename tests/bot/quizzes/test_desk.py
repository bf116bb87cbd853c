"""A teacher looks at the results of a quiz, at its questions, and takes the workbook along."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.i18n import speaking
from bot.quizzes.desk_workbook import QuizWorkbook
from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Short, Written
from domain.quizzes.model import AttemptId, Question, QuestionId
from domain.quizzes.statistics import QuizStatisticsService
from domain.quizzes.statistics_ports import RawAnswer
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import empty_lesson, toast
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_chat import press
from tests.bot.users.people import buttons, say, tap
from tests.db.quiz_world import ALI, NOON


async def lesson_with_quiz(teacher: SandboxUser, title: str) -> None:
    """The lesson's screen is open."""
    await empty_lesson(teacher, title)
    await say(teacher, "Read this.")
    await tap(teacher, "question")
    for number in range(2):
        await say(teacher, f"Question {number} <b>?\n- wrong\n+ right\n- other")
    await tap(teacher, "desk")
    await tap(teacher, "course")
    await tap(teacher, "publish")


async def lesson_id_of(centre: Centre, title: str) -> LessonId:
    return await centre.pool.fetchval(
        "select l.id from lessons l join courses c on c.id = l.course_id where c.title ->> 'en' = $1", title
    )


async def open_desk(teacher: SandboxUser) -> str:
    lesson = next(widget for widget in await buttons(teacher) if widget.startswith("lesson:"))
    await tap(teacher, lesson)
    return (await tap(teacher, "results")).text


async def test_a_teacher_sees_results_questions_and_the_workbook(classroom: Classroom) -> None:
    centre = classroom.centre
    teacher = await centre.teacher()
    await lesson_with_quiz(teacher, "Desk & results")
    lesson_id = await lesson_id_of(centre, "Desk & results")

    empty = await open_desk(teacher)
    assert "Nobody has finished this quiz yet" in empty
    assert "workbook" not in await buttons(teacher)

    student = await centre.student("en")
    await classroom.open_quiz(student, lesson_id)
    await press(student, "Start")
    await press(student, "B) ")
    await press(student, "Next")
    await press(student, "A) ")
    await QuizStatisticsService(begin=Database(centre.pool).begin, read=Database(centre.pool).read, now=utc_now).fold()

    await tap(teacher, "lesson")
    results = (await tap(teacher, "results")).text
    assert "50%" in results
    assert "1/2" in results
    assert "from 20 students on" in results
    questions = (await tap(teacher, "items")).text
    assert "few answers" in questions
    item = next(widget for widget in await buttons(teacher) if widget.startswith("item:"))
    card = (await tap(teacher, item)).text
    assert "Question 0 <b>?" in card
    assert "Right: 100% (1 of 1)" in card
    assert "✅ B) right: 1 (100%)" in card
    await tap(teacher, "items")
    await tap(teacher, "results")
    assert "making the file" in await toast(teacher, "workbook")
    await teacher.wait_for(lambda message: message.kind == "document", timeout=30)


async def test_whoever_stops_teaching_sees_no_results_any_more(classroom: Classroom) -> None:
    centre = classroom.centre
    teacher = await centre.teacher()
    await lesson_with_quiz(teacher, "Not mine any more")
    await open_desk(teacher)

    await centre.pool.execute(
        "update users set role = 'student' where id = (select owner_id from courses where title ->> 'en' = $1)",
        "Not mine any more",
    )
    shown = (await tap(teacher, "items")).text

    assert "Questions:" not in shown


@pytest.mark.parametrize("hostile", ["=1+1", "+1", "-1", "@x", "\t=1", "#REF!", "a\x00b\x1f", "x" * 40_000])
def test_what_a_student_wrote_is_never_a_formula(tmp_path: Path, hostile: str) -> None:
    text = Text({Language.EN: hostile[:4000].replace("\x00", "").strip() or "?"})
    question = Question(
        id=QuestionId(1),
        lesson_id=None,
        position=1,
        version=1,
        text=text,
        options=(),
        key=Short(("a",)),
        explanation=None,
    )
    assert isinstance(question.draft, QuestionDraft)
    with speaking(Language.EN):
        book = QuizWorkbook("Asia/Tashkent")
    book.add_answers(
        [
            RawAnswer(
                attempt_id=AttemptId(1),
                student_id=ALI,
                student=hostile,
                attempt_number=1,
                question=question,
                response=Written(hostile),
                is_correct=False,
                points=0,
                seconds=None,
                answered_at=NOON,
            )
        ]
    )
    book.save(tmp_path / "quiz.xlsx")

    row = list(load_workbook(tmp_path / "quiz.xlsx").worksheets[2].rows)[1]

    assert {row[index].data_type for index in (1, 5, 6)} <= {"s", "n"}
    assert all(row[index].data_type != "f" for index in (1, 5, 6))
