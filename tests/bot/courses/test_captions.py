"""Captions keep what Telegram formatted, and a long one is not cut."""

from collections.abc import Mapping
from typing import Any

from tests.bot.conftest import Centre
from tests.bot.courses.test_structure import row
from tests.bot.courses.test_studio import PDF, empty_lesson
from tests.bot.users.people import say, tap


async def shown(centre: Centre, caption: str) -> list[Mapping[str, Any]]:
    """What the author's preview of a file with that caption looks like."""
    teacher = await centre.teacher()
    await empty_lesson(teacher, f"Captions {len(caption)}")
    await teacher.upload(PDF, name="plan.pdf", content_type="application/pdf", kind="document", wait=False)
    await teacher.settle()
    await tap(teacher, "parts")
    await tap(teacher, await row(teacher, "plan.pdf"))
    await tap(teacher, "caption")
    await say(teacher, caption)
    await tap(teacher, "parts")
    await tap(teacher, "desk")
    await tap(teacher, "preview")
    raw = [message.raw for message in await teacher.messages() if not message.from_me]
    last = max(number for number, message in enumerate(raw) if "document" in message)
    return raw[last : last + 2]


async def test_a_caption_is_shown_with_its_formatting(centre: Centre) -> None:
    document, _buttons = await shown(centre, "# Plan\n\n**Bold** and <b>not bold</b> 2*2")

    assert document["caption"] == "Plan\n\nBold and <b>not bold</b> 2*2"
    assert "bold" in {entity["type"] for entity in document["caption_entities"]}


async def test_a_caption_that_is_too_long_follows_as_a_text(centre: Centre) -> None:
    words = "👩‍🏫 word " * 200
    document, text = await shown(centre, words)

    assert "caption" not in document
    assert str(text).count("word") >= 200
