"""A teacher sends a test, and it is a quiz: by tapping, in the running program."""

import io
import time
from html import escape

import orjson
import pytest
from docx import Document

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import code_of, empty_lesson
from tests.bot.files.lessons import until
from tests.bot.files.made import PNG
from tests.bot.users.people import buttons, say, tap, texts

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPED = "? 2 + 2?\n+ 4\n- 5\n\n? 3 + 3?\n- 5\n+ 6"


def word(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def word_test(count: int, *, wrong: int = 0) -> bytes:
    lines: list[str] = []
    for number in range(1, count + 1):
        lines += [f"? {number} ning kvadrati nechaga teng?", f"+ {number**2}", f"- {number**2 + 1}", f"- {number}000"]
    for number in range(wrong):
        lines += [f"? Javobsiz {number} & <b>qalin</b>", "- bir", "- ikki"]
    return word(*lines)


async def send(teacher: SandboxUser, content: bytes, name: str, kind: str = "document") -> None:
    await teacher.upload(content, name=name, content_type=DOCX, kind=kind, wait=False)
    await teacher.settle()


async def last_import(centre: Centre, teacher: SandboxUser) -> int:
    return await centre.pool.fetchval("select max(id) from question_imports where owner_id = $1", teacher.id)


async def mixes_answers(centre: Centre, title: str) -> bool:
    return await centre.pool.fetchval(
        "select (z.settings ->> 'shuffles_options')::bool from quizzes z join lessons l on l.id = z.lesson_id"
        " join courses c on c.id = l.course_id where c.title ->> 'en' = $1",
        title,
    )


async def answer(centre: Centre, teacher: SandboxUser, link: str = "qi") -> Message:
    """The message about the last import that has this link, when it is there."""
    import_id = await last_import(centre, teacher)
    return await teacher.wait_for(
        lambda message: any(button.data == f"go:{link}_{import_id}" for button in message.buttons), 30
    )


async def follow(centre: Centre, teacher: SandboxUser, link: str = "qi") -> Message:
    message = await answer(centre, teacher, link)
    import_id = await last_import(centre, teacher)
    await teacher.push(next(button for button in message.buttons if button.data == f"go:{link}_{import_id}"))
    await teacher.settle()
    return await teacher.last_message()


async def question_count(centre: Centre, title: str) -> int:
    return await centre.pool.fetchval(
        "select count(*) from questions q join quizzes z on z.id = q.quiz_id join lessons l on l.id = z.lesson_id"
        " join courses c on c.id = l.course_id where c.title ->> 'en' = $1 and q.retired_at is null",
        title,
    )


async def to_questions(teacher: SandboxUser, title: str) -> None:
    """A lesson with nothing in it, on the screen for questions."""
    await empty_lesson(teacher, title)
    await tap(teacher, "question")


@pytest.fixture
async def teacher(centre: Centre) -> SandboxUser:
    return await centre.teacher()


async def test_a_word_test_is_a_live_quiz_within_a_minute(centre: Centre, teacher: SandboxUser) -> None:
    student = await centre.student()
    await empty_lesson(teacher, "Squares")
    await say(teacher, "Read this first.")
    await tap(teacher, "course")
    await tap(teacher, "publish")
    await say(teacher, "/mycourses")
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("course:")))
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("lesson:")))
    began = time.perf_counter()

    await send(teacher, word_test(30), "kvadratlar.docx")
    asked = await answer(centre, teacher)
    assert "kvadratlar.docx" in asked.text
    assert "It looks like a test: 30 questions." in asked.text
    assert await question_count(centre, "Squares") == 0
    preview = await follow(centre, teacher)
    assert "✅ 30 questions can be added." in preview.text
    assert "🔀 The right answer always has the same place" in preview.text
    assert "1. 1 ning kvadrati nechaga teng?" in preview.text
    assert "✅ A) 1\n▫️ B) 2" in preview.text
    listed = await tap(teacher, "add")

    print(f"\n30 questions of a Word file, from sending to live: {time.perf_counter() - began:.1f} s")
    assert time.perf_counter() - began <= 60
    assert "Questions of this lesson" in listed.text
    assert "Added: ❓ 30 questions" in listed.text
    assert await question_count(centre, "Squares") == 30
    assert await mixes_answers(centre, "Squares")
    await student.start(f"c_{await code_of(centre, 'Squares')}")
    await student.settle()
    await tap(student, next(widget for widget in await buttons(student) if widget.startswith("lesson:")))
    assert not any("kvadratlar.docx" in message.text for message in await student.messages())
    await tap(student, "quiz")
    question = await tap(student, "start")
    assert "1 ning kvadrati nechaga teng?" in question.text


