"""A teacher sends a course as a file, and gets it back: by tapping, in the running program."""

import io
import zipfile
from typing import Any

import aiohttp
import openpyxl
import pytest
from docx import Document

from bot.sandbox import Message, SandboxUser
from bot.sandbox.server import DEFAULT_TOKEN
from domain.files import sha256_of
from tests.bot.conftest import Centre
from tests.bot.files.made import pdf
from tests.bot.users.people import buttons, say, tap, texts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = pdf(1, words="plan")


def workbook(title: str, *, category: str = "mathematics", parts: list[list[Any]] | None = None, **more: str) -> bytes:
    book = openpyxl.Workbook()
    course: Any = book.worksheets[0]
    course.title = "course"
    course.append(["key", "value", "uz", "ru", "en"])
    course.append(["title", None, f"{title} uz", None, title])
    course.append(["category", category])
    for key, value in more.items():
        course.append([key, value])
    lessons = book.create_sheet("lessons")
    lessons.append(["number", "section_en", "title_en", "gate", "price"])
    lessons.append([1, "One", "First lesson", "yes", None])
    lessons.append([2, None, "Second lesson", None, None])
    sheet = book.create_sheet("parts")
    sheet.append(["lesson", "kind", "text_en", "file_en"])
    for row in parts if parts is not None else [[1, "", "Some **text**", None]]:
        sheet.append(row)
    questions = book.create_sheet("questions")
    questions.append(["lesson", "question_en", "options_en", "right"])
    questions.append([1, "2 + 2?", "3\n4", 2])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def archive(book: bytes, **files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("course.xlsx", book)
        for name, inner in files.items():
            packed.writestr(f"files/{name.replace('__', '.')}", inner)
    return content.getvalue()


async def send(teacher: SandboxUser, content: bytes, name: str) -> None:
    await teacher.upload(content, name=name, content_type=XLSX, kind="document", wait=False)
    await teacher.settle()


async def look(centre: Centre, teacher: SandboxUser) -> Message:
    """Wait until the file that was sent last is read, and open what it would make."""
    import_id = await centre.pool.fetchval("select max(id) from course_imports where owner_id = $1", teacher.id)
    message = await teacher.wait_for(
        lambda message: any(button.data == f"go:im_{import_id}" for button in message.buttons), 30
    )
    await teacher.push(message.buttons[0])
    await teacher.settle()
    return await teacher.last_message()


async def import_file(centre: Centre, teacher: SandboxUser, content: bytes, name: str) -> Message:
    """From the list of courses to the preview."""
    await say(teacher, "/mycourses")
    await tap(teacher, "import")
    await send(teacher, content, name)
    return await look(centre, teacher)


async def document(centre: Centre, teacher: SandboxUser) -> tuple[str, bytes]:
    """Name and content of the next document that the bot sends."""
    message = await teacher.wait_for(lambda message: message.kind == "document" and not message.from_me, 30)
    sent = message.raw["document"]
    return sent["file_name"], await content_of(centre, sent["file_id"])


async def content_of(centre: Centre, file_id: str) -> bytes:
    async with aiohttp.ClientSession() as session:
        bot = f"{centre.url}/bot{DEFAULT_TOKEN}"
        async with session.post(f"{bot}/getFile", json={"file_id": file_id}) as answer:
            path = (await answer.json())["result"]["file_path"]
        async with session.get(f"{centre.url}/file/bot{DEFAULT_TOKEN}/{path}") as answer:
            return await answer.read()


async def count_of(centre: Centre, title: str) -> int:
    return await centre.pool.fetchval("select count(*) from courses where title ->> 'en' = $1", title)


@pytest.fixture
async def teacher(centre: Centre) -> SandboxUser:
    return await centre.teacher()


async def test_a_course_is_made_of_an_archive(centre: Centre, teacher: SandboxUser) -> None:
    await say(teacher, "/mycourses")
    asked = await tap(teacher, "import")
    assert "Nothing is saved until you confirm it." in asked.text
    book = workbook("Archive & co", parts=[[1, "", "Some **text**", None], [2, "", None, "plan.pdf"]])

    await send(teacher, archive(book, plan__pdf=PDF), "kurs.zip")
    preview = await look(centre, teacher)

    assert "Archive & co" in preview.text
    assert "1 section · 2 lessons · 2 parts · 1 question · 1 file" in preview.text
    assert await count_of(centre, "Archive & co") == 0
    desk = await tap(teacher, "make")
    assert "Archive & co" in desk.text
    assert "✏️ Draft" in desk.text
    assert await count_of(centre, "Archive & co") == 1
    kept = await centre.pool.fetchrow(
        "select m.* from media m join part_media f on f.media_id = m.id join parts p on p.id = f.part_id"
        " join lessons l on l.id = p.lesson_id join courses c on c.id = l.course_id"
        " where c.title ->> 'en' = 'Archive & co'"
    )
    assert kept is not None
    assert (kept["name"], kept["sha256"], kept["kind"]) == ("plan.pdf", sha256_of(PDF), "pdf")


async def test_confirmed_twice_it_is_one_course(centre: Centre, teacher: SandboxUser) -> None:
    preview = await import_file(centre, teacher, workbook("Confirmed twice"), "kurs.xlsx")
    data = (await buttons(teacher))["make"].data
    assert data is not None

    for _ in range(3):
        await teacher.forge(preview.id, data)
    await teacher.settle()
    again = await teacher.last_message()

    assert await count_of(centre, "Confirmed twice") == 1
    assert "Confirmed twice" in again.text


async def test_mistakes_are_named_with_their_rows_and_nothing_can_be_saved(
    centre: Centre, teacher: SandboxUser
) -> None:
    rows = [
        [9, "", "No such lesson", None],
        [1, "hologram", "+1", None],
        [1, "", None, "gone.pdf"],
        [1, "", "ok", None],
    ]
    preview = await import_file(
        centre, teacher, archive(workbook("<b>Wrong</b>", parts=rows, level="guru")), "kurs.zip"
    )

    assert "<b>Wrong</b>" in preview.text
    assert "❌ 4 mistakes. Nothing can be saved yet." in preview.text
    assert "• course, row 4, level: The level “guru” is not known." in preview.text
    assert "• parts, row 2, lesson: There is no lesson “9”." in preview.text
    assert "• parts, row 4, file_en: “gone.pdf” is not in the folder “files”." in preview.text
    assert "make" not in await buttons(teacher)
    await tap(teacher, "mistakes")
    name, content = await document(centre, teacher)
    assert name == "mistakes.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [[cell.value for cell in row] for row in book["parts"].iter_rows()]
    assert cells[0][-1] == "error"
    assert "There is no lesson “9”." in str(cells[1][-1])
    assert cells[2][cells[0].index("text_en")] == "'+1"
    assert cells[4][-1] is None
    assert not any(str(cell or "").startswith(("=", "+", "-", "@")) for row in cells for cell in row)
    await teacher.settle()
    gone = await tap(teacher, "put_away")
    assert "Your courses" in gone.text
    assert await count_of(centre, "<b>Wrong</b>") == 0


async def test_an_unknown_subject_is_chosen_with_a_button(centre: Centre, teacher: SandboxUser) -> None:
    preview = await import_file(centre, teacher, workbook("Star signs", category="astrology"), "kurs.xlsx")
    assert "The subject is not known here." in preview.text
    assert "make" not in await buttons(teacher)

    await tap(teacher, "subject")
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("category:")))
    desk = await tap(teacher, "make")

    assert "Star signs" in desk.text


