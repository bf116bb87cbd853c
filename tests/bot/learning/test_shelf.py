"""One's own courses, the progress in them, and bookmarks, by tapping."""

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.learning.school import add_text, add_video, answer_to, open_lesson, tap_item, teach, video_of
from tests.bot.users.people import buttons, say, tap, texts


async def test_the_shelf_has_three_sections_and_honest_empty_ones(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()

    shelf = await say(student, "/my")
    assert "You have no courses yet" in shelf.text
    assert "No course is finished yet" in (await tap(student, "section:completed")).text
    assert "You have left no course" in (await tap(student, "section:cancelled")).text
    progress = await say(student, "/progress")
    assert "Nothing is begun yet" in progress.text

    begun, done, left = [await teach(centre, teacher, title=f"{word} course") for word in ("Begun", "Done", "Left")]
    for course in (begun, done, left):
        for lesson_id in course.lessons:
            await add_text(centre, lesson_id, "Text")
    await open_lesson(student, begun.lessons[0])
    await tap(student, "finish")
    await open_lesson(student, done.lessons[0])
    await tap(student, "finish")
    await tap(student, "finish")
    await student.wait_for("Congratulations")
    await open_lesson(student, left.lessons[0])
    await tap(student, "course")
    await tap(student, "leave")
    await tap(student, "leave_now")

    shelf = await say(student, "/my")
    assert "▰▰▰▰▰▱▱▱▱▱ 50% · Begun course" in shelf.text
    assert "Done course" not in shelf.text
    assert "▶️ Continue: Lesson 2" in [button.text for button in shelf.buttons]
    assert "100% · Done course" in (await tap(student, "section:completed")).text
    assert "0% · Left course" in (await tap(student, "section:cancelled")).text
    progress = await say(student, "/progress")
    assert "Begun course\n▰▰▰▰▰▱▱▱▱▱ 50% · 1 of 2 lessons" in progress.text
    assert "2 of 2 lessons" in progress.text
    assert "Left course" not in progress.text
    assert "Lesson 2" in (await tap(student, "continue")).text


async def test_a_left_course_goes_on_where_it_was(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher, title="Comes back")
    await add_text(centre, course.lessons[0], "Text")
    await open_lesson(student, course.lessons[0])
    await tap(student, "finish")
    await tap(student, "course")
    await tap(student, "leave")
    await tap(student, "leave_now")
    await say(student, "/my")
    await tap(student, "section:cancelled")
    await tap(student, f"course:{course.course_id}")

    card = await tap(student, "enrol")

    assert "50%" in card.text
    assert "Lesson 2" in (await tap(student, "continue")).text


async def test_many_courses_are_leafed_through_there_and_back(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    for number in range(1, 15):
        course = await teach(centre, teacher, title=f"Many {number:02}", lessons=1)
        await centre.pool.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, 'active', now())",
            student.id,
            course.course_id,
        )

    first = _courses((await say(student, "/my")).text)
    turns = ("next_page", "next_page", "previous_page", "previous_page")
    pages = [first, *[_courses((await tap(student, widget)).text) for widget in turns]]

    assert pages[0] + pages[1] + pages[2] == [f"Many {number:02}" for number in range(14, 0, -1)]
    assert pages[3:] == [pages[1], pages[0]]
    assert "previous_page" not in await buttons(student)


def _courses(text: str) -> list[str]:
    return [line.rpartition("· ")[2] for line in text.splitlines() if "▱" in line]


async def _with_bookmarks(centre: Centre, student: SandboxUser, count: int) -> int:
    teacher = await centre.teacher()
    course = await teach(centre, teacher)
    await add_video(centre, teacher, course.lessons[0], "The long video")
    await open_lesson(student, course.lessons[0])
    video = await video_of(student, "The long video")
    for number in range(count):
        await answer_to(student, video.id, f"12:{number:02} mark {number}")
    return course.course_id


async def test_a_bookmark_is_opened_renamed_deleted_and_brought_back(centre: Centre) -> None:
    student = await centre.student()
    assert "None yet" in (await say(student, "/bookmarks")).text
    await _with_bookmarks(centre, student, 2)

    listed = await say(student, "/bookmarks")
    assert [button.text for button in listed.buttons][:2] == ["12:01 mark 1 · Lesson 1", "12:00 mark 0 · Lesson 1"]
    card = await tap_item(student, "mark")
    assert "12:01 mark 1" in card.text
    await tap(student, "open")
    assert (await video_of(student, "12:01 mark 1")).text == "12:01 mark 1"
    await tap(student, "rename")
    await say(student, "x" * 5000)
    assert any("The title is too long" in text for text in await texts(student))
    card = await say(student, "<i>new</i> \u202e name")
    assert "<i>new</i>" in card.text
    listed = await tap(student, "delete")
    assert "Deleted" in listed.text
    assert len([button for button in listed.buttons if "12:0" in button.text]) == 1
    listed = await tap(student, "undo")
    assert len([button for button in listed.buttons if "12:0" in button.text]) == 2


