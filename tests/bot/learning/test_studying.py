"""A student goes through a lesson by tapping: steps, positions, check questions, Done, and coming back."""

import pytest

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.learning.school import (
    add_text,
    add_video,
    answer_to,
    open_lesson,
    question,
    tap_item,
    teach,
    video_of,
)
from tests.bot.users.people import buttons, say, tap, texts


async def pressed(student: SandboxUser, widget: str) -> str:
    """Tap, and what the tap itself was answered with."""
    button = next(button for name, button in (await buttons(student)).items() if name.startswith(widget))
    await student.push(button)
    await student.settle()
    return (await student.toasts())[-1].text


async def test_a_short_lesson_is_done_and_the_last_one_completes_the_course(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student(name="Ali <b>Karimov")
    course = await teach(centre, teacher, title="Parabolas & more")
    for lesson_id in course.lessons:
        await add_text(centre, lesson_id, "A parabola is a curve.")

    lesson = await open_lesson(student, course.lessons[0])
    assert "Lesson 1" in lesson.text
    following = await tap(student, "finish")
    assert "Lesson 2" in following.text
    toast = await pressed(student, "finish")

    assert "That was the last lesson" in toast
    told = await student.wait_for("Congratulations")
    assert "Parabolas & more" in told.text
    assert "Ali <b>Karimov" in told.text
    assert [button.text for button in told.buttons] == [
        "📊 My progress",
        "📚 Next course",
        "⭐ Rate the course",
        "📖 Open the course",
    ]
    await student.start(f"c_{course.code}")
    await student.settle()
    card = await student.last_message()
    assert "You have completed this course" in card.text
    shown = await buttons(student)
    assert "leave" not in shown
    assert "continue" not in shown


async def test_finishing_the_last_lesson_first_says_that_others_wait(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    for lesson_id in course.lessons:
        await add_text(centre, lesson_id, "Text")

    await open_lesson(student, course.lessons[1])
    toast = await pressed(student, "finish")

    assert "Some earlier lessons of the course are still waiting" in toast


async def test_a_long_lesson_comes_in_steps_and_done_waits_for_all_of_them(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    for number in range(1, 8):
        await add_text(centre, course.lessons[0], f"Piece number {number}.")

    lesson = await open_lesson(student, course.lessons[0])
    assert "5 of 7 parts · ~2 minutes left" in lesson.text
    assert not any("Piece number 6" in text for text in await texts(student))

    missing = await tap(student, "finish")
    assert "2 parts to open" in missing.text
    lesson = await tap_item(student, "next_part")
    said = await texts(student)
    assert any("Piece number 6" in text for text in said)
    assert any("Piece number 7" in text for text in said)
    assert "7 of 7 parts" in lesson.text
    assert not any(widget.startswith("next_part") for widget in await buttons(student))
    following = await tap(student, "finish")
    assert "Lesson 2" in following.text


async def test_ten_taps_on_next_send_each_part_once(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    for number in range(1, 13):
        await add_text(centre, course.lessons[0], f"Piece {number}!")
    await open_lesson(student, course.lessons[0])
    button = next(b for name, b in (await buttons(student)).items() if name.startswith("next_part"))

    for _tap in range(10):
        await student.push(button)
    await student.settle()

    said = await texts(student)
    assert [sum(f"Piece {number}!" in text for text in said) for number in range(1, 13)] == [1] * 10 + [0] * 2


async def test_a_long_lesson_goes_on_where_one_stopped(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    for number in range(1, 8):
        await add_text(centre, course.lessons[0], f"Slice {number}!")
    await open_lesson(student, course.lessons[0])

    await open_lesson(student, course.lessons[0])
    said = await texts(student)
    assert [sum(f"Slice {number}!" in text for text in said) for number in range(1, 8)] == [1] * 7
    await tap(student, "again")

    said = await texts(student)
    assert [sum(f"Slice {number}!" in text for text in said) for number in range(1, 8)] == [2] * 5 + [1] * 2


async def test_the_student_says_where_they_stopped_and_the_lesson_remembers_after_logging_out(
    centre: Centre,
) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await add_text(centre, course.lessons[0], "Before the video.")
    await add_video(centre, teacher, course.lessons[0], "The long video")
    await open_lesson(student, course.lessons[0])

    asked = await tap(student, "stopped")
    assert "2. 🎬 The long video" in asked.text
    await say(student, "around the middle")
    assert any("I could not read the time" in text for text in await texts(student))
    await say(student, "25:00")
    assert any("The recording ends at 20:00" in text for text in await texts(student))
    lesson = await say(student, "12 daqiqa 40 soniya")
    assert "You stopped at 12:40, part 2" in lesson.text
    assert "~8 minutes left" in lesson.text

    await say(student, "/logout")
    await tap(student, "log_out")
    assert await centre.pool.fetchval("select is_muted from users where id = $1", student.id)
    menu = await say(student, "/start")
    assert "Continue: Lesson 1" in " ".join(button.text for button in menu.buttons)
    shelf = await say(student, "/my")
    assert "You stopped in Lesson 1: 12:40, part 2" in shelf.text
    lesson = await tap(student, "continue")

    assert "You stopped at 12:40, part 2" in lesson.text
    assert (await video_of(student, "The long video")).text.startswith("⏸ You stopped at 12:40")


async def test_a_reply_with_a_time_is_where_one_stopped_and_with_words_a_bookmark(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await add_video(centre, teacher, course.lessons[0], "The long video")
    text_id = await add_text(centre, course.lessons[0], "Only words here.")
    await open_lesson(student, course.lessons[0])
    video = await video_of(student, "The long video")
    words = next(m for m in await student.messages() if "Only words here" in m.text)

    assert "Noted: 10:00" in (await answer_to(student, video.id, "10:00"))[0]
    saved = await answer_to(student, video.id, "12:40 the <b>rule</b> of signs 🚀")
    assert saved[0].startswith("🔖 12:40 the <b>rule</b> of signs 🚀")
    assert "The recording ends at 20:00" in (await answer_to(student, video.id, "21:00 late"))[0]
    assert "The title is too long" in (await answer_to(student, video.id, "12:41 " + "x" * 4000))[0]
    assert "🔖" not in " ".join(await answer_to(student, words.id, "12:40 about a text"))
    assert "🔖" not in " ".join(await answer_to(student, video.id, "I did not get it at 12:40"))

    kept = await centre.pool.fetch("select second, title from bookmarks where user_id = $1", student.id)
    assert [tuple(row) for row in kept] == [(760, "the <b>rule</b> of signs 🚀")]
    stopped = "select position_seconds from part_progress where user_id = $1 and part_id <> $2"
    assert await centre.pool.fetchval(stopped, student.id, text_id) == 600


async def test_stopping_at_the_end_is_having_seen_it(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await add_video(centre, teacher, course.lessons[0], "The long video")
    await open_lesson(student, course.lessons[0])

    said = await answer_to(student, (await video_of(student, "The long video")).id, "19:30")

    assert "You have seen this part to the end" in said[0]


async def test_a_link_is_seen_to_the_end_by_saying_so(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await centre.pool.execute(
        """
        insert into parts (lesson_id, position, kind, text, link)
        values ($1, 1, 'link', '{"en": "A film"}', '{"url": "https://example.uz/film", "provider": "example.uz"}')
        """,
        course.lessons[0],
    )
    await open_lesson(student, course.lessons[0])
    await tap(student, "stopped")

    lesson = await say(student, "1:02:03")
    assert "You stopped at 1:02:03" in lesson.text
    await tap(student, "stopped")
    lesson = await tap(student, "seen")

    assert "You stopped" not in lesson.text


async def test_a_check_question_is_answered_once_a_minute_and_gives_nothing_away(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    part_id = await add_video(centre, teacher, course.lessons[0], "Opens", question=question())
    await open_lesson(student, course.lessons[0])

    missing = await tap(student, "finish")
    assert "1 check question to answer" in missing.text
    asked = await tap(student, "check")
    assert "Which way does it open?" in asked.text
    assert [button.text for button in asked.buttons] == ["Up", "Down", "Sideways", "⬅️ Back to the lesson"]
    assert "Not quite" in await pressed(student, "option:1-0")
    assert "One try a minute" in await pressed(student, "option:1-1")
    await centre.pool.execute(
        "update part_progress set tried_at = tried_at - interval '1 minute' where part_id = $1", part_id
    )
    assert "Right" in await pressed(student, "option:1-1")
    following = await tap(student, "finish")

    assert "Lesson 2" in following.text


async def test_a_question_that_changed_meanwhile_is_asked_anew(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    part_id = await add_text(centre, course.lessons[0], "Text", question())
    await open_lesson(student, course.lessons[0])
    await tap(student, "check")
    await centre.pool.execute(
        """update parts set version = 2, question = jsonb_set(question, '{text,en}', '"And now?"') where id = $1""",
        part_id,
    )

    assert "The question has changed" in await pressed(student, "option:1-1")
    assert "And now?" in (await student.last_message()).text
    await centre.pool.execute("delete from parts where id = $1", part_id)
    assert "This part is not in the lesson any more" in await pressed(student, "option:2-1")
    assert "Lesson 1" in (await student.last_message()).text


async def test_the_quiz_has_to_be_passed_when_the_lesson_says_so(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    lesson_id = course.lessons[0]
    await add_text(centre, lesson_id, "Text")
    await centre.pool.execute("update lessons set pass_percent = 80 where id = $1", lesson_id)
    quiz_id = await centre.pool.fetchval(
        "insert into quizzes (lesson_id, created_at) values ($1, now()) returning id", lesson_id
    )
    question_id = await centre.pool.fetchval(
        """
        insert into questions (quiz_id, position, text, options, key, created_by, created_at)
        values ($1, 1, '{"en": "2 + 2?"}', '[{"en": "3"}, {"en": "4"}]', '{"correct": 1}', $2, now()) returning id
        """,
        quiz_id,
        teacher.id,
    )
    await open_lesson(student, lesson_id)

    missing = await tap(student, "finish")
    assert "the quiz, with at least 80%" in missing.text
    assert "quiz" in await buttons(student)
    await centre.pool.execute(
        """
        insert into attempts (user_id, quiz_id, number, question_ids, started_at, finished_at, closed_by,
            answered_count, correct_count, points, max_points)
        values ($1, $2, 1, array[$3::bigint], now(), now(), 'student', 1, 1, 100, 100)
        """,
        student.id,
        quiz_id,
        question_id,
    )
    await tap(student, "reading")
    following = await tap(student, "finish")

    assert "Lesson 2" in following.text


@pytest.mark.parametrize("widget", ["finish", "stopped", "bookmark", "check", "next_part:1", "again"])
async def test_taps_on_a_lesson_that_vanished_say_so_and_lead_to_the_menu(centre: Centre, widget: str) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher)
    await add_video(centre, teacher, course.lessons[0], "Video", question=question())
    shown = await open_lesson(student, course.lessons[0])
    data = next(button.data for button in shown.buttons if button.data and button.data.endswith("finish"))
    await centre.pool.execute("update courses set status = 'archived' where id = $1", course.course_id)

    await student.forge(shown.id, data.removesuffix("finish") + widget)
    await student.settle()

    assert "Hello, Ali" in (await student.last_message()).text
    assert any("This lesson is not available" in toast.text for toast in await student.toasts())
    assert (
        await centre.pool.fetchval(
            "select count(*) from lesson_progress where user_id = $1 and finished_at is not null", student.id
        )
        == 0
    )


async def test_buttons_of_a_locked_lesson_cannot_be_forged(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course = await teach(centre, teacher, sale="course")
    part_id = await add_video(centre, teacher, course.lessons[0], "Secret video", question=question("Secret?"))
    shown = await open_lesson(student, course.lessons[0])
    assert "🔒" in shown.text
    data = next(button.data for button in shown.buttons if button.data and button.data.endswith("course"))
    prefix = data.removesuffix("course")

    for widget in ("finish", "again", f"next_part:{part_id}", "check", f"part:{part_id}", "stopped", "option:1-1"):
        await student.forge(shown.id, f"{prefix}{widget}")
        await student.settle()

    said = " ".join(await texts(student))
    assert "Secret" not in said
    kept = "select (select count(*) from part_progress where user_id = $1) + count(*) from lesson_progress"
    assert await centre.pool.fetchval(f"{kept} where user_id = $1", student.id) == 0


async def test_a_foreign_part_is_as_one_that_is_not_there(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    mine, other = await teach(centre, teacher), await teach(centre, teacher, sale="course")
    await add_video(centre, teacher, mine.lessons[0], "First")
    await add_video(centre, teacher, mine.lessons[0], "Second")
    foreign = await add_video(centre, teacher, other.lessons[0], "Secret", question=question("Secret?"))
    await open_lesson(student, mine.lessons[0])
    shown = await tap(student, "stopped")
    data = next(button.data for button in shown.buttons if button.data and "part:" in button.data)

    for number in (foreign, 987_654_321, -1, 10**22, "one"):
        await student.forge(shown.id, f"{data.rpartition(':')[0]}:{number}")
        await student.settle()
        assert "This part is not in the lesson any more" in (await student.last_message()).text
        await tap(student, "reading")
        shown = await tap(student, "stopped")
        data = next(button.data for button in shown.buttons if button.data and "part:" in button.data)

    assert not any("Secret" in text for text in await texts(student))
