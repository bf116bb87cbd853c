"""A teacher orders a course, changes its parts and decides when lessons open; what students then see."""

import asyncio

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import PDF, code_of, empty_lesson, make_course, toast
from tests.bot.users.people import buttons, say, tap, texts


async def free_course(teacher: SandboxUser, title: str) -> Message:
    await make_course(teacher, title)
    return await tap(teacher, "free")


async def pasted_course(teacher: SandboxUser, title: str, outline: str) -> Message:
    await free_course(teacher, title)
    await tap(teacher, "add_lesson")
    await say(teacher, outline)
    return await tap(teacher, "add")


async def row(teacher: SandboxUser, words: str) -> str:
    """The widget of the row that shows these words."""
    return next(widget for widget, button in (await buttons(teacher)).items() if words in button.text)


async def order(centre: Centre, title: str) -> list[str]:
    rows = await centre.pool.fetch(
        "select l.title ->> 'en' as title from lessons l join sections s on s.id = l.section_id"
        " join courses c on c.id = l.course_id where c.title ->> 'en' = $1 and l.archived_at is null"
        " order by s.position, l.position",
        title,
    )
    return [found["title"] for found in rows]


async def test_an_outline_is_pasted_looked_at_and_added(centre: Centre) -> None:
    teacher = await centre.teacher()
    await free_course(teacher, "Pasted")
    await tap(teacher, "add_lesson")

    shown = await say(teacher, "# Basics\n1. What is <b>%</b>?\n2. Discounts\nPractice:\n- Problems")
    assert "📂 Basics" in shown.text
    assert "▫️ What is <b>%</b>?" in shown.text
    desk = await tap(teacher, "add")

    assert "3 lessons:" in desk.text
    assert await order(centre, "Pasted") == ["What is <b>%</b>?", "Discounts", "Problems"]


async def test_lessons_are_moved_archived_undone_and_copied(centre: Centre) -> None:
    teacher = await centre.teacher()
    await pasted_course(teacher, "Ordered", "# A\nOne\nTwo\n# B\nThree")
    await tap(teacher, "structure")
    await tap(teacher, await row(teacher, "1. One"))

    card = await tap(teacher, "down")
    assert "👉 2. One" in card.text
    card = await tap(teacher, "down")
    assert card.text.index("📂 B") < card.text.index("👉 2. One")
    assert await order(centre, "Ordered") == ["Two", "One", "Three"]
    await tap(teacher, "sections")
    await tap(teacher, await row(teacher, "📂 A"))
    assert await order(centre, "Ordered") == ["Two", "One", "Three"]

    # What nothing is in vanishes; what holds something goes into the archive.
    lesson = await tap(teacher, "open")
    assert "The lesson is empty." in lesson.text
    await say(teacher, "Some text")
    await tap(teacher, "course")
    await tap(teacher, "structure")
    await tap(teacher, await row(teacher, "One"))
    archived = await tap(teacher, "archive")
    assert "🗄 “One” is in the archive." in archived.text
    assert await order(centre, "Ordered") == ["Two", "Three"]
    await tap(teacher, "undo")
    assert await order(centre, "Ordered") == ["Two", "One", "Three"]
    await tap(teacher, await row(teacher, "One"))
    await tap(teacher, "archive")
    await tap(teacher, "archived")
    await tap(teacher, await row(teacher, "One"))
    await tap(teacher, "outline")
    assert await order(centre, "Ordered") == ["Two", "One", "Three"]

    await tap(teacher, await row(teacher, "One"))
    copied = await tap(teacher, "copy")
    assert "One (2)" in copied.text
    await tap(teacher, "outline")
    await tap(teacher, await row(teacher, "📂 B"))
    await tap(teacher, "pour")
    assert await order(centre, "Ordered") == ["Two", "One", "One (2)", "Three"]
    await tap(teacher, "copy")
    desk = await tap(teacher, "copy_now")
    assert "Ordered (2)" in desk.text
    assert "✏️ Draft" in desk.text


async def test_sections_are_added_renamed_and_deleted(centre: Centre) -> None:
    teacher = await centre.teacher()
    await pasted_course(teacher, "Sectioned", "# A\nOne")
    await tap(teacher, "structure")
    await tap(teacher, "section")
    await say(teacher, "New <section>")
    await tap(teacher, await row(teacher, "New <section>"))
    await tap(teacher, "up")
    await tap(teacher, "rename")
    card = await say(teacher, "Renamed")
    assert "👉 Renamed · 0" in card.text
    outline = await tap(teacher, "delete")

    assert not any("Renamed" in button.text for button in outline.buttons)


