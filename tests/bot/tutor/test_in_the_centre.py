"""The tutor in the whole running program, which has no model and the demo's lessons."""

import asyncio

import pytest

from tests.bot.conftest import Centre


@pytest.fixture(scope="module", autouse=True)
async def indexed(centre: Centre) -> None:
    """The demo's lessons are indexed by jobs."""
    missing = (
        "select count(*) from lessons l join courses c on c.id = l.course_id"
        " where l.is_published and c.status = 'published'"
        " and not exists (select from passages p where p.lesson_id = l.id)"
    )
    async with asyncio.timeout(60):
        while await centre.pool.fetchval(missing):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("uz", "Foizlarni qanday hisoblayman?"),
        ("uz", "Фоизларни қандай ҳисоблайман?"),
        ("ru", "Как считать проценты?"),
        ("en", "How do I calculate percents?"),
    ],
)
async def test_the_demos_lessons_are_found_in_every_language(centre: Centre, language: str, question: str) -> None:
    student = await centre.student(language)

    await student.send("/ask")
    await student.type(question)
    found = await student.wait_for(lambda message: message.kind == "rich_message" and len(message.buttons) > 0)
    await student.push(found.buttons[0])
    await student.settle()

    assert (found.buttons[0].data or "").startswith("go:l_")
    assert "%" in found.text or "100" in found.text


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_a_conversation_that_is_not_there_leads_to_the_menu(centre: Centre, language: str) -> None:
    student = await centre.student(language)
    desk = await student.send("/ask")

    since = (await student.forge(desk.id, "tutor:more:999999"))["seq"]
    toast = await student.next_event(lambda event: event["type"] == "toast", since=since)
    await student.settle()

    assert toast["text"]
    assert toast["show_alert"]
    assert (await student.last_message()).buttons


@pytest.mark.parametrize("kind", ["document", "voice", "sticker"])
async def test_what_is_not_typed_is_answered_with_what_to_do(centre: Centre, kind: str) -> None:
    student = await centre.student("en")
    await student.send("/ask")

    if kind == "sticker":
        answer = await student.send_sticker()
    else:
        answer = await student.upload(b"\x89PNG\r\n\x1a\n" + b"0" * 64, name="task.png", kind=kind)

    assert answer is not None
    assert "cannot read files or hear voice messages yet" in answer.text
