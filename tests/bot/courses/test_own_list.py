"""The list of one's own courses: leafed through, and searched by typing."""

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import make_course
from tests.bot.users.people import buttons, say, tap

ADD = """
    insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
    select 'list' || n, (select min(id) from categories), $1, 'en', jsonb_build_object('en', 'Course ' || n), 'free',
        'draft', 'course ' || n, now()
    from generate_series(1, 20) n
"""


async def test_a_long_list_is_leafed_through_and_searched(centre: Centre) -> None:
    teacher = await centre.teacher()
    await centre.pool.execute(ADD, teacher.id)

    first = await say(teacher, "/mycourses")
    assert "Type a part of a name" in first.text
    shown = [await _titles(teacher)]
    assert "previous_page" not in await buttons(teacher)
    await tap(teacher, "next_page")
    shown.append(await _titles(teacher))
    await tap(teacher, "next_page")
    shown.append(await _titles(teacher))
    assert "next_page" not in await buttons(teacher)
    assert [title.split()[2] for page in shown for title in page] == [str(n) for n in range(20, 0, -1)]
    await tap(teacher, "previous_page")
    assert await _titles(teacher) == shown[1]

    found = await say(teacher, "Course 17")
    assert "🔎 Course 17" in found.text
    [only] = await _titles(teacher)
    assert "Course 17" in only
    nothing = await say(teacher, "<b>😀</b>" + "x" * 500)
    assert "No course is called that" in nothing.text
    await tap(teacher, "all_courses")
    assert await _titles(teacher) == shown[0]

    await say(teacher, "Course 13")
    course = next(widget for widget in await buttons(teacher) if widget.startswith("course:"))
    assert "Course 13" in (await tap(teacher, course)).text


async def test_a_command_finds_its_course_by_typing_too(centre: Centre) -> None:
    teacher = await centre.teacher()
    await centre.pool.execute(ADD.replace("'list'", "'pick'"), teacher.id)

    await say(teacher, "/price")
    await say(teacher, "course 17")
    course = next(widget for widget in await buttons(teacher) if widget.startswith("course:"))
    asked = await tap(teacher, course)

    assert "Course 17" in asked.text


async def test_a_short_list_says_nothing_about_searching(centre: Centre) -> None:
    teacher = await centre.teacher()
    await make_course(teacher, "Only one")
    await tap(teacher, "free")

    studio = await say(teacher, "/mycourses")

    assert "Choose a course" in studio.text
    assert "Type a part" not in studio.text


async def _titles(teacher: SandboxUser) -> list[str]:
    found = await buttons(teacher)
    return [button.text for widget, button in found.items() if widget.startswith("course:")]