async def test_what_cannot_be_added_is_told_with_its_line_and_the_rest_is_added(
    centre: Centre, teacher: SandboxUser
) -> None:
    await to_questions(teacher, "With mistakes")
    await send(teacher, word_test(28, wrong=2), "xatoli.docx")

    told = await answer(centre, teacher)
    assert "✅ 28 questions can be added.\n❌ 2 cannot: they have mistakes." in told.text
    preview = await follow(centre, teacher)
    assert "Page 1 of 10" in preview.text
    page = await tap(teacher, "after")
    assert "4. 4 ning kvadrati" in page.text
    left_out = await tap(teacher, "left_out")
    assert "• Line 113, “" in left_out.text
    assert "Javobsiz 0 & <b>qalin</b>" in left_out.text
    assert "no answer is marked as right." in left_out.text
    await tap(teacher, "preview")
    listed = await tap(teacher, "add")

    assert "Added: ❓ 28 questions" in listed.text
    assert "Students see them as soon as the lesson is published." in listed.text
    assert await question_count(centre, "With mistakes") == 28


async def test_undo_takes_an_import_back(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "Taken back")
    await say(teacher, "What is 1 + 1?\n+ 2\n- 3")
    await send(teacher, word_test(5), "test.docx")
    await follow(centre, teacher)
    await tap(teacher, "add")
    assert await question_count(centre, "Taken back") == 6

    await tap(teacher, "undo")

    assert await question_count(centre, "Taken back") == 1
    await teacher.start(f"qi_{await last_import(centre, teacher)}")
    await teacher.settle()
    assert "taken back" in (await teacher.last_message()).text


async def test_nothing_is_added_when_it_is_cancelled(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "Cancelled")
    await send(teacher, word_test(3), "test.docx")
    preview = await follow(centre, teacher)
    data = (await buttons(teacher))["add"].data
    assert data is not None

    lesson = await tap(teacher, "cancel")
    await teacher.forge(preview.id, data)
    await teacher.settle()

    assert "The lesson is empty." in lesson.text
    assert await question_count(centre, "Cancelled") == 0


async def test_many_taps_on_add_add_once(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "Tapped often")
    await send(teacher, word_test(4), "test.docx")
    preview = await follow(centre, teacher)
    data = (await buttons(teacher))["add"].data
    assert data is not None

    for _ in range(3):
        await teacher.forge(preview.id, data)
    await teacher.settle()

    assert await question_count(centre, "Tapped often") == 4


async def test_what_is_there_already_is_not_added_again(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "Sent again")
    await send(teacher, word_test(3), "test.docx")
    await follow(centre, teacher)
    await tap(teacher, "add")
    await tap(teacher, "import")
    await send(teacher, word_test(5), "test.docx")

    preview = await follow(centre, teacher)

    assert "✅ 2 questions can be added." in preview.text
    assert "♻️ 3 are there already." in preview.text


async def test_a_file_that_is_no_test_becomes_a_part_by_itself(centre: Centre, teacher: SandboxUser) -> None:
    await empty_lesson(teacher, "Only a file")

    await send(teacher, word("Dars rejasi", "Bugun foizlarni o‘rganamiz."), "reja.docx")
    told = await answer(centre, teacher, "qf")
    assert "It is in the lesson now, as a file." in told.text
    lesson = await follow(centre, teacher, "qf")

    assert "📎 reja.docx" in lesson.text or "reja.docx" in lesson.text
    parts = "select count(*) from media where owner_id = $1 and name = 'reja.docx'"
    assert await centre.pool.fetchval(parts, teacher.id) == 1


