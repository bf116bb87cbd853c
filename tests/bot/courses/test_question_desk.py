"""A teacher fills a bank, sets how a quiz is taken, and marks essays, by tapping and typing."""

import orjson

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import empty_lesson, toast
from tests.bot.users.people import buttons, say, tap, texts


async def open_bank(teacher: SandboxUser, title: str) -> None:
    """A course of that title with one bank, which is open."""
    await empty_lesson(teacher, title)
    await tap(teacher, "course")
    await tap(teacher, "more")
    await tap(teacher, "banks")
    await tap(teacher, "new")
    await say(teacher, "Fractions")


async def test_a_bank_is_filled_by_typing_and_searched(centre: Centre) -> None:
    teacher = await centre.teacher()
    await open_bank(teacher, "With a bank")
    bank = await teacher.last_message()
    assert "It is empty." in bank.text

    await tap(teacher, "add")
    await tap(teacher, "kind:matching")
    await say(teacher, "Match <b>them</b>\napple -> olma\npear")
    assert "One of the pairs has no right side." in "\n".join(await texts(teacher))
    shown = await say(teacher, "Match <b>them</b>\napple -> olma\npear -> nok\n-> uzum\ntopic: Fruit")
    assert "✅ apple → olma\n✅ pear → nok\n▫️ → uzum" in shown.text
    assert "<b>them</b>" in shown.text
    await tap(teacher, "difficulty")
    shown = await tap(teacher, "level:3")
    assert "📶 3/5" in shown.text
    bank = await tap(teacher, "save")
    assert "1 question" in bank.text

    await tap(teacher, "add")
    await say(teacher, "match <B>them</b>\nPEAR -> nok\nApple -> olma")
    assert "already, so it is not added twice" in await toast(teacher, "save")
    await tap(teacher, "leave")
    found = await say(teacher, "no such word")
    assert "Nothing like that is in it." in found.text
    await tap(teacher, "all")
    await say(teacher, "MATCH")
    card = await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("question:")))
    assert "🏷 Fruit" in card.text
    bank = await tap(teacher, "delete")
    assert "🗑 Deleted: Match" in bank.text
    bank = await tap(teacher, "put_back")
    assert "1 question" in bank.text


async def test_a_bank_is_archived_and_brought_back(centre: Centre) -> None:
    teacher = await centre.teacher()
    await open_bank(teacher, "Archived bank")

    listed = await tap(teacher, "archive")
    assert "In the archive: Fractions" in listed.text
    await tap(teacher, "restore")

    assert any(button.text.startswith("🗂 Fractions") for button in (await buttons(teacher)).values())


async def test_a_foreign_bank_is_not_opened_by_a_forged_button(centre: Centre) -> None:
    owner, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    await open_bank(owner, "Private bank")
    bank_id = await centre.pool.fetchval("select max(id) from question_banks")
    await open_bank(other, "My own bank")
    await tap(other, "banks")
    mine = next(button for widget, button in (await buttons(other)).items() if widget.startswith("bank:"))
    assert mine.data is not None
    assert mine.message_id is not None
    await centre.pool.execute("update question_banks set title = 'Secret' where id = $1", bank_id)

    await other.forge(mine.message_id, f"{mine.data.rpartition(':')[0]}:{bank_id}")
    await other.settle()

    assert not any("Secret" in text for text in await texts(other))


async def test_the_card_of_a_quiz_is_set_line_by_line(centre: Centre) -> None:
    teacher = await centre.teacher()
    await open_bank(teacher, "Carded")
    await tap(teacher, "add")
    await say(teacher, "2 + 2?\n= 4")
    await tap(teacher, "save")
    lesson_id = await centre.pool.fetchval("select max(id) from lessons")
    await say(teacher, "/newquestion")
    if "lesson:" in " ".join(await buttons(teacher)):
        await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("lesson:")))
    await say(teacher, "1 + 1?\n+ 2\n- 3")
    await tap(teacher, "desk")
    await tap(teacher, "questions")
    card = await tap(teacher, "card")
    assert "Attempts: as many as one likes" in card.text

    await tap(teacher, "attempts")
    await say(teacher, "many")
    await say(teacher, "51")
    assert "From 1 to 50 attempts" in "\n".join(await texts(teacher))
    card = await say(teacher, "3")
    assert "🔁 Attempts: 3" in card.text
    await tap(teacher, "shuffle_questions")
    assert "An exam needs to know when it opens and closes." in await toast(teacher, "exam")
    await tap(teacher, "pools")
    await tap(teacher, "add")
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("bank:")))
    await say(teacher, "2")
    card = await tap(teacher, "card")
    assert "🗂 Fractions: 2 of 1 ⚠️" in card.text
    assert "A bank has fewer questions" in card.text

    kept = orjson.loads(await centre.pool.fetchval("select settings from quizzes where lesson_id = $1", lesson_id))
    assert (kept["max_attempts"], kept["shuffles_questions"], kept["pools"][0]["count"]) == (3, True, 2)


async def test_an_essay_is_marked_and_its_student_is_told(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    await empty_lesson(teacher, "Essays")
    await tap(teacher, "question")
    await tap(teacher, "kinds")
    await tap(teacher, "kind:essay")
    await say(teacher, "Why?\n...\n! Two reasons.\npoints: 4")
    await tap(teacher, "save")
    row = await centre.pool.fetchrow(
        "select max(id) as id, max(quiz_id) as quiz_id from questions where kind = 'essay'"
    )
    assert row is not None
    student_id = await centre.pool.fetchval("select max(id) from users where role = 'student'")
    attempt_id = await centre.pool.fetchval(
        """
        insert into attempts (user_id, quiz_id, number, question_ids, max_points, started_at, answered_count,
            waiting_count, finished_at, closed_by)
        values ($1, $2, 1, array[$3::bigint], 400, now(), 1, 1, now(), 'student') returning id
        """,
        student_id,
        row["quiz_id"],
        row["id"],
    )
    await centre.pool.execute(
        "insert into answers (attempt_id, question_id, response, is_correct, answered_at)"
        """ values ($1, $2, '{"text": "Because <i>so</i>"}', null, now())""",
        attempt_id,
        row["id"],
    )

    await say(teacher, "/marking")
    sheet = await tap(teacher, "entry:0")
    assert "Because <i>so</i>" in sheet.text
    assert "To look for: Two reasons." in sheet.text
    await say(teacher, "5")
    assert "more than this question is worth" in "\n".join(await texts(teacher))
    await tap(teacher, "comment")
    await say(teacher, "Well <b>done</b>")
    sheet = await tap(teacher, "share:75")
    assert "✅ 3 of 4" in sheet.text

    kept = await centre.pool.fetchrow("select points, waiting_count from attempts where id = $1", attempt_id)
    assert kept is not None
    assert tuple(kept) == (300, 0)
    await student.settle()
    assert await centre.pool.fetchval("select count(*) from notifications where kind = 'attempt_marked'") == 1
    await tap(teacher, "undo")
    listed = await tap(teacher, "list")
    assert "The oldest comes first." in listed.text


async def test_marking_is_for_teachers(centre: Centre) -> None:
    student = await centre.student()

    assert "Only teachers" in (await say(student, "/marking")).text