async def test_what_is_exported_can_be_imported_again(centre: Centre, teacher: SandboxUser) -> None:
    book = workbook("Round trip", parts=[[1, "", "# Some **text**", None], [2, "", None, "plan.pdf"]])
    await import_file(centre, teacher, archive(book, plan__pdf=PDF), "kurs.zip")
    await tap(teacher, "make")
    await say(teacher, "/newlesson")
    await say(teacher, "Third lesson")
    only = pdf(1, words="only Telegram")
    await teacher.upload(only, name="only-telegram.pdf", content_type="application/pdf", kind="document", wait=False)
    await teacher.settle()
    await tap(teacher, "course")

    await tap(teacher, "more")
    await tap(teacher, "export")
    name, content = await document(centre, teacher)

    assert name == "course.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        assert sorted(names) == ["course.xlsx", "files/001-plan.pdf", "files/002-only-telegram.pdf"]
        assert packed.read("files/002-only-telegram.pdf") == only
    preview = await import_file(centre, teacher, content, name)
    assert "1 section · 3 lessons · 3 parts · 1 question · 2 files" in preview.text
    assert "⚠️" not in preview.text
    await tap(teacher, "make")
    assert await count_of(centre, "Round trip") == 2


async def test_a_syllabus_adds_lessons_to_the_open_course(centre: Centre, teacher: SandboxUser) -> None:
    await import_file(centre, teacher, workbook("With a syllabus"), "kurs.xlsx")
    await tap(teacher, "make")
    await tap(teacher, "more")
    asked = await tap(teacher, "import")
    assert "Lessons for “With a syllabus”" in asked.text
    await send(teacher, workbook("Not here"), "kurs.xlsx")
    refused = await teacher.wait_for("Into this course I take a Word syllabus", 30)
    assert refused.text.startswith("📄 kurs.xlsx")
    word = Document()
    word.add_heading("New section", 1)
    word.add_heading("A lesson from Word", 2)
    word.add_paragraph("Its text")
    content = io.BytesIO()
    word.save(content)

    await send(teacher, content.getvalue(), "dastur.docx")
    preview = await look(centre, teacher)
    assert "New lessons for With a syllabus" in preview.text
    desk = await tap(teacher, "add")

    assert "3 lessons:" in desk.text
    assert any("A lesson from Word" in button.text for button in desk.buttons)


