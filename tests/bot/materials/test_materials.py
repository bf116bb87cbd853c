"""People send files, read them page by page, share and delete them: by tapping."""

from pathlib import Path

import pytest

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.files.lessons import until
from tests.bot.files.made import locked_pdf
from tests.bot.materials.made import text_pdf, word
from tests.bot.users.people import buttons, say, tap, texts

PHOTO = Path("bot/sandbox/demo/courses/percentages/cover.jpg")
BOOK = text_pdf([["Birinchi bob", "Kuch va massa"], ["Ikkinchi bob", "F = ma"], []])


async def open_list(person: SandboxUser) -> str:
    return (await say(person, "/materials")).text


async def send(person: SandboxUser, content: bytes, name: str, **more: str) -> None:
    await person.upload(content, name=name, kind=more.get("kind", "document"), wait=False)
    await person.settle()


async def told(person: SandboxUser, words: str) -> str:
    """The bot's message with these words, when it is there."""

    async def look() -> str | None:
        return next((text for text in await texts(person) if words in text), None)

    return await until(look)


async def reader(centre: Centre, content: bytes = BOOK, name: str = "fizika.pdf") -> SandboxUser:
    """A student whose file is ready, in front of the list."""
    person = await centre.student()
    await open_list(person)
    await send(person, content, name)
    await told(person, "✅ Ready")
    await open_list(person)
    return person


async def choose(person: SandboxUser) -> str:
    return (await tap(person, next(widget for widget in await buttons(person) if widget.startswith("material:")))).text


async def material_of(centre: Centre, person: SandboxUser) -> int:
    return await centre.pool.fetchval("select max(id) from materials where owner_id = $1", person.id)


async def test_an_empty_list_says_what_to_do(centre: Centre) -> None:
    person = await centre.student()

    assert "Send me a file" in await open_list(person)
    assert "Nothing yet" in (await tap(person, "shared")).text
    await tap(person, "list")
    await say(person, "salom")
    assert "Please send a file" in "\n".join(await texts(person))


async def test_a_file_is_followed_by_one_message_to_the_end(centre: Centre) -> None:
    person = await reader(centre)

    followed = [text for text in await texts(person) if "fizika.pdf" in text]
    assert len(followed) == 1
    assert "3 pages" in followed[0]
    assert "1 page is a picture" in followed[0]


async def test_pages_are_looked_through_searched_and_shown_as_pictures(centre: Centre) -> None:
    person = await reader(centre)
    assert "3 pages" in await choose(person)

    assert "Kuch va massa" in (await tap(person, "read")).text
    assert "F = ma" in (await tap(person, "next")).text
    assert "no text on this page" in (await tap(person, "next")).text
    assert "next" not in await buttons(person)
    assert "Kuch va massa" in (await say(person, "1")).text
    assert "2/3" in (await say(person, "f = MA")).text
    await tap(person, "picture")
    pictures = [message for message in await person.messages() if message.kind == "photo"]
    assert len(pictures) == 1
    assert "fizika.pdf, page 2" in pictures[0].text
    assert "Nothing found" in (await say(person, "<b>yo‘q</b> & so‘z")).text
    assert "no_words" not in (await tap(person, "no_words"), await buttons(person))[1]


async def test_a_page_that_is_not_there_is_said_kindly(centre: Centre) -> None:
    person = await reader(centre)
    await choose(person)
    await tap(person, "read")

    await say(person, "77")

    assert "no such page" in "\n".join(await texts(person))


async def test_a_material_is_renamed_deleted_and_brought_back(centre: Centre) -> None:
    person = await reader(centre)
    await choose(person)

    await tap(person, "rename")
    assert "at least one letter" in "\n".join([(await say(person, "…")).text, *await texts(person)])
    assert "<i>Fizika</i>.pdf" in (await say(person, "<i>Fizika</i>")).text
    assert "deleted" in (await tap(person, "delete")).text
    assert not [widget for widget in await buttons(person) if widget.startswith("material:")]
    await tap(person, "undo")
    assert "Fizika" in await choose(person)


async def test_a_file_that_cannot_be_read_says_why_and_what_to_do(centre: Centre) -> None:
    person = await centre.student()
    await open_list(person)

    await send(person, locked_pdf(), "qulf.pdf")

    assert "Save it without one" in await told(person, "has a password")