async def test_material_that_is_sent_in_a_row_stays_material(centre: Centre, teacher: SandboxUser) -> None:
    await empty_lesson(teacher, "In a row")

    await send(teacher, word("Birinchi"), "bir.docx")
    await send(teacher, word("Ikkinchi"), "ikki.docx")
    await say(teacher, "And a text.")
    await answer(centre, teacher, "qf")
    lesson = await teacher.last_message()
    await teacher.settle()

    async def both_are_there() -> bool:
        files = "select count(*) from media m join part_media p on p.media_id = m.id where owner_id = $1"
        return await centre.pool.fetchval(files, teacher.id) == 2

    await until(both_are_there)
    assert any("Added: 📝 And a text." in text for text in [lesson.text, *await texts(teacher)])


async def test_a_test_can_stay_a_file(centre: Centre, teacher: SandboxUser) -> None:
    await empty_lesson(teacher, "A file after all")
    await send(teacher, word_test(3), "test.docx")

    lesson = await follow(centre, teacher, "qf")
    again = await follow(centre, teacher, "qf")

    assert "Added: " in lesson.text
    assert "test.docx" in again.text
    media = "select count(*) from media where owner_id = $1 and name = 'test.docx'"
    assert await centre.pool.fetchval(media, teacher.id) == 1
    assert await question_count(centre, "A file after all") == 0


async def test_a_typed_test_asks_what_it_is(centre: Centre, teacher: SandboxUser) -> None:
    await empty_lesson(teacher, "Typed")

    asked = await say(teacher, TYPED)
    assert "This looks like a test." in asked.text
    assert "2 questions are in it." in asked.text
    lesson = await tap(teacher, "part")
    assert "Added: 📝" in lesson.text
    await say(teacher, TYPED)
    preview = await tap(teacher, "quiz")
    assert "✅ 2 questions can be added." in preview.text
    await tap(teacher, "add")

    assert await question_count(centre, "Typed") == 2


async def test_forwarded_polls_are_one_import_with_one_message(centre: Centre, teacher: SandboxUser) -> None:
    numbers: list[int] = []
    for number in range(4):
        # The last one shows its key.
        await teacher.quiz_poll(f"{number} + 1?", ["7", str(number + 1)], 1 if number == 3 else None, wait=False)
        await teacher.settle()
        numbers.append(max(message.id for message in await teacher.messages() if message.from_me))
    await empty_lesson(teacher, "Forwarded")

    for number in numbers:
        await teacher.forward(number, wait=False)
    await teacher.settle()
    await teacher.wait_for("📥 4 polls are here.", 30)

    assert sum("polls are here" in text or "poll is here" in text for text in await texts(teacher)) == 1
    preview = await follow(centre, teacher)
    assert "✅ 1 question can be added." in preview.text
    assert "🔑 3 have no right answers yet." in preview.text
    asked = await tap(teacher, "keys")
    assert "0 + 1?" in asked.text
    first = next(button for widget, button in (await buttons(teacher)).items() if widget.startswith("option:"))
    assert first.data is not None
    asked = await tap(teacher, [widget for widget in await buttons(teacher) if widget.startswith("option:")][1])
    assert "1 + 1?" in asked.text
    await teacher.forge(asked.id, first.data)
    await teacher.settle()
    asked = await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("skip:")))
    assert "2 + 1?" in asked.text
    preview = await tap(teacher, [widget for widget in await buttons(teacher) if widget.startswith("option:")][1])
    assert "✅ 3 questions can be added." in preview.text
    await tap(teacher, "add")

    assert await question_count(centre, "Forwarded") == 3
    keys = "select distinct key ->> 'correct' from questions where created_by = $1"
    assert [row[0] for row in await centre.pool.fetch(keys, teacher.id)] == ["1"]


async def test_without_a_model_a_photo_gets_a_way_out(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "Photo")

    await teacher.upload(PNG, name="test.png", content_type="image/png", kind="photo", wait=False)
    await teacher.settle()

    assert any("I cannot read photos here." in text for text in await texts(teacher))
    assert "A question for" in (await teacher.last_message()).text