async def test_what_is_sent_to_the_course_becomes_a_lesson(centre: Centre) -> None:
    teacher = await centre.teacher()
    await free_course(teacher, "From files")

    for number in range(3):
        await teacher.upload(
            PDF + bytes([number]),
            name=f"week_{number + 1}.pdf",
            content_type="application/pdf",
            kind="document",
            wait=False,
        )
    await teacher.settle()
    lesson = await teacher.last_message()
    assert "1. week 1" in lesson.text
    assert lesson.text.count("📄 week_") >= 3
    await tap(teacher, "course")
    await teacher.type("**Percents**\nA percent is $\\frac{1}{100}$.")
    await teacher.settle()
    lesson = await teacher.last_message()
    assert "Percents" in lesson.text
    await tap(teacher, "course")
    await say(teacher, "Only a title")
    await tap(teacher, "course")
    await say(teacher, "https://youtu.be/dQw4w9WgXcQ")

    assert await order(centre, "From files") == ["week 1", "Percents", "Only a title", "YouTube"]


async def test_the_same_message_worked_on_twice_is_one_lesson(centre: Centre) -> None:
    teacher = await centre.teacher()
    await free_course(teacher, "Twice")
    await say(teacher, "A post\nwith two lines")
    await tap(teacher, "course")
    await say(teacher, "A post\nwith two lines")

    assert await order(centre, "Twice") == ["A post"]