@pytest.mark.parametrize(("name", "words"), [("qo‘shiq.mp3", "cannot read this kind"), ("eski.doc", "old Office")])
async def test_what_nobody_reads_is_refused_at_once(centre: Centre, name: str, words: str) -> None:
    person = await centre.student()
    await open_list(person)

    await send(person, b"some bytes", name)

    assert any(words in text for text in await texts(person))
    assert await centre.pool.fetchval("select count(*) from materials where owner_id = $1", person.id) == 0


async def test_a_photo_is_said_to_be_unreadable_where_no_model_is_connected(centre: Centre) -> None:
    person = await centre.student()
    await open_list(person)

    await send(person, PHOTO.read_bytes(), "a.jpg", kind="photo")

    assert "I cannot read pictures here" in await told(person, "Its pages are pictures")


async def test_the_same_file_again_is_said_to_be_there(centre: Centre) -> None:
    content = word(("Heading 1", "Kuch"))
    person = await reader(centre, content, "fizika.docx")

    await send(person, content, "boshqa.docx")

    assert "“fizika.docx”" in await told(person, "sent this file before")


async def test_somebody_elses_material_is_not_there_by_link_or_by_a_forged_tap(centre: Centre) -> None:
    owner = await reader(centre)
    number = await material_of(centre, owner)
    thief = await centre.student()

    for payload in (f"mt_{number}", f"mt_{number}-1", "mt_999999999", "mt_1-99999999999999", "mt_x"):
        await thief.start(payload)
        await thief.settle()
        said = "\n".join(await texts(thief))
        assert "fizika" not in said
        assert "Kuch va massa" not in said
    await open_list(thief)
    data = next(button.data for button in (await buttons(thief)).values() if button.data)
    message = (await thief.last_message()).id
    for widget in (f"material:{number}", "material:x", f"material:{'9' * 30}"):
        await thief.forge(message, f"{data.rpartition(chr(29))[0]}{chr(29)}{widget}")
        await thief.settle()
        assert "fizika" not in "\n".join(await texts(thief))


async def test_a_link_leads_to_a_page_of_ones_own(centre: Centre) -> None:
    person = await reader(centre)
    number = await material_of(centre, person)

    await person.start(f"mt_{number}-2")
    await person.settle()

    assert "F = ma" in (await person.last_message()).text


async def test_a_double_tap_on_delete_deletes_once(centre: Centre) -> None:
    person = await reader(centre)
    await choose(person)
    button = (await buttons(person))["delete"]
    assert button.data is not None
    assert button.message_id is not None

    for _ in range(2):
        await person.forge(button.message_id, button.data)
    await person.settle()

    assert "undo" in await buttons(person)


async def test_a_teacher_shares_with_a_course_and_takes_it_back(centre: Centre) -> None:
    teacher = await centre.teacher()
    student = await centre.student()
    course_id = await centre.pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
        select concat('mat', $1::bigint), min(id), $1::bigint, 'en', '{"en": "Forces"}', 'free', 'draft', '', now()
        from categories
        returning id
        """,
        teacher.id,
    )
    await open_list(teacher)
    await send(teacher, BOOK, "kuch.pdf")
    await told(teacher, "✅ Ready")
    await open_list(teacher)
    await choose(teacher)
    await tap(teacher, "share")
    share = next(widget for widget in await buttons(teacher) if widget.startswith("course:"))

    await tap(teacher, share)
    await centre.pool.execute("update courses set status = 'published' where id = $1", course_id)
    await centre.pool.execute(
        "insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, 'active', now())",
        student.id,
        course_id,
    )
    await open_list(student)
    await tap(student, "shared")
    card = await choose(student)
    assert "kuch.pdf" in card
    assert {"rename", "delete", "share", "again"}.isdisjoint(await buttons(student))
    assert "Shared with: Forces" in (await tap(teacher, "card")).text
    await tap(teacher, "share")
    await tap(teacher, share)
    await tap(student, "read")

    assert "no longer there" in "".join(toast.text for toast in await student.toasts())
    assert "Kuch va massa" not in "\n".join(await texts(student))
    await open_list(student)
    assert "Nothing yet" in (await tap(student, "shared")).text
