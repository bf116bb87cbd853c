"""The buttons of a course's desk: what is shown, what is behind “More”, and taps that come late or twice."""

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import empty_lesson, make_course
from tests.bot.users.people import buttons, say, tap, texts

DAILY = {"add_lesson", "publish", "price", "options", "more", "studio"}


async def desk_of_empty_course(teacher: SandboxUser, title: str) -> None:
    await make_course(teacher, title)
    await tap(teacher, "free")


async def test_an_empty_draft_offers_neither_its_order_nor_its_link(centre: Centre) -> None:
    teacher = await centre.teacher()

    await desk_of_empty_course(teacher, "Nothing in it")

    shown = await buttons(teacher)
    assert set(shown) == DAILY
    assert not any("Copy the link" in button.text for button in shown.values())


async def test_what_is_rarely_needed_is_one_tap_away_and_leads_back(centre: Centre) -> None:
    teacher = await centre.teacher()
    await desk_of_empty_course(teacher, "Behind more")

    await tap(teacher, "more")
    menu = {"rename", "describe", "import", "export", "banks", "certificates", "archive", "desk"}
    assert set(await buttons(teacher)) == menu
    await tap(teacher, "rename")
    renamed = await say(teacher, "Still behind more")

    assert "Still behind more" in renamed.text
    assert set(await buttons(teacher)) >= DAILY


async def test_archiving_twice_from_an_old_keyboard_is_archiving_once(centre: Centre) -> None:
    teacher, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    await desk_of_empty_course(teacher, "Archived twice")
    asked = await tap(teacher, "more")
    archive = (await buttons(teacher))["archive"].data
    assert archive is not None

    await teacher.forge(asked.id, archive)
    await teacher.forge(asked.id, archive)
    await teacher.settle()
    await other.forge(asked.id, archive)
    await other.settle()

    status = "select status from courses where title ->> 'en' = 'Archived twice'"
    assert await centre.pool.fetchval(status) == "archived"
    await say(teacher, "/mycourses")
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("course:")))
    restored = await tap(teacher, "restore")
    assert "✏️ Draft" in restored.text
    assert not any("Archived twice" in text for text in await texts(other))


async def test_a_lesson_says_at_length_what_it_takes_only_while_it_is_empty(centre: Centre) -> None:
    teacher = await centre.teacher()
    empty = await empty_lesson(teacher, "Filled lesson")
    assert "Send or forward material here" in empty.text

    filled = await say(teacher, "The first words.")

    assert "Send or forward more here." in filled.text
    assert "Send or forward material here" not in filled.text