async def test_parts_are_moved_edited_deleted_and_put_back(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Parts")
    await say(teacher, "First text")
    await say(teacher, "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    await say(teacher, "http://127.0.0.1/admin")
    assert "Students cannot reach that address." in "\n".join(await texts(teacher))

    await tap(teacher, "parts")
    await tap(teacher, await row(teacher, "🔗"))
    await tap(teacher, "duration")
    await say(teacher, "soon")
    card = await say(teacher, "12:40")
    assert "⏱ 12:40" in card.text
    await tap(teacher, "title")
    card = await say(teacher, "Watch *this*")
    assert "Watch" in card.text
    await tap(teacher, "question")
    await say(teacher, "2 + 2?")
    card = await say(teacher, "2 + 2?\n+ 4\n- 5")
    assert "✅ 4\n▫️ 5" in card.text
    listed = await tap(teacher, "up")
    assert next(button.text for button in listed.buttons if button.text[:1] in "12").startswith("1. 🔗")
    await tap(teacher, await row(teacher, "First text"))
    edited = await tap(teacher, "edit")
    assert "First text" in edited.text
    card = await say(teacher, "Second <b>text</b>")
    assert "Second <b>text</b>" in card.text.replace("\\", "")
    gone = await tap(teacher, "delete")
    assert "🗑 Deleted:" in gone.text
    back = await tap(teacher, "put_back")
    assert any("Second" in button.text for button in back.buttons)


async def test_the_later_of_two_teachers_is_told_and_chooses(centre: Centre) -> None:
    owner, colleague = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    await empty_lesson(owner, "Shared")
    await say(owner, "The first words")
    await centre.pool.execute(
        "insert into course_teachers select id, $2, now() from courses where title ->> 'en' = $1",
        "Shared",
        colleague.id,
    )
    for teacher in (owner, colleague):
        await say(teacher, "/mycourses")
        await tap(teacher, await row(teacher, "Shared"))
        await tap(teacher, await row(teacher, "First lesson"))
        await tap(teacher, "parts")
        await tap(teacher, await row(teacher, "📝"))
        await tap(teacher, "edit")

    await say(owner, "The words of the owner")
    asked = await say(colleague, "The words of the colleague")
    assert "Somebody else has changed this meanwhile." in asked.text
    assert "The words of the owner" in asked.text
    assert "The words of the colleague" in asked.text
    await tap(colleague, "add")

    kept = await centre.pool.fetch(
        "select p.text ->> 'en' as text from parts p join lessons l on l.id = p.lesson_id"
        " join courses c on c.id = l.course_id where c.title ->> 'en' = 'Shared' order by p.position"
    )
    assert [part["text"] for part in kept] == ["The words of the owner", "The words of the colleague"]


async def test_students_hear_what_is_missing_and_are_led_there(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    await pasted_course(teacher, "Gated", "# A\nOne\nTwo\nThree")
    for title in ("One", "Two", "Three"):
        await tap(teacher, await row(teacher, title))
        await say(teacher, f"Secret of {title}")
        if title == "One":
            await tap(teacher, "rules")
            await tap(teacher, "gate")
            await tap(teacher, "lesson")
        if title == "Three":
            await tap(teacher, "rules")
            await tap(teacher, "date")
            await say(teacher, "yesterday")
            assert "I do not understand this day" in "\n".join(await texts(teacher))
            rules = await say(teacher, "5.12.2030 09:00")
            assert "5 December 2030, 09:00" in rules.text
            await tap(teacher, "lesson")
        await tap(teacher, "course")
    await tap(teacher, "publish")

    await student.start(f"c_{await code_of(centre, 'Gated')}")
    await student.settle()
    three = await row(student, "Three")
    locked = await tap(student, three)
    assert "🔒 Opens on 5 December 2030, 09:00." in locked.text
    await tap(student, "course")
    locked = await tap(student, await row(student, "Two"))
    assert "🔒 First finish “One”: then this opens." in locked.text
    assert not {"quiz", "finish", "ask", "buy"} & set(await buttons(student))
    await tap(student, "first")
    assert "Secret of One" in "\n".join(await texts(student))
    await tap(student, "finish")

    shown = "\n".join(await texts(student))
    assert "Secret of Two" in shown
    assert "Secret of Three" not in shown


async def test_files_are_taken_along_in_groups(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    await empty_lesson(teacher, "With files")
    await say(teacher, "Text")
    await tap(teacher, "files")
    for number in range(3):
        await teacher.upload(
            f"code {number}".encode(),
            name=f"code{number}.py",
            content_type="text/x-python",
            kind="document",
            wait=False,
        )
    await teacher.settle()
    files = await teacher.last_message()
    assert "3. code2.py" in files.text
    await say(teacher, "not a file")
    await tap(teacher, await row(teacher, "code0.py"))
    await tap(teacher, "undo")
    await tap(teacher, "lesson")
    await tap(teacher, "course")
    await tap(teacher, "publish")

    await student.start(f"c_{await code_of(centre, 'With files')}")
    await student.settle()
    await tap(student, await row(student, "First lesson"))
    assert (await buttons(student))["files"].text == "📎 3 files"
    await tap(student, "files")

    documents = [message for message in await student.messages() if message.kind == "document"]
    assert len(documents) == 3
    assert "files" in await buttons(student)


async def test_stale_and_forged_taps_move_nothing(centre: Centre) -> None:
    teacher, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    await pasted_course(teacher, "Mine", "# A\nOne\nTwo")
    await pasted_course(other, "Theirs", "# A\nThree\nFour")
    foreign = await centre.pool.fetchval("select min(id) from lessons where title ->> 'en' = 'Three'")
    await tap(teacher, "structure")
    shown = (await buttons(teacher))[await row(teacher, "1. One")]
    assert shown.data is not None
    assert shown.message_id is not None
    head = shown.data.rpartition(":")[0]

    for forged in (f"l{foreign}", "l0", "s0", "l", "", "x" * 20, "l" + "9" * 15):
        await teacher.forge(shown.message_id, f"{head}:{forged}")
        await teacher.settle()
        for widget in ("down", "archive", "copy", "delete", "pour"):
            await teacher.forge(shown.message_id, head.replace("row", widget))
            await teacher.settle()
        await say(teacher, "/mycourses")
        await tap(teacher, await row(teacher, "Mine"))
        await tap(teacher, "structure")
        shown = (await buttons(teacher))[await row(teacher, "1. One")]
        assert shown.data is not None
        assert shown.message_id is not None
        head = shown.data.rpartition(":")[0]

    assert await order(centre, "Theirs") == ["Three", "Four"]
    assert "Something went wrong" not in "\n".join(await texts(teacher))
    assert (await centre.pool.fetchval("select count(*) from lessons where title ->> 'en' = 'Three (2)'")) == 0


async def test_a_double_tap_on_a_copy_makes_one(centre: Centre) -> None:
    teacher = await centre.teacher()
    await pasted_course(teacher, "Double", "# A\nOne")
    await tap(teacher, "structure")
    await tap(teacher, await row(teacher, "1. One"))
    button = (await buttons(teacher))["copy"]
    assert button.data is not None
    assert button.message_id is not None

    await asyncio.gather(*(teacher.forge(button.message_id, button.data) for _ in range(2)))
    await teacher.settle()

    assert await order(centre, "Double") == ["One", "One (2)"]


async def test_an_archived_lesson_is_restored_from_its_own_screen(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Own screen")
    await say(teacher, "Text")

    assert "In the archive." in await toast(teacher, "archive")
    archived = await teacher.last_message()
    assert "🗄 Archived" in archived.text
    restored = await tap(teacher, "restore")

    assert "✏️ Draft" in restored.text


async def test_no_forged_tap_gets_anything_out_of_a_closed_lesson(centre: Centre) -> None:
    """LRN-5: what a closed lesson does not show is not there for a forged or a borrowed keyboard either."""
    teacher, student, other = await centre.teacher(), await centre.student(), await centre.student(name="Vali Karimov")
    await pasted_course(teacher, "Closed", "# A\nOne\nTwo")
    for title in ("One", "Two"):
        await tap(teacher, await row(teacher, title))
        await say(teacher, f"Hidden words of {title}")
        await teacher.quiz_poll("2 + 2?", ["3", "4"], 1, wait=False)
        await teacher.settle()
        await tap(teacher, "files")
        await teacher.upload(b"x", name="secret.py", content_type="text/x-python", kind="document", wait=False)
        await teacher.settle()
        await tap(teacher, "lesson")
        if title == "One":
            await tap(teacher, "rules")
            await tap(teacher, "gate")
            await tap(teacher, "lesson")
        await tap(teacher, "course")
    await tap(teacher, "publish")
    code = await code_of(centre, "Closed")
    for person in (student, other):
        await person.start(f"c_{code}")
        await person.settle()
    locked_id = await centre.pool.fetchval("select max(id) from lessons where title ->> 'en' = 'Two'")
    await tap(other, await row(other, "One"))
    await tap(other, "finish")
    borrowed = (await buttons(other))["quiz"]
    await tap(student, await row(student, "Two"))

    for widget in ("finish", "quiz", "files", "ask", "again", "next", "edit", "buy"):
        shown = await buttons(student)
        button = shown.get("course") or next(iter(shown.values()))
        assert button.data is not None
        assert button.message_id is not None
        await student.forge(button.message_id, button.data.replace("course", widget))
        await student.settle()
        assert borrowed.data is not None
        await student.forge(button.message_id, borrowed.data)
        await student.start(f"l_{locked_id}")
        await student.settle()

    said = "\n".join(await texts(student))
    assert "Hidden words of Two" not in said
    assert "2 + 2?" not in said
    assert not [message for message in await student.messages() if message.kind == "document"]
    progress = await centre.pool.fetchval(
        "select count(*) from lesson_progress where user_id = $1 and lesson_id = $2", student.id, locked_id
    )
    assert progress == 0
    assert "Something went wrong" not in said


async def test_a_course_that_needs_another_one_says_so_and_leads_there(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    for title in ("Numbers first", "Algebra later"):
        await empty_lesson(teacher, title)
        await say(teacher, f"Words of {title}")
        await tap(teacher, "course")
        await tap(teacher, "publish")
    await centre.pool.execute(
        "insert into course_prerequisites select a.id, b.id from courses a, courses b"
        " where a.title ->> 'en' = 'Algebra later' and b.title ->> 'en' = 'Numbers first'"
    )
    await student.start(f"c_{await code_of(centre, 'Algebra later')}")
    await student.settle()

    assert "🧩 To know before: Numbers first" in (await student.last_message()).text
    locked = await tap(student, await row(student, "First lesson"))
    assert "🔒 First complete “Numbers first”: then this opens." in locked.text
    await tap(student, "required")
    await tap(student, await row(student, "First lesson"))
    await tap(student, "finish")
    await student.start(f"c_{await code_of(centre, 'Algebra later')}")
    await student.settle()
    await tap(student, await row(student, "First lesson"))

    assert "Words of Algebra later" in "\n".join(await texts(student))
