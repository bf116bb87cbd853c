"""Somebody tells about themselves, and others look at the card."""

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.users.people import buttons, say, tap, texts

CLOSED = "This profile is not open."


async def public_home(person: SandboxUser) -> str:
    await say(person, "/me")
    return (await tap(person, "public")).text


async def code_of(centre: Centre, person: SandboxUser) -> str:
    return await centre.pool.fetchval("select code from user_profiles where user_id = $1", person.id)


async def visit(visitor: SandboxUser, code: str) -> str:
    """What the link shows: everything that it has said."""
    seen = len(await texts(visitor))
    await say(visitor, f"/start u_{code}")
    return "\n".join((await texts(visitor))[max(seen - 1, 0) :])


async def test_a_student_tells_about_themselves_and_others_see_it_when_it_is_open(centre: Centre) -> None:
    student, other = await centre.student(name="Nodir <b>Saidov"), await centre.student()
    home = await public_home(student)
    assert "Only you see it" in home
    code = await code_of(centre, student)
    assert CLOSED in await visit(other, code)

    await tap(student, "bio")
    await say(student, "x" * 301)
    assert "300 characters at most" in "\n".join(await texts(student))
    assert "<i>Hello</i> & welcome" in (await say(student, "<i>Hello</i> & welcome")).text
    await tap(student, "location")
    await say(student, "Samarkand")
    await tap(student, "links")
    await tap(student, "kind:youtube")
    await say(student, "http://youtube.com/@nodir")
    assert "https://" in "\n".join(await texts(student))
    await say(student, "youtube.com/@nodir")
    await tap(student, "home")
    await tap(student, "skills")
    await tap(student, "new")
    await say(student, "Algebra")
    skill = await tap(student, "level:5")
    assert "★★★★★" in skill.text
    await tap(student, "skills")
    await tap(student, "home")
    await tap(student, "open")

    card = await visit(other, code)
    assert "Nodir <b>Saidov" in card
    assert "<i>Hello</i> & welcome" in card
    assert "Samarkand" in card
    assert "youtube.com/@nodir" in card
    assert "Algebra ★★★★★" in card
    assert str(student.id) not in card
    assert "change" not in await buttons(other)

    await tap(student, "close")
    assert CLOSED in await visit(other, code)


async def test_closed_unknown_and_malformed_links_say_the_same(centre: Centre) -> None:
    student, other = await centre.student(), await centre.student()
    await public_home(student)

    said: set[str] = set()
    for code in (await code_of(centre, student), "A" * 16, "", "%27--", "_" * 62):
        await visit(other, code)
        shown = await texts(other)
        said.add(next(text for text in reversed(shown) if "Hello" not in text))

    assert len(said) == 1
    assert CLOSED in said.pop()


async def test_the_telegram_name_is_shown_only_when_its_owner_wants_it(centre: Centre) -> None:
    student, other = await centre.student(), await centre.student()
    await centre.pool.execute("update users set username = 'nodir_s' where id = $1", student.id)
    await public_home(student)
    await tap(student, "open")
    code = await code_of(centre, student)
    assert "nodir_s" not in await visit(other, code)

    await tap(student, "links")
    await tap(student, "show_username")
    assert "@nodir_s" in await visit(other, code)
    await tap(student, "hide_username")

    assert "nodir_s" not in await visit(other, code)


async def test_what_was_taken_away_is_brought_back_with_one_tap(centre: Centre) -> None:
    student = await centre.student()
    await public_home(student)
    await tap(student, "bio")
    await say(student, "Words of mine")
    await tap(student, "bio")
    assert "Words of mine" not in (await tap(student, "take")).text
    assert "Words of mine" in (await tap(student, "undo")).text
    await tap(student, "skills")
    await tap(student, "new")
    await say(student, "Chess")
    await tap(student, "level:4")
    await tap(student, "take")
    assert not any(widget.startswith("skill:") for widget in await buttons(student))

    await tap(student, "undo")

    listed = await buttons(student)
    assert [button.text for widget, button in listed.items() if widget.startswith("skill:")] == ["Chess ★★★★☆"]


async def test_a_renewed_link_leaves_the_old_one_dead(centre: Centre) -> None:
    student, other = await centre.student(), await centre.student()
    await public_home(student)
    await tap(student, "open")
    old = await code_of(centre, student)
    await tap(student, "renew")
    await tap(student, "renew_now")

    assert CLOSED in await visit(other, old)
    assert "Ali Karimov" in await visit(other, await code_of(centre, student))


async def test_a_teachers_card_leads_to_their_courses_and_back(centre: Centre) -> None:
    student = await centre.student()
    teacher_id = await centre.pool.fetchval(
        "select owner_id from courses c join users u on u.id = c.owner_id and u.role = 'teacher'"
        " where c.status = 'published' limit 1"
    )
    code = "T" * 16
    await centre.pool.execute(
        "insert into user_profiles (user_id, code) values ($1, $2)"
        " on conflict (user_id) do update set code = $2, is_public = null",
        teacher_id,
        code,
    )

    assert "🎓 Teacher" in await visit(student, code)
    await tap(student, next(widget for widget in await buttons(student) if widget.startswith("course:")))

    assert "subject" in await buttons(student)


async def test_a_forged_skill_of_somebody_else_is_not_there(centre: Centre) -> None:
    student, thief = await centre.student(), await centre.student()
    for person in (student, thief):
        await public_home(person)
        await tap(person, "skills")
        await tap(person, "new")
        await say(person, "Chess")
        await tap(person, "skills")
    foreign = await centre.pool.fetchval("select id from user_skills where user_id = $1", student.id)
    listed = await buttons(thief)
    mine = next(button for widget, button in listed.items() if widget.startswith("skill:"))
    assert mine.data is not None
    assert mine.message_id is not None

    for wanted in (foreign, 10**14, "x", "-1"):
        await thief.forge(mine.message_id, f"{mine.data.rpartition(':')[0]}:{wanted}")
        await thief.settle()
        await public_home(thief)
        await tap(thief, "skills")
        mine = next(button for widget, button in (await buttons(thief)).items() if widget.startswith("skill:"))
        assert mine.data is not None
        assert mine.message_id is not None

    assert await centre.pool.fetchval("select count(*) from user_skills where user_id = $1", student.id) == 1
    assert "This skill is no longer there." in [toast.text for toast in await thief.toasts()]
