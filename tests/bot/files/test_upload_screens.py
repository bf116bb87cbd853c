"""What a teacher sees of the files that they send."""

import pytest

from bot.courses import large_files
from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import empty_lesson
from tests.bot.files.lessons import until
from tests.bot.files.made import locked_pdf, pdf
from tests.bot.users.people import texts

MIB = 1024 * 1024


async def send(teacher: SandboxUser, content: bytes, name: str) -> None:
    await teacher.upload(content, name=name, kind="document", wait=False)
    await teacher.settle()


async def told(teacher: SandboxUser, words: str) -> str:
    """The bot's message with these words, when it is there."""

    async def look() -> str | None:
        return next((text for text in await texts(teacher) if words in text), None)

    return await until(look)


async def names(centre: Centre, teacher: SandboxUser) -> list[str]:
    """The files of the teacher's lessons."""
    rows = await centre.pool.fetch(
        "select m.name from media m join part_media pm on pm.media_id = m.id where m.owner_id = $1 order by m.id",
        teacher.id,
    )
    return [row["name"] for row in rows]


async def test_several_files_have_one_message_that_says_how_each_ended(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Three files")

    await send(teacher, pdf(1, words="one"), "one.pdf")
    await send(teacher, locked_pdf(), "locked.pdf")
    await send(teacher, pdf(1, words="three"), "three.pdf")

    async def is_whole() -> str | None:
        shown = [text for text in await texts(teacher) if "locked.pdf" in text and "password" in text]
        return shown[0] if shown and "✅ 2 files stored." in shown[0] else None

    text = await until(is_whole)
    assert "Save it without one and send it again." in text
    assert "out of the lesson" in text
    assert sum("files stored" in text for text in await texts(teacher)) == 1
    assert await names(centre, teacher) == ["one.pdf", "three.pdf"]


async def test_one_small_file_is_kept_without_a_word(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "One file")

    await send(teacher, pdf(1, words="quiet"), "quiet.pdf")

    async def is_closed() -> bool:
        statement = "select bool_and(closed_at is not null) from upload_batches where user_id = $1"
        return await centre.pool.fetchval(statement, teacher.id)

    await until(is_closed)
    assert await centre.pool.fetchval("select sha256 from media where owner_id = $1", teacher.id)
    late = await centre.pool.fetchval(
        "select ended_at > opened_at + interval '2 s' from upload_batches b join uploads u on u.batch_id = b.id"
        " where b.user_id = $1",
        teacher.id,
    )
    assert any("stored" in text for text in await texts(teacher)) == late, "only where a slow machine took longer"


async def test_a_file_that_is_too_large_is_named_kindly_and_stays(centre: Centre) -> None:
    teacher = await centre.teacher("uz")
    await empty_lesson(teacher, "Katta fayl")

    await send(teacher, pdf() + bytes(21 * MIB), "katta.pdf")
    text = await told(teacher, "20 MB")

    assert "katta.pdf" in text
    assert await names(centre, teacher) == ["katta.pdf"]


async def test_a_full_place_is_told_with_what_is_used(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Full")
    await send(teacher, pdf(1, words="first"), "first.pdf")
    await centre.pool.execute("update storage_usage set files = 5000 where user_id = $1", teacher.id)

    await send(teacher, pdf(1, words="second"), "second.pdf")

    text = await told(teacher, "Your place for files is full")
    assert "5000 of 5000 files" in text
    assert await centre.pool.fetchval("select count(*) from media where owner_id = $1", teacher.id) == 1


async def test_a_teacher_who_has_blocked_the_bot_stops_nothing(centre: Centre) -> None:
    teacher = await centre.teacher()
    await empty_lesson(teacher, "Blocked")
    await send(teacher, locked_pdf(), "locked.pdf")
    await teacher.block()

    async def is_closed() -> bool:
        statement = "select bool_and(closed_at is not null) from upload_batches where user_id = $1"
        return await centre.pool.fetchval(statement, teacher.id)

    await until(is_closed)
    await teacher.unblock()


@pytest.mark.parametrize("size", [MIB, MIB + 1])
async def test_the_desk_says_at_once_that_no_copy_is_kept_of_what_is_too_large(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(large_files, "largest_download", lambda manager: MIB)
    teacher = await centre.teacher()
    await empty_lesson(teacher, "A large file")

    content = pdf(1, words="large")
    await send(teacher, content + bytes(size - len(content)), "large.pdf")

    desk = await told(teacher, "✅ Added: 📄 large.pdf")
    assert ("larger than 1 MB" in desk) is (size > MIB)
    assert ("students get it all the same" in desk) is (size > MIB)
