"""A teacher sends a course as a file, and gets it back: by tapping, in the running program."""

import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import openpyxl
import pytest

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.users.people import say, tap, texts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


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


async def read_result(teacher: SandboxUser) -> Message:
    """The message that says what was read, with its button; or why it was not."""
    return await teacher.wait_for(lambda message: not message.from_me and message.text.startswith(("📥 ", "📄 "))
        and ("section" in message.text or "Look at it" in str([b.text for b in message.buttons]) or "\n" in message.text)
        and "I am reading it" not in message.text and "Import a course" not in message.text, 60)  # fmt: skip


async def look(teacher: SandboxUser) -> Message:
    await teacher.wait_for(lambda message: any(button.text == "👀 Look at it" for button in message.buttons), 60)
    await teacher.tap("👀 Look at it", exact=True)
    await teacher.settle()
    return await teacher.last_message()


async def document_of(centre: Centre, message: Message) -> bytes:
    """What the chat page would download."""
    raw = message.raw if hasattr(message, "raw") else {}
    raise NotImplementedError(raw)


@pytest.fixture
async def teacher(centre: Centre) -> AsyncIterator[SandboxUser]:
    yield await centre.teacher()


async def test_a_course_is_made_of_an_archive(centre: Centre, teacher: SandboxUser) -> None:
    category = await centre.pool.fetchval("select slug from categories order by id limit 1")
    await say(teacher, "/mycourses")
    asked = await tap(teacher, "import")
    assert "Nothing is saved until you confirm it." in asked.text
    book = workbook(
        "Archive & co", category=category, parts=[[1, "", "Some **text**", None], [2, "", None, "plan.pdf"]]
    )

    await send(teacher, archive(book, plan__pdf=PDF), "kurs.zip")
    preview = await look(teacher)

    print("\n".join(await texts(teacher)))
    assert "Archive & co" in preview.text
    assert "1 section · 2 lessons · 2 parts · 1 question · 1 file" in preview.text
    assert await centre.pool.fetchval("select count(*) from courses where title ->> 'en' = 'Archive & co'") == 0
    desk = await tap(teacher, "make")
    assert "Archive & co" in desk.text
    assert "✏️ Draft" in desk.text
    assert await centre.pool.fetchval("select count(*) from courses where title ->> 'en' = 'Archive & co'") == 1