async def test_a_bookmark_is_set_from_the_lesson_and_listed_there(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    for caption in ("First video", "Second video"):
        await add_video(centre, teacher, course.lessons[0], caption)
    await open_lesson(student, course.lessons[0])

    await tap(student, "bookmark")
    await tap_item(student, "part")
    lesson = await say(student, "1:05 the beginning")
    assert "Lesson 1" in lesson.text
    assert any("Saved. /bookmarks" in text for text in await texts(student))
    await tap(student, "bookmark")
    await tap_item(student, "part")
    listed = await tap(student, "bookmarks")
    assert "Bookmarks · Lesson 1" in listed.text
    assert "1:05 the beginning" in [button.text for button in listed.buttons]
    assert "Lesson 1" in (await tap(student, "lesson")).text


async def test_bookmarks_of_others_cannot_be_opened_by_their_numbers(centre: Centre) -> None:
    owner, thief = await centre.student(), await centre.student()
    await _with_bookmarks(centre, owner, 1)
    await _with_bookmarks(centre, thief, 1)
    foreign = await centre.pool.fetchval("select id from bookmarks where user_id = $1", owner.id)
    listed = await say(thief, "/bookmarks")
    data = next(button.data for button in listed.buttons if button.data and "mark:" in button.data)

    answers: list[str] = []
    for number in (foreign, 987_654_321):
        await say(thief, "/bookmarks")
        listed = await thief.last_message()
        data = next(button.data for button in listed.buttons if button.data and "mark:" in button.data)
        await thief.forge(listed.id, f"{data.rpartition(':')[0]}:{number}")
        await thief.settle()
        answers.append((await thief.last_message()).text)

    assert answers[0] == answers[1] == "🔖 This bookmark is not there any more."


async def test_a_bookmark_of_a_lesson_that_is_closed_by_now_stays_but_opens_nothing(centre: Centre) -> None:
    student = await centre.student()
    course_id = await _with_bookmarks(centre, student, 1)
    await centre.pool.execute("update courses set status = 'archived' where id = $1", course_id)
    await say(student, "/bookmarks")
    await tap_item(student, "mark")

    await tap(student, "open")

    assert any("closed for you now" in toast.text for toast in await student.toasts())
    assert "12:00 mark 0" in (await student.last_message()).text


async def test_a_paid_bookmark_is_sent_protected(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher, sale="course")
    await add_video(centre, teacher, course.lessons[0], "Paid video")
    await centre.pool.execute(
        """
        with paid as (
            insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state,
                created_at, expires_at, paid_at, paid_by)
            values ($3, $1, 'course', $2, $2, '{"en": "Course"}', 1, 'paid', now(), now(), now(), 'payme') returning id
        )
        insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)
        select $1, 'course', $2, id, now() from paid
        """,
        student.id,
        course.course_id,
        f"{student.id:012}",
    )
    await open_lesson(student, course.lessons[0])
    await answer_to(student, (await video_of(student, "Paid video")).id, "0:10 start")
    await say(student, "/bookmarks")
    await tap_item(student, "mark")
    await tap(student, "open")

    calls = await centre.client.calls()
    sent = [call for call in calls["calls"] if call["method"] == "sendVideo" and "0:10 start" in str(call)]
    assert sent
    assert all("protect_content" in str(call) for call in sent)


async def test_any_part_is_bookmarked_by_a_tap_or_a_reply_and_opens_again(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await add_text(centre, course.lessons[0], "**Vieta** says: the sum of the roots is -b/a.")
    await add_text(centre, course.lessons[0], "Then we practise.")
    await add_video(centre, teacher, course.lessons[0], "The long video")
    await open_lesson(student, course.lessons[0])

    await tap(student, "bookmark")
    lesson = await tap_item(student, "part")
    assert "Lesson 1" in lesson.text
    assert any("🔖 Saved" in toast.text for toast in await student.toasts())
    text = [m for m in await student.messages() if "Then we practise" in m.text][-1]
    assert any("🔖 for the exam" in said for said in await answer_to(student, text.id, "🔖 for the exam"))
    video = await video_of(student, "The long video")
    assert any("🔖 1:05 start" in said for said in await answer_to(student, video.id, "🔖 1:05 start"))
    assert any(said.startswith("🔖\n") for said in await answer_to(student, video.id, "🔖"))

    listed = await say(student, "/bookmarks")
    assert [button.text for button in listed.buttons][:4] == [
        "🎬 The long video · Lesson 1",
        "1:05 start · Lesson 1",
        "📄 for the exam · Lesson 1",
        "📄 Vieta says: the sum of the roots is… · Lesson 1",
    ]
    before = len([m for m in await student.messages() if "Then we practise" in m.text])
    marks = [button for name, button in (await buttons(student)).items() if name.startswith("mark:")]
    await student.push(marks[2])
    await student.settle()
    assert "🔖 📄 for the exam" in (await student.last_message()).text
    await tap(student, "open")
    assert len([m for m in await student.messages() if "Then we practise" in m.text]) == before + 1


async def test_a_reply_without_a_time_or_sign_stays_a_note(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await add_text(centre, course.lessons[0], "A text about roots.")
    await open_lesson(student, course.lessons[0])
    text = [m for m in await student.messages() if "about roots" in m.text][-1]

    assert any("Noted" in said for said in await answer_to(student, text.id, "12:40 is no moment of a text"))

    assert await centre.pool.fetchval("select count(*) from bookmarks where user_id = $1", student.id) == 0
    assert await centre.pool.fetchval("select count(*) from notes where user_id = $1", student.id) == 1


async def test_the_lesson_says_how_to_mark_until_somebody_has(centre: Centre) -> None:
    teacher, noting, marking = await centre.teacher(), await centre.student(), await centre.student()
    course = await teach(centre, teacher)
    await add_text(centre, course.lessons[0], "A text about roots.")

    for student, reply in ((noting, "remember this"), (marking, "🔖")):
        assert "Reply to a part" in (await open_lesson(student, course.lessons[0])).text
        text = [m for m in await student.messages() if "about roots" in m.text][-1]
        await answer_to(student, text.id, reply)
        assert "Reply to a part" not in (await open_lesson(student, course.lessons[0])).text
