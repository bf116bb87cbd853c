"""A teacher whose lesson has files, and students who may or may not open it."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import code_of, make_course
from tests.bot.files.made import pdf
from tests.bot.users.people import buttons, say, tap

_numbers = itertools.count(1)
WAIT = 20.0


async def filled_course(
    centre: Centre,
    teacher: SandboxUser,
    *files: tuple[bytes, str, str],
    price: str | None = None,
    words: str = "Words of the lesson",
) -> str:
    """A published course of one lesson with a text and these files (content, name, kind); its code."""
    title = f"Files {next(_numbers)}"
    await make_course(teacher, title)
    if price is None:
        await tap(teacher, "free")
    else:
        await tap(teacher, "whole")
        await say(teacher, price)
    await tap(teacher, "add_lesson")
    await say(teacher, "First lesson")
    await say(teacher, words)
    for content, name, kind in files or ((pdf(), f"{title}.pdf", "document"),):
        await teacher.upload(content, name=name, kind=kind, wait=False)
        await teacher.settle()
    await tap(teacher, "course")
    await tap(teacher, "publish")
    return await code_of(centre, title)


async def until(check: Callable[[], Any]) -> Any:
    """Wait until the check gives something."""
    async with asyncio.timeout(WAIT):
        while not (found := await check()):
            await asyncio.sleep(0.05)
    return found


async def media_of(centre: Centre, code: str) -> list[Any]:
    """Its files, in the order of the lesson."""
    return await centre.pool.fetch(
        """
        select m.* from media m join part_media pm on pm.media_id = m.id join parts p on p.id = pm.part_id
        join lessons l on l.id = p.lesson_id join courses c on c.id = l.course_id
        where c.code = $1 order by p.position
        """,
        code,
    )


async def all_kept(centre: Centre, code: str) -> bool:
    return all(media["sha256"] or media["unkept"] for media in await media_of(centre, code))


async def open_lesson(student: SandboxUser, code: str) -> None:
    await student.start(f"c_{code}")
    await student.settle()
    await tap(student, next(widget for widget in await buttons(student) if widget.startswith("lesson:")))
