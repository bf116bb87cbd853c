"""SEC-7: a file of a lesson that somebody may not open never goes to them, by whatever way they ask."""

import itertools
import json
from typing import Any

import pytest

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.files.lessons import all_kept, filled_course, media_of, until
from tests.bot.files.made import PNG, pdf
from tests.bot.users.people import buttons, say

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
async def locked(centre: Centre) -> tuple[SandboxUser, str]:
    """A paid course with files and marked words, and its teacher."""
    teacher = await centre.teacher()
    code = await filled_course(
        centre,
        teacher,
        (pdf(1, words="MARKED-BYTES"), "marked.pdf", "document"),
        (PNG + b"MARKED-BYTES", "marked.png", "document"),
        price="150 ming",
        words="MARKED-WORDS of the lesson",
    )
    await until(lambda: all_kept(centre, code))
    return teacher, code


async def marks(centre: Centre, code: str) -> list[str]:
    return [media["telegram_file_id"] for media in await media_of(centre, code)] + ["MARKED-BYTES", "MARKED-WORDS"]


def leaked(centre: Centre, found: list[str], *people: SandboxUser) -> list[str]:
    """Marks in anything that the bot sent to these people."""
    ids = {person.id for person in people}
    return [
        f"{call.method}: {mark}"
        for call in centre.sandbox.calls
        if call.chat_id in ids
        for mark in found
        if mark in json.dumps(call.params, default=_readable)
    ]


def _readable(value: Any) -> str:
    content = getattr(value, "content", value)
    return content.decode("latin-1") if isinstance(content, bytes) else repr(content)


async def lesson_ids(centre: Centre, code: str) -> tuple[int, int, int]:
    row = await centre.pool.fetchrow(
        "select l.id as lesson_id, c.id as course_id,"
        " (select max(p.id) from parts p where p.lesson_id = l.id) as part_id"
        " from lessons l join courses c on c.id = l.course_id where c.code = $1",
        code,
    )
    assert row is not None
    return row["lesson_id"], row["course_id"], row["part_id"]


async def press_everything(student: SandboxUser) -> None:
    for widget in list(await buttons(student)):
        found = await buttons(student)
        if widget in found and not widget.startswith(("ua", "ru", "payme")):
            await student.tap(found[widget].text, exact=True)
            await student.settle()


async def test_links_commands_and_words_open_nothing(centre: Centre, locked: tuple[SandboxUser, str]) -> None:
    _teacher, code = locked
    student = await centre.student()
    lesson_id, course_id, _part = await lesson_ids(centre, code)

    for payload in (f"c_{code}", f"l_{lesson_id}", f"q_{lesson_id}", f"l_{course_id}", "l_0", f"l_-{lesson_id}"):
        await student.start(payload)
        await student.settle()
    for words in ("/learn", "marked", "MARKED-WORDS", "/ask MARKED-WORDS?", "/preview", f"/lesson {lesson_id}"):
        await say(student, words)

    assert leaked(centre, [mark for mark in await marks(centre, code) if mark != "MARKED-WORDS"], student) == []


async def test_buttons_of_the_course_open_nothing(centre: Centre, locked: tuple[SandboxUser, str]) -> None:
    _teacher, code = locked
    student = await centre.student()
    await student.start(f"c_{code}")
    await student.settle()
    await press_everything(student)
    lesson_id, _course, _part = await lesson_ids(centre, code)
    await student.start(f"l_{lesson_id}")
    await student.settle()
    await press_everything(student)

    assert leaked(centre, await marks(centre, code), student) == []


async def test_stale_and_forged_taps_open_nothing(centre: Centre, locked: tuple[SandboxUser, str]) -> None:
    """Buttons of a free lesson, pressed with the ids of the locked one and when their screen is long gone."""
    teacher, code = locked
    student = await centre.student()
    free = await filled_course(centre, teacher)
    lesson_id, course_id, part_id = await lesson_ids(centre, code)
    await student.start(f"c_{free}")
    await student.settle()
    seen = {button.data: button.message_id for button in (await buttons(student)).values() if button.data}
    lesson_button = next(widget for widget in await buttons(student) if widget.startswith("lesson:"))
    await student.tap((await buttons(student))[lesson_button].text, exact=True)
    await student.settle()
    seen |= {button.data: button.message_id for button in (await buttons(student)).values() if button.data}
    assert len(seen) > 3

    for data, message_id in seen.items():
        if message_id is None:
            continue
        head = data.rpartition(":")[0] if ":" in data else data
        for forged in (data, f"{head}:{lesson_id}", f"{head}:{course_id}", f"{head}:{part_id}", f"part:{part_id}"):
            if len(forged.encode()) <= 64:
                await student.forge(message_id, forged)
                await student.settle()

    assert leaked(centre, await marks(centre, code), student) == []


async def test_a_teacher_s_buttons_and_messages_are_worth_nothing_to_others(
    centre: Centre, locked: tuple[SandboxUser, str]
) -> None:
    teacher, code = locked
    student, other = await centre.student(), await centre.teacher(name="Botir Aliyev")
    await say(teacher, "/mycourses")
    data = [button.data for button in (await buttons(teacher)).values() if button.data]

    for person in (student, other):
        shown = await say(person, "/menu")
        for one in data:
            await person.forge(shown.id, one)
            await person.settle()

    assert leaked(centre, await marks(centre, code), student, other) == []


async def test_ids_of_files_that_somebody_types_are_not_sent_on(
    centre: Centre, locked: tuple[SandboxUser, str]
) -> None:
    """Whoever has heard an id from another student gets nothing for it."""
    _teacher, code = locked
    student = await centre.student()
    found = [media["telegram_file_id"] for media in await media_of(centre, code)]

    for file_id in found:
        for words in (file_id, f"/ask {file_id}", f"/start {file_id[:60]}", f"tg://file?id={file_id}"):
            await say(student, words)

    sent = [
        call.method
        for call in centre.sandbox.calls
        if call.chat_id == student.id
        and any(
            call.params.get(kind) in found for kind in ("document", "photo", "video", "audio", "voice", "animation")
        )
    ]
    assert sent == []


async def test_a_reply_and_a_forward_bring_no_file(centre: Centre, locked: tuple[SandboxUser, str]) -> None:
    _teacher, code = locked
    student = await centre.student()
    await student.start(f"c_{code}")
    await student.settle()
    shown = await student.last_message()

    await student.type("What is in it?", reply_to=shown.id)
    await student.settle()
    await student.forward((await student.last_message()).id, wait=False)
    await student.settle()

    assert leaked(centre, await marks(centre, code), student) == []


async def test_who_may_open_it_gets_all_of_it(centre: Centre, locked: tuple[SandboxUser, str]) -> None:
    """The control: the scan sees what it looks for."""
    teacher, code = locked
    lesson_id, _course, _part = await lesson_ids(centre, code)
    await teacher.start(f"l_{lesson_id}")
    await teacher.settle()

    found = leaked(centre, await marks(centre, code), teacher)

    assert {line.partition(": ")[2] for line in found} >= {*(await marks(centre, code))} - {"MARKED-BYTES"}