async def test_what_is_no_test_is_said_kindly_where_one_is_asked_for(centre: Centre, teacher: SandboxUser) -> None:
    await to_questions(teacher, "No tests")
    for content, name in ((word("Salom, dunyo"), "salom.docx"), (b"MZ\x00\xff\xfe", "virus.exe"), (b" \n", "bosh.txt")):
        await send(teacher, content, name)
        refused = await teacher.wait_for(f"📄 {name}", 30)
        assert len(refused.text.splitlines()) == 2
    await teacher.send_sticker(wait=False)
    await teacher.settle()
    assert any("Please send a test" in text for text in await texts(teacher))
    assert await question_count(centre, "No tests") == 0


async def test_more_than_a_quiz_takes_goes_into_a_bank_of_which_attempts_draw(
    centre: Centre, teacher: SandboxUser
) -> None:
    await to_questions(teacher, "A large test")
    await send(teacher, word_test(130), "katta.docx")
    preview = await follow(centre, teacher)
    assert "✅ 100 questions can be added." in preview.text
    assert "⚠️ For 30 more there is no room" in preview.text

    asked = await tap(teacher, "bank")
    assert "here are 130" in asked.text
    done = await tap(teacher, "draw:20")

    assert "130 questions are added." in done.text
    bank = await centre.pool.fetchrow(
        "select b.id, b.title, z.settings ->> 'pools' as pools, b.archived_at from question_banks b"
        " join courses c on c.id = b.course_id join lessons l on l.course_id = c.id"
        " join quizzes z on z.lesson_id = l.id where c.title ->> 'en' = 'A large test'"
    )
    assert bank is not None
    assert bank["title"] == "katta"
    assert [(pool["bank_id"], pool["count"]) for pool in orjson.loads(bank["pools"])] == [(bank["id"], 20)]
    undone = await tap(teacher, "undo")
    assert "taken back" in undone.text
    is_gone = await centre.pool.fetchval(
        "select b.archived_at is not null and z.settings ->> 'pools' = '[]' from question_banks b"
        " join lessons l on l.course_id = b.course_id join quizzes z on z.lesson_id = l.id where b.id = $1",
        bank["id"],
    )
    assert is_gone


async def test_nobody_else_opens_or_adds_an_import(centre: Centre, teacher: SandboxUser) -> None:
    other, student = await centre.teacher(name="Botir Aliyev"), await centre.student()
    await to_questions(teacher, "Private test")
    await send(teacher, word_test(3), "maxfiy.docx")
    await answer(centre, teacher)
    import_id = await last_import(centre, teacher)

    for stranger in (other, student):
        for payload in (f"qi_{import_id}", f"qf_{import_id}", "qi_x", "qf_99999999999"):
            await stranger.start(payload)
            await stranger.settle()
        assert not any("maxfiy" in text or "kvadrati" in text for text in await texts(stranger))
    await to_questions(other, "Another one of mine")
    await send(other, word_test(2), "mine.docx")
    preview = await follow(centre, other)
    add = (await buttons(other))["add"].data
    assert add is not None
    await student.forge(preview.id, add)
    await student.settle()

    assert await question_count(centre, "Private test") == 0
    assert await question_count(centre, "Another one of mine") == 0


@pytest.mark.parametrize("language", ["en", "uz", "ru"])
async def test_the_screens_speak_the_teachers_language(centre: Centre, language: str) -> None:
    teacher = await centre.teacher(language)
    await to_questions(teacher, f"Tili {language}")
    await tap(teacher, "desk")
    await send(teacher, word_test(4, wrong=1), "til.docx")
    await answer(centre, teacher)
    shown = ["\n---\n".join(await texts(teacher))]
    await follow(centre, teacher)
    for way in (None, "left_out", "preview", "add", "import"):
        message = await teacher.last_message() if way is None else await tap(teacher, way)
        shown.append("\n".join([message.text, *(f"[{button.text}]" for button in message.buttons)]))
    print("\n=====\n".join(shown))

    assert escape("kvadrati") in shown[1]
