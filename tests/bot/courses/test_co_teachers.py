"""Two teachers work on one course, invited by a link that works once."""

import re

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_settings import options
from tests.bot.users.people import buttons, say, tap, texts


async def invitation(owner: SandboxUser) -> str:
    """The payload of a fresh link, from the teachers' screen."""
    await tap(owner, "invite")
    found = [re.search(r"start=(ct_[\w-]+)", text) for text in await texts(owner)]
    return [match[1] for match in found if match][-1]


async def follow(person: SandboxUser, payload: str) -> Message:
    await person.start(payload)
    await person.settle()
    return await person.last_message()


async def test_a_teacher_joins_by_a_link_works_on_the_course_and_leaves(centre: Centre) -> None:
    owner, other = await centre.teacher(), await centre.teacher(name="Botir <b>Aliyev")
    title = await options(owner, "Together")
    page = await tap(owner, "teachers")
    assert "Nobody else teaches this course yet." in page.text
    payload = await invitation(owner)
    assert len(payload) <= 64

    asked = await follow(other, payload)
    assert f"You are invited to teach {title} together." in asked.text
    desk = await tap(other, "join")
    assert title in desk.text
    await owner.wait_for(f"Botir <b>Aliyev teaches {title} together with you now.")
    await tap(other, "add_lesson")
    await say(other, "Lesson of the other one")
    await tap(other, "course")
    await tap(other, "options")
    page = await tap(other, "teachers")
    assert "invite" not in await buttons(other)
    assert "👤 Botir <b>Aliyev" in [button.text for button in page.buttons]
    await tap(other, "leave")
    studio = await tap(other, "leave_now")

    assert "You have no courses yet." in studio.text
    await follow(other, payload)
    assert "no longer valid" in "\n".join(await texts(other))


async def test_the_owner_takes_a_co_teacher_off_and_an_open_screen_is_no_way_in(centre: Centre) -> None:
    owner, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    title = await options(owner, "Taken off")
    await tap(owner, "teachers")
    await follow(other, await invitation(owner))
    await tap(other, "join")
    await tap(other, "add_lesson")

    await owner.wait_for(f"Botir Aliyev teaches {title} together with you now.")
    await say(owner, "/mycourses")
    await tap(owner, next(widget for widget in await buttons(owner) if widget.startswith("course:")))
    await tap(owner, "options")
    await tap(owner, "teachers")
    await tap(owner, f"teacher:{other.id}")
    page = await tap(owner, "remove")
    assert "Nobody else teaches this course yet." in page.text
    await say(other, "Still typing")

    lessons = "select count(*) from lessons l join courses c on c.id = l.course_id where c.title ->> 'en' = $1"
    assert await centre.pool.fetchval(lessons, title) == 1
    assert "This is not among your courses." in "\n".join(await texts(other))


async def test_a_student_is_told_kindly_and_the_link_stays_good(centre: Centre) -> None:
    owner, student, other = await centre.teacher(), await centre.student(), await centre.teacher(name="Botir Aliyev")
    title = await options(owner, "For teachers")
    await tap(owner, "teachers")
    payload = await invitation(owner)

    await follow(student, payload)
    assert "Ask the centre to make you a teacher" in "\n".join(await texts(student))

    assert title in (await follow(other, payload)).text
    assert title in (await tap(other, "join")).text


async def test_of_two_who_look_at_one_link_the_later_is_told(centre: Centre) -> None:
    owner, first, second = await centre.teacher(), await centre.teacher(name="A B"), await centre.teacher(name="C D")
    title = await options(owner, "One place")
    await tap(owner, "teachers")
    payload = await invitation(owner)
    for person in (first, second):
        assert title in (await follow(person, payload)).text

    await tap(first, "join")
    answer = await second.press((await buttons(second))["join"].text, exact=True)

    assert "no longer valid" in answer.text
    count = "select count(*) from course_teachers t join courses c on c.id = t.course_id where c.title ->> 'en' = $1"
    assert await centre.pool.fetchval(count, title) == 1


async def test_forged_links_lead_to_the_menu_with_a_reason(centre: Centre) -> None:
    other = await centre.teacher()

    for payload in ("ct_", "ct_x", "ct_" + "A" * 32, "ct"):
        menu = await follow(other, payload)
        assert "Hello" in menu.text

    assert "This invitation is no longer valid." in "\n".join(await texts(other))


async def test_the_token_is_kept_nowhere_but_in_the_messages_themselves(centre: Centre) -> None:
    owner, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    await options(owner, "Secret")
    await tap(owner, "teachers")
    token = (await invitation(owner)).removeprefix("ct_")
    await follow(other, f"ct_{token}")

    for table in ("course_invitations", "dialog_states", "notifications"):
        rows = await centre.pool.fetch(f"select to_jsonb(t)::text as row from {table} t")
        assert not any(token in row["row"] for row in rows)
