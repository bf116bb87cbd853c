"""An admin grows the category tree in chat, and a teacher puts a course into a branch of it."""

import itertools

import pytest

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import toast
from tests.bot.users.people import buttons, say, tap, texts

_numbers = itertools.count(1)


@pytest.fixture
async def admin(centre: Centre) -> SandboxUser:
    person = await centre.teacher(name="Malika Admin")
    await centre.pool.execute("update users set role = 'admin' where id = $1", person.id)
    return person


async def open_subject(admin: SandboxUser) -> tuple[str, Message]:
    """A new subject of a name that no other test has, opened in the tree."""
    title = f"Tree {next(_numbers)}"
    await say(admin, "/categories")
    await tap(admin, "add_subject")
    await say(admin, title)
    return title, await enter(admin, title)


async def enter(admin: SandboxUser, title: str) -> Message:
    """Open the branch of that name, on whatever page of the list it is."""
    for page in range(1, 100):
        shown = await buttons(admin)
        for widget, button in shown.items():
            if widget.partition(":")[0] in ("branch", "place", "subject") and f" {title} · " in f"{button.text} · ":
                return await tap(admin, widget)
        await tap(admin, next(pager for pager in (f"branches:{page}", f"places:{page}") if pager in shown))
    raise AssertionError(title)


async def add(admin: SandboxUser, title: str) -> Message:
    await tap(admin, "add_branch")
    return await say(admin, title)


def listed(message: Message) -> list[str]:
    return [button.text for button in message.buttons if " · " in button.text]


async def test_an_admin_grows_names_and_arranges_the_tree(centre: Centre, admin: SandboxUser) -> None:
    title, empty = await open_subject(admin)
    assert "There are no branches in it." in empty.text
    await add(admin, "Algebra <b>")
    tree = await add(admin, "Geometry")
    assert listed(tree) == ["📂 Algebra <b> · 0", "📂 Geometry · 0"]

    opened = await enter(admin, "Geometry")
    assert f"📘 {title} › 📂 Geometry" in opened.text
    assert "🔗 geometry" in opened.text
    await tap(admin, "names")
    await tap(admin, "language:ru")
    named = await say(admin, "Геометрия")
    assert "In which language" in named.text
    await tap(admin, "tree")
    await tap(admin, "emoji")
    refused = await say(admin, "geometry")
    assert "Send one emoji" in refused.text
    await say(admin, "📐")
    await tap(admin, "slug")
    await say(admin, "Geometry 7")
    assert "Only small Latin letters" in "\n".join(await texts(admin))
    opened = await say(admin, f"geometry-{title[5:]}-a")
    assert "📐 Geometry" in opened.text
    assert "Геометрия" in opened.text
    await tap(admin, "shift_up")
    tree = await tap(admin, "go_up")

    assert listed(tree) == ["📐 Geometry · 0", "📂 Algebra <b> · 0"]


async def test_a_branch_moves_elsewhere_but_not_into_itself(admin: SandboxUser) -> None:
    title, _ = await open_subject(admin)
    await add(admin, "Mover")
    await add(admin, "Target")
    await enter(admin, "Mover")
    await add(admin, "Inner")

    await enter(admin, "Inner")
    await tap(admin, "go_up")
    choosing = await tap(admin, "move")
    assert "Now here: the top" in choosing.text
    await enter(admin, title)
    assert listed(await admin.last_message()) == ["📂 Target · 0"]
    await enter(admin, "Target")
    moved = await tap(admin, "here")

    assert f"📘 {title} › 📂 Target › 📂 Mover" in moved.text
    await tap(admin, "go_up")
    await tap(admin, "move")
    await enter(admin, title)
    assert "There are no branches" not in (await admin.last_message()).text
    assert listed(await admin.last_message()) == []


