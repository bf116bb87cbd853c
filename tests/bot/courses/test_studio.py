"""A teacher makes a course in chat, and what a student then sees."""

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.files.made import pdf
from tests.bot.users.people import buttons, say, tap, texts

PDF = pdf()


async def make_course(teacher: SandboxUser, title: str) -> None:
    """As far as the question for the price."""
    await say(teacher, "/newcourse")
    await say(teacher, title)
    subject = next(widget for widget in await buttons(teacher) if widget.startswith("subject:"))
    await tap(teacher, subject)
    await say(teacher, "For everybody who counts.")


async def empty_lesson(teacher: SandboxUser, title: str) -> Message:
    """A free course of that title with one lesson, whose screen is open."""
    await make_course(teacher, title)
    await tap(teacher, "free")
    await tap(teacher, "add_lesson")
    return await say(teacher, "First lesson")


async def toast(teacher: SandboxUser, widget: str) -> str:
    """Tap, and what the tap itself was answered with."""
    button = (await buttons(teacher))[widget]
    answer = await teacher.press(button.text, exact=True)
    await teacher.settle()
    return answer.text


async def code_of(centre: Centre, title: str) -> str:
    return await centre.pool.fetchval("select code from courses where title ->> 'en' = $1", title)


async def test_a_teacher_makes_a_course_that_a_student_sees(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()

    await make_course(teacher, "Percents & more")
    await tap(teacher, "whole")
    desk = await say(teacher, "150 ming")
    assert "Percents & more" in desk.text
    assert "150 000" in desk.text.replace("\u00a0", " ")
    assert "No lessons yet" in desk.text

    await tap(teacher, "add_lesson")
    lesson = await say(teacher, "What is a percent?")
    assert "The lesson is empty." in lesson.text
    lesson = await say(teacher, "A percent is $\\frac{1}{100}$ of 2*3*4.")
    assert "Added: 📝 A percent is" in lesson.text
    await teacher.upload(PDF, name="plan.pdf", content_type="application/pdf", kind="document", wait=False)
    await teacher.settle()
    lesson = await teacher.last_message()
    assert "2. 📄 plan.pdf" in lesson.text
    assert "Added: 📄 plan.pdf" in lesson.text
    await teacher.quiz_poll("15% of 200?", ["15", "30"], 1, "10% is 20.", wait=False)
    await teacher.settle()
    lesson = await teacher.last_message()
    assert "❓ 1 question" in lesson.text
    await tap(teacher, "open")
    await tap(teacher, "course")
    desk = await tap(teacher, "publish")
    assert "🟢 Published" in desk.text

    code = await code_of(centre, "Percents & more")
    await student.start(f"c_{code}")
    await student.settle()
    assert "Percents & more" in (await student.last_message()).text
    lesson_button = next(widget for widget in await buttons(student) if widget.startswith("lesson:"))
    await tap(student, lesson_button)

    messages = await student.messages()
    assert any("2*3*4" in message.text for message in messages)
    assert any(message.kind == "document" for message in messages)
    assert "quiz" in await buttons(student)


async def test_another_teacher_cannot_touch_a_course(centre: Centre) -> None:
    owner, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    await make_course(owner, "Nobody else's")
    await tap(owner, "free")
    course_id = await centre.pool.fetchval("select id from courses where title ->> 'en' = $1", "Nobody else's")
    await make_course(other, "My own")
    await tap(other, "free")
    await say(other, "/mycourses")
    listed = await buttons(other)
    mine = next(button for widget, button in listed.items() if widget.startswith("course:"))
    assert not any(widget == f"course:{course_id}" for widget in listed)
    assert mine.data is not None
    assert mine.message_id is not None

    forged = f"{mine.data.rpartition(':')[0]}:{course_id}"
    await other.forge(mine.message_id, forged)
    await other.settle()

    shown = await texts(other)
    assert not any("Nobody else's" in text for text in shown)
    assert await centre.pool.fetchval("select count(*) from lessons where course_id = $1", course_id) == 0


async def test_a_student_is_told_kindly_that_courses_are_made_by_teachers(centre: Centre) -> None:
    student = await centre.student()

    for command in ("/newcourse", "/newlesson", "/newquestion", "/price", "/publish", "/mycourses"):
        answer = await say(student, command)
        assert "Only teachers make courses here." in answer.text


async def test_an_addition_is_undone_with_one_tap(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Undone")
    lesson = await say(teacher, "Sent by mistake")
    assert "Sent by mistake" in lesson.text

    lesson = await tap(teacher, "undo")

    assert "The lesson is empty." in lesson.text
    assert "undo" not in await buttons(teacher)


async def test_a_poll_that_hides_its_answer_asks_for_it(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Hidden answers")

    await teacher.quiz_poll("2 + 2?", ["3", "4", "5"], None, wait=False)
    await teacher.settle()
    asked = await teacher.last_message()
    assert "Please choose it" in asked.text
    lesson = await tap(teacher, "option:1")

    assert "Added: ❓ 2 + 2?" in lesson.text
    assert "❓ 1 question" in lesson.text
    await tap(teacher, "questions")
    shown = await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("question:")))
    assert "▫️ 3\n✅ 4\n▫️ 5" in shown.text
    lesson = await tap(teacher, "delete")
    assert "There are no questions left." in lesson.text


async def test_questions_are_typed_one_after_another(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Typed questions")
    await say(teacher, "/newquestion")

    await say(teacher, "What is 15% of 200?")
    assert "Begin the right one with +" in "\n".join(await texts(teacher))
    await say(teacher, "What is 15% of 200?\n+ 30\n- 15\n! 10% is 20.")
    step = await say(teacher, "What is 1% of 200?\n- 20\n+ 2")

    assert "2 questions so far." in step.text
    assert "Added: ❓ What is 1% of 200?" in step.text


async def test_what_no_lesson_shows_is_refused_and_nothing_is_added(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "No stickers")

    await teacher.send_sticker(wait=False)
    await teacher.send_location(41.3, 69.2, wait=False)
    await teacher.settle()

    assert "A lesson cannot show this." in "\n".join(await texts(teacher))
    assert "The lesson is empty." in (await teacher.last_message()).text


async def test_every_step_takes_only_what_fits_and_keeps_what_was_typed(centre: Centre) -> None:
    teacher = await centre.teacher()
    await say(teacher, "/newcourse")

    await teacher.send_sticker(wait=False)
    await say(teacher, "— ! —")
    await say(teacher, "x" * 121)
    assert "Please type the title as a text." in "\n".join(await texts(teacher))
    assert "A title needs at least one letter or digit." in "\n".join(await texts(teacher))
    assert "120 characters at most" in "\n".join(await texts(teacher))
    await say(teacher, "<b>Kept</b>")
    await say(teacher, "Not a subject of this centre")
    subject = next(widget for widget in await buttons(teacher) if widget.startswith("subject:"))
    await tap(teacher, subject)
    await tap(teacher, "skip")
    await tap(teacher, "whole")
    for wrong in ("abc", "-5000", "999", "2000000000"):
        asked = await say(teacher, wrong)
        assert "How much is the whole course" in asked.text
    desk = await say(teacher, "15k")

    assert "<b>Kept</b>" in desk.text
    assert "15 000" in desk.text.replace("\u00a0", " ")


async def test_an_empty_course_is_not_published_and_the_teacher_learns_why(centre: Centre) -> None:
    teacher = await centre.teacher()
    await make_course(teacher, "Too early")
    await tap(teacher, "free")

    assert "Add a first lesson" in await toast(teacher, "publish")
    await tap(teacher, "add_lesson")
    await say(teacher, "Empty lesson")
    await tap(teacher, "course")
    assert "Put something into a lesson" in await toast(teacher, "publish")

    assert "✏️ Draft" in (await teacher.last_message()).text


async def test_a_lesson_added_later_is_published_by_itself(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    await empty_lesson(teacher, "Growing")
    await say(teacher, "Text")
    await tap(teacher, "course")
    await tap(teacher, "publish")
    await say(teacher, "/newlesson")
    await say(teacher, "Second lesson")
    assert "publish" not in await buttons(teacher)
    await say(teacher, "More text")
    code = await code_of(centre, "Growing")
    before = await student.start(f"c_{code}")
    assert "Second lesson" not in [button.text for button in before.buttons]

    lesson = await tap(teacher, "publish")

    assert "🟢 Published" in lesson.text
    await student.start(f"c_{code}")
    await student.settle()
    after = await student.last_message()
    assert any("Second lesson" in button.text for button in after.buttons)


async def test_an_archived_course_is_gone_for_students_and_comes_back(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    await empty_lesson(teacher, "Seasonal")
    await say(teacher, "Text")
    await tap(teacher, "course")
    await tap(teacher, "publish")
    code = await code_of(centre, "Seasonal")

    await tap(teacher, "more")
    archived = await tap(teacher, "archive")
    assert "🗄 Archived" in archived.text
    await student.start(f"c_{code}")
    await student.settle()
    assert not any("First lesson" in button.text for button in (await student.last_message()).buttons)
    restored = await tap(teacher, "restore")

    assert "🟢 Published" in restored.text
    await student.start(f"c_{code}")
    await student.settle()
    assert any("First lesson" in button.text for button in (await student.last_message()).buttons)


async def test_a_teacher_who_lost_the_role_changes_nothing_from_an_open_screen(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Revoked")
    await centre.pool.execute("update users set role = 'student' where id = $1", teacher.id)

    await say(teacher, "Still here?")

    assert "Only teachers make courses here." in "\n".join(await texts(teacher))
    count = await centre.pool.fetchval(
        "select count(*) from parts p join lessons l on l.id = p.lesson_id join courses c on c.id = l.course_id"
        " where c.title ->> 'en' = 'Revoked'"
    )
    assert count == 0


async def test_everything_sent_at_once_is_added_in_order(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Album")

    for number in range(1, 6):
        await teacher.type(f"Text number {number}")
    await teacher.settle()

    lesson = await teacher.last_message()
    assert [line for line in lesson.text.splitlines() if "📝 Text number" in line][:5] == [
        f"{number}. 📝 Text number {number}" for number in range(1, 6)
    ]


async def test_a_command_asks_for_the_course_when_there_are_several(centre: Centre) -> None:
    teacher = await centre.teacher()
    for title in ("Several one", "Several two"):
        await make_course(teacher, title)
        await tap(teacher, "free")
    await say(teacher, "/menu")

    asked = await say(teacher, "/price")
    assert "Which course?" in asked.text
    assert [button.text for button in asked.buttons][:2] == ["✏️ Several two · 0", "✏️ Several one · 0"]
    chosen = next(widget for widget in await buttons(teacher) if widget.startswith("course:"))
    question = await tap(teacher, chosen)

    assert "Several two" in question.text
    assert "Now: Free" in question.text


async def test_a_command_of_somebody_without_courses_begins_the_first_one(centre: Centre) -> None:
    teacher = await centre.teacher()

    studio = await say(teacher, "/mycourses")
    asked = await say(teacher, "/newlesson")

    assert "You have no courses yet." in studio.text
    assert "What is it called?" in asked.text


async def test_a_command_means_the_course_that_is_open(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Open one")
    await empty_lesson(teacher, "Open two")

    assert "What is lesson 2 called?" in (await say(teacher, "/newlesson")).text
    assert "Open two" in (await say(teacher, "/publish")).text
    assert "What is lesson 2 called?" in (await say(teacher, "/newlesson")).text


async def test_a_lesson_with_a_price_is_locked_for_students_with_that_price(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    await make_course(teacher, "Lesson by lesson")
    await tap(teacher, "lessons")
    await tap(teacher, "add_lesson")
    await say(teacher, "Paid lesson")
    await say(teacher, "Secret words")
    await tap(teacher, "price")
    refused = await say(teacher, "500")
    assert "What does this lesson cost" in refused.text
    priced = await say(teacher, "25 000 so'm")
    assert "25 000" in priced.text.replace("\u00a0", " ")
    await tap(teacher, "course")
    await tap(teacher, "publish")

    await student.start(f"c_{await code_of(centre, 'Lesson by lesson')}")
    lesson_button = next(widget for widget in await buttons(student) if widget.startswith("lesson:"))
    await tap(student, lesson_button)

    shown = "\n".join(await texts(student))
    assert "25 000" in shown.replace("\u00a0", " ")
    assert "Secret words" not in shown


async def test_an_admin_opens_the_subject_that_a_course_needs(centre: Centre) -> None:
    admin = await centre.teacher(name="Malika Admin")
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    await say(admin, "/newcourse")
    await say(admin, "Chess for beginners")

    asked = await say(admin, "Chess")
    assert "What is it about" in asked.text
    await tap(admin, "skip")
    desk = await tap(admin, "free")

    assert "📘 Chess" in desk.text


async def test_a_part_is_looked_at_and_deleted(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Tidied")
    await say(teacher, "First text")
    await say(teacher, "Second text")
    await tap(teacher, "parts")
    card = await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("part:")))
    assert "First text" in card.text

    await tap(teacher, "delete")
    lesson = await tap(teacher, "desk")

    assert "1. 📝 Second text" in lesson.text
    assert "First text" not in lesson.text


async def test_forged_and_outdated_taps_change_nothing_and_are_answered(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Forged")
    await say(teacher, "Only text")
    await tap(teacher, "parts")
    real = next(button for widget, button in (await buttons(teacher)).items() if widget.startswith("part:"))
    assert real.data is not None
    assert real.message_id is not None
    head = real.data.rpartition(":")[0]

    for forged in ("0", "-1", "999999999999999", "9" * 30, "x", "1e9", ""):
        await teacher.forge(real.message_id, f"{head}:{forged}")
        await teacher.settle()
        await teacher.forge(real.message_id, head.replace("part", "delete"))
        await teacher.settle()

    dead = await centre.pool.fetchval("select count(*) from inbox where user_id = $1 and error is not null", teacher.id)
    assert dead == 0
    assert "Something went wrong" not in "\n".join(await texts(teacher))
    await say(teacher, "/mycourses")
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("course:")))
    lesson = await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("lesson:")))
    assert "1. 📝 Only text" in lesson.text


async def test_the_author_sees_the_draft_as_a_student_would(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Previewed")
    await say(teacher, "Words of the lesson")

    await tap(teacher, "preview")

    messages = await teacher.messages()
    assert any(message.kind == "rich_message" and "Words of the lesson" in message.text for message in messages)


async def test_an_album_at_the_course_becomes_one_lesson_with_its_parts_in_order(centre: Centre) -> None:
    teacher = await centre.teacher()
    await make_course(teacher, "From an album")
    await tap(teacher, "free")

    files = [(f"{number}.pdf", pdf(1, words=f"page {number}")) for number in range(1, 5)]
    await teacher.upload_album(files, kind="document", caption="Four sheets", content_type="application/pdf")
    await teacher.settle()

    rows = await centre.pool.fetch(
        """
        select l.id, p.position, m.name from lessons l join parts p on p.lesson_id = l.id
        join part_media pm on pm.part_id = p.id join media m on m.id = pm.media_id
        where m.owner_id = $1 order by l.id, p.position
        """,
        teacher.id,
    )
    assert [row["name"] for row in rows] == ["1.pdf", "2.pdf", "3.pdf", "4.pdf"]
    assert len({row["id"] for row in rows}) == 1
    assert "✅ Added" in (await teacher.last_message()).text
