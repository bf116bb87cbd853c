"""An essay's way from the student's pen to the teacher's mark and into the daily set, on the sandbox's Telegram."""

from bot.sandbox import SandboxUser
from domain.clock import utc_now
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay
from tests.bot.review.conftest import Study
from tests.bot.review.test_review import press, shown
from tests.bot.users.people import buttons, say, tap
from tests.db.quiz_world import TEACHER

CARDS = "select count(*) from review_cards where user_id = $1"
NOTICES = "select count(*) from notifications where user_id = $1 and kind = 'attempt_marked' and status = 'sent'"


def text(words: str) -> Text:
    return Text({Language.EN: words, Language.UZ: words, Language.RU: words})


async def until(study: Study, person: SandboxUser, query: str, count: int) -> None:
    """Wait until the jobs that follow have made so many."""
    for _ in range(500):
        if await study.pool.fetchval(query, person.id) == count:
            return
        await person.settle()
    raise AssertionError(query)


async def written_answer(study: Study, teacher: SandboxUser) -> SandboxUser:
    """A student who has answered an essay of the teacher's course, and been told that it waits."""
    lesson_id = await study.reviewers.world.lesson(questions=0)
    await study.pool.execute(
        "update courses set owner_id = $2 where id = (select course_id from lessons where id = $1)",
        lesson_id,
        teacher.id,
    )
    asked = QuestionDraft(text=text("Why?"), options=(), key=Essay(text("Two reasons")), explanation=None, points=2)
    async with study.reviewers.begin() as uow:
        await uow.quizzes.add_question(TEACHER, lesson_id, asked, utc_now(), limit=100)
        await uow.commit()
    student = await study.centre.student()
    await student.start(f"l_{lesson_id}")
    await press(student, "Take the quiz")
    await press(student, "Start")
    await say(student, "Because <b>so</b> it is")
    await press(student, "📨 Send")
    if any("See the result" in button.text for button in (await buttons(student)).values()):
        await press(student, "See the result")
    assert "waits for your teacher" in await shown(student)
    return student


async def mark(teacher: SandboxUser, percent: int) -> str:
    await say(teacher, "/marking")
    await tap(teacher, "entry:0")
    return (await tap(teacher, f"share:{percent}")).text


async def test_an_essay_that_was_right_in_part_is_asked_again_and_graded_by_oneself(study: Study) -> None:
    teacher = await study.centre.teacher()
    student = await written_answer(study, teacher)
    assert await study.pool.fetchval(CARDS, student.id) == 0

    assert "✅ 1 of 2" in await mark(teacher, 50)
    await until(study, student, CARDS, 1)
    await until(study, student, NOTICES, 1)
    assert "marked your written answers" in await shown(student)

    await study.pool.execute("update review_cards set due_at = now() where user_id = $1", student.id)
    covered = (await say(student, "/review")).text
    assert "Why?" in covered
    assert "Two reasons" not in covered
    assert "Two reasons" in (await tap(student, "uncover")).text
    assert "It comes back" in await press(student, "👍 Good")


async def test_a_mark_that_is_given_again_makes_no_second_card(study: Study) -> None:
    teacher = await study.centre.teacher()
    student = await written_answer(study, teacher)
    await mark(teacher, 0)
    await until(study, student, CARDS, 1)

    await tap(teacher, "undo")
    await tap(teacher, "share:25")
    await until(study, student, NOTICES, 2)
    await study.centre.settle(student)

    assert await study.pool.fetchval(CARDS, student.id) == 1
    assert await study.pool.fetchval("select count(*) from reviews where user_id = $1", student.id) == 1


async def test_an_essay_with_all_its_points_is_not_asked_again(study: Study) -> None:
    teacher = await study.centre.teacher()
    student = await written_answer(study, teacher)

    await mark(teacher, 100)
    await until(study, student, NOTICES, 1)
    jobs = "select count(*) from pgqueuer where entrypoint = 'attempt_finished' and $1::bigint > 0"
    await until(study, student, jobs, 0)

    assert await study.pool.fetchval(CARDS, student.id) == 0