async def test_a_file_may_be_sent_straight_to_the_list_of_courses(centre: Centre, teacher: SandboxUser) -> None:
    await say(teacher, "/mycourses")
    await teacher.type("just words")
    await send(teacher, workbook("Straight"), "kurs.xlsx")

    preview = await look(centre, teacher)

    assert "Straight" in preview.text
    assert "No course is called that" in "\n".join(await texts(teacher))


async def test_what_is_no_course_is_refused_kindly(centre: Centre, teacher: SandboxUser) -> None:
    await say(teacher, "/mycourses")
    await tap(teacher, "import")
    await teacher.send_sticker(wait=False)
    await teacher.settle()
    assert "Please send the file as a document" in "\n".join(await texts(teacher))

    for content, name, sentence in (
        (b"MZ\x00\x01", "virus.exe", "I read .xlsx, .zip and .docx here."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "secret.xlsx", "This file has a password"),
        (archive(workbook("Bomb"), big=b"\0")[:900], "half.zip", "This file is damaged."),
    ):
        await send(teacher, content, name)
        refused = await teacher.wait_for(sentence, 30)
        assert name in refused.text


async def test_the_template_can_be_imported_as_it_is(centre: Centre, teacher: SandboxUser) -> None:
    await say(teacher, "/mycourses")
    await tap(teacher, "import")
    await tap(teacher, "template")
    name, content = await document(centre, teacher)
    assert "help" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    await teacher.settle()

    await send(teacher, content, name)
    preview = await look(centre, teacher)

    assert "❌" not in preview.text
    assert "Percentages" in preview.text
    assert "1 section · 2 lessons · 3 parts · 1 question" in preview.text


async def test_nobody_else_opens_an_import_or_an_export(centre: Centre, teacher: SandboxUser) -> None:
    other, student = await centre.teacher(name="Botir Aliyev"), await centre.student()
    await import_file(centre, teacher, workbook("Private"), "kurs.xlsx")
    import_id = await centre.pool.fetchval("select max(id) from course_imports where owner_id = $1", teacher.id)

    for stranger in (other, student):
        await stranger.start(f"im_{import_id}")
        await stranger.settle()
        await stranger.start("im_x")
        await stranger.settle()
        assert not any("Private" in text for text in await texts(stranger))
    await tap(teacher, "make")
    await import_file(centre, other, workbook("Mine"), "kurs.xlsx")
    await tap(other, "make")
    course_id = await centre.pool.fetchval("select id from courses where title ->> 'en' = 'Private'")
    await say(other, "/mycourses")
    mine = next(button for widget, button in (await buttons(other)).items() if widget.startswith("course:"))
    assert mine.data is not None
    assert mine.message_id is not None
    await other.forge(mine.message_id, f"{mine.data.rpartition(':')[0]}:{course_id}")
    await other.settle()

    assert not any("Private" in text for text in await texts(other))
    assert await centre.pool.fetchval("select count(*) from pgqueuer where entrypoint = 'export_course'") == 0


@pytest.mark.parametrize("language", ["en", "uz"])
async def test_the_screens_speak_the_teachers_language(centre: Centre, language: str) -> None:
    teacher = await centre.teacher(language)
    rows = [[9, "", "No such lesson", None]]

    preview = await import_file(centre, teacher, archive(workbook("Tili", parts=rows), extra=b"x"), "kurs.zip")
    print("\n---\n".join([*await texts(teacher), *(button.text for button in preview.buttons)]))
    await tap(teacher, "again")
    print("\n---\n".join(await texts(teacher)))

    assert "Tili" in preview.text