async def test_only_what_is_empty_is_deleted_and_only_after_a_question(admin: SandboxUser) -> None:
    await open_subject(admin)
    await add(admin, "Full")
    await enter(admin, "Full")
    await add(admin, "Leaf")

    assert "not empty" in await toast(admin, "delete")
    await enter(admin, "Leaf")
    asked = await tap(admin, "delete")
    assert "cannot be undone" in asked.text
    kept = await tap(admin, "tree")
    assert "📂 Leaf" in kept.text
    await tap(admin, "delete")
    left = await tap(admin, "delete_now")

    assert "📂 Full" in left.text
    assert "There are no branches in it." in left.text


async def test_others_do_not_get_to_the_tree_and_change_nothing(centre: Centre, admin: SandboxUser) -> None:
    for person in (await centre.student(), await centre.teacher()):
        assert "You cannot do that here." in (await say(person, "/categories")).text
        assert "/categories" not in (await say(person, "/help")).text
    await open_subject(admin)
    await tap(admin, "add_branch")
    await centre.pool.execute("update users set role = 'teacher' where id = $1", admin.id)
    before = await centre.pool.fetchval("select count(*) from categories")

    await say(admin, "Not any more")

    assert "You cannot do that here." in "\n".join(await texts(admin))
    assert await centre.pool.fetchval("select count(*) from categories") == before


async def test_forged_branches_are_answered_and_change_nothing(centre: Centre, admin: SandboxUser) -> None:
    await open_subject(admin)
    await add(admin, "Real")
    real = next(button for widget, button in (await buttons(admin)).items() if widget.startswith("branch:"))
    assert real.data is not None
    assert real.message_id is not None
    head = real.data.rpartition(":")[0]

    for forged in ("0", "-1", "999999999999999", "x", ""):
        await admin.forge(real.message_id, f"{head}:{forged}")
        await admin.settle()

    dead = await centre.pool.fetchval("select count(*) from inbox where user_id = $1 and error is not null", admin.id)
    assert dead == 0
    assert "Something went wrong" not in "\n".join(await texts(admin))


async def test_a_new_course_is_put_into_a_branch(centre: Centre, admin: SandboxUser) -> None:
    title, _ = await open_subject(admin)
    await add(admin, "Deep")
    await enter(admin, "Deep")
    await add(admin, "Deeper")
    teacher = await centre.teacher()
    await say(teacher, "/newcourse")
    await say(teacher, "Branched course")

    await enter(teacher, title)
    asked = await enter(teacher, "Deep")
    assert f"📘 {title} › 📂 Deep" in asked.text
    await enter(teacher, "Deeper")
    await tap(teacher, "out")
    await tap(teacher, "here")
    await tap(teacher, "skip")
    desk = await tap(teacher, "free")

    assert "📂 Deep" in desk.text
    slug = await centre.pool.fetchval(
        "select k.slug from courses c join categories k on k.id = c.category_id where c.title ->> 'en' = $1",
        "Branched course",
    )
    assert slug.startswith("deep")


async def test_a_course_moves_into_another_branch_from_its_settings(centre: Centre, admin: SandboxUser) -> None:
    title, _ = await open_subject(admin)
    await add(admin, "Old place")
    await add(admin, "New place")
    await say(admin, "/newcourse")
    await say(admin, f"Wanderer of {title}")
    await enter(admin, title)
    await enter(admin, "Old place")
    for widget in ("here", "skip", "free", "options"):
        await tap(admin, widget)
    assert f"📘 {title} › 📂 Old place" in (await admin.last_message()).text

    choosing = await tap(admin, "category")
    assert listed(choosing) == ["📂 Old place · 0", "📂 New place · 0"]
    await enter(admin, "New place")
    shown = await tap(admin, "here")

    assert f"📘 {title} › 📂 New place" in shown.text


async def test_the_studio_of_an_admin_leads_to_the_tree(centre: Centre, admin: SandboxUser) -> None:
    await say(admin, "/mycourses")
    tree = await tap(admin, "categories")
    assert "Categories" in tree.text
    assert "Hello" in (await tap(admin, "menu")).text
    teacher = await centre.teacher()
    await say(teacher, "/mycourses")

    assert "categories" not in await buttons(teacher)
