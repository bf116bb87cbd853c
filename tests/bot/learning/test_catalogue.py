"""A student looks through the catalogue: one message that is redrawn, whatever is tapped, typed or forged."""

import itertools
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.client import Message, SandboxUser
from domain.courses.model import CourseId
from tests.centre import Centre

_NUMBERS = itertools.count(1)


async def tap(centre: Centre, person: SandboxUser, *buttons: str) -> Message:
    for button in buttons:
        await person.tap(button)
        await centre.settle(person)
    return await person.last_message()


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def branch(centre: Centre, title: str, parent: int | None = None) -> int:
    number = next(_NUMBERS)
    return await centre.pool.fetchval(
        "insert into categories (slug, emoji, title, parent_id, position)"
        " values ($1, '🧪', jsonb_build_object('en', $2::text), $3, 500) returning id",
        f"branch-{number}",
        title,
        parent,
    )


async def course(
    centre: Centre,
    category: int,
    title: str,
    *,
    level: str | None = None,
    sale: str = "free",
    lessons: int = 1,
    status: str = "published",
    language: str = "en",
) -> CourseId:
    """A course as its author left it, written at once."""
    number = next(_NUMBERS)
    course_id = await centre.pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, level, sale, price_tiyin, status, search,
            created_at, published_at)
        values ($1, $2, 2001, $7::text, jsonb_build_object($7::text, $3::text), $4, $5::text,
            case when $5::text = 'course' then 5000000 end, $6, '', now(), now()) returning id
        """,
        f"TREE{number}",
        category,
        title,
        level,
        sale,
        status,
        language,
    )
    section = await centre.pool.fetchval(
        """insert into sections (course_id, position, title) values ($1, 1, '{"en": "Part one"}') returning id""",
        course_id,
    )
    await centre.pool.execute(
        """
        insert into lessons (course_id, section_id, position, title, is_published, created_at)
        select $1, $2, n, jsonb_build_object('en', $3::text || ', lesson ' || n), true, now()
        from generate_series(1, $4::int) n
        """,
        course_id,
        section,
        title,
        lessons,
    )
    return course_id


@pytest.fixture
async def tree(centre: Centre) -> AsyncIterator[tuple[int, int]]:
    """`Crafts › Wood › Toys`, with courses on two of the floors; they go when the test ends."""
    root = await branch(centre, "Crafts")
    wood = await branch(centre, "Wood", root)
    toys = await branch(centre, "Toys", wood)
    await course(centre, toys, "Wooden horse", level="beginner")
    await course(centre, toys, "Wooden train", level="advanced", sale="course")
    await course(centre, wood, "Planing boards", level="beginner", sale="course", language="uz")
    yield root, toys
    await cut_down(centre)


async def cut_down(centre: Centre) -> None:
    """Other tests look at the same catalogue."""
    ours = "(select id from courses where code like 'TREE%')"
    for table in ("enrolments", "course_teachers", "course_prerequisites", "lessons", "sections"):
        await centre.pool.execute(f"delete from {table} where course_id in {ours}")
    await centre.pool.execute("delete from courses where code like 'TREE%'")
    await centre.pool.execute("delete from categories where slug like 'branch-%'")


async def test_branches_lead_down_and_up_again_in_one_message(centre: Centre, tree: tuple[int, int]) -> None:
    ali = await centre.student()
    root = await tap(centre, ali, "Catalogue")
    assert "🧪 Crafts · 3" in labels(root)

    crafts = await tap(centre, ali, "Crafts")
    wood = await tap(centre, ali, "Wood · 3")
    toys = await tap(centre, ali, "Toys · 2")

    assert {root.id} == {crafts.id, wood.id, toys.id}
    assert "Catalogue › Crafts" in crafts.text
    assert "Catalogue › Crafts › Wood › Toys" in toys.text
    assert [text for text in labels(toys) if "Wooden" in text] != []
    up = await tap(centre, ali, "⬅️ Wood")
    assert "Catalogue › Crafts › Wood" in up.text
    assert "🧪 Toys · 2" in labels(up)
    top = await tap(centre, ali, "⬅️ Crafts", "⬅️ Subjects")
    assert "🧪 Crafts · 3" in labels(top)


async def test_a_branch_lists_everything_below_it_and_filters_narrow_it(centre: Centre, tree: tuple[int, int]) -> None:
    ali = await centre.student()
    everything = await tap(centre, ali, "Catalogue", "Crafts", "All 3 courses here")
    assert {text.split(" · ")[0] for text in labels(everything)} >= {"Wooden horse", "Wooden train", "Planing boards"}

    beginners = await tap(centre, ali, "Any level")
    free = await tap(centre, ali, "Any price")
    uzbek = await tap(centre, ali, "Any language")

    assert "Wooden train" not in " ".join(labels(beginners))
    assert [text for text in labels(free) if "Wooden" in text or "Planing" in text] == ["Wooden horse · free"]
    assert "No course fits these filters" in uzbek.text
    cleared = await tap(centre, ali, "Show all")
    assert {text.split(" · ")[0] for text in labels(cleared)} >= {"Wooden horse", "Wooden train", "Planing boards"}


async def test_a_card_leads_back_to_the_list_as_it_was_left(centre: Centre, tree: tuple[int, int]) -> None:
    ali = await centre.student()
    await tap(centre, ali, "Catalogue", "Crafts", "All 3 courses here", "Any level", "Popular first")

    card = await tap(centre, ali, "Wooden horse")
    back = await tap(centre, ali, "⬅️ Courses")

    assert "🧪 Toys › Wooden horse" in card.text
    assert "🟢 Beginner" in labels(back)
    assert "🆕 New first" in labels(back)


async def test_long_lists_are_leafed_through_there_and_back(centre: Centre, tree: tuple[int, int]) -> None:
    for number in range(9):
        await course(centre, tree[1], f"Toy {number}")
    ali = await centre.student()
    await tap(centre, ali, "Catalogue", "Crafts", "Wood", "Toys")

    def toys(message: Message) -> list[str]:
        return [text for text in labels(message) if text.startswith(("Toy ", "Wooden"))]

    first = toys(await ali.last_message())
    second = toys(await tap(centre, ali, "Later"))
    first_again = toys(await tap(centre, ali, "Earlier"))

    assert len(first) == 6
    assert len(second) == 5
    assert set(first).isdisjoint(second)
    assert first_again == first
    assert not any("Earlier" in text for text in labels(await ali.last_message()))


async def test_more_branches_than_a_page_holds_are_paged(centre: Centre) -> None:
    root = await branch(centre, "Sciences")
    for number in range(10):
        await course(centre, await branch(centre, f"Science {number}", root), f"Course {number}")
    await branch(centre, "Science of nothing", root)
    ali = await centre.student()

    first = await tap(centre, ali, "Catalogue", "Sciences")
    second = await tap(centre, ali, "Later")

    assert sum("Science " in text for text in labels(first)) == 8
    assert sum("Science " in text for text in labels(second)) == 2
    await cut_down(centre)


async def test_the_lessons_of_a_long_course_are_paged_on_its_card(centre: Centre, tree: tuple[int, int]) -> None:
    await course(centre, tree[1], "Endless", lessons=20)
    ali = await centre.student()
    card = await tap(centre, ali, "Catalogue", "Crafts", "Wood", "Toys", "Endless")
    assert "20 lessons" in card.text
    assert sum(text.startswith("▶️") for text in labels(card)) == 8

    second = await tap(centre, ali, "Later")
    third = await tap(centre, ali, "Later")
    back = await tap(centre, ali, "Earlier")

    assert any("9. Endless, lesson 9" in text for text in labels(second))
    assert any("20. Endless, lesson 20" in text for text in labels(third))
    assert not any("Later" in text for text in labels(third))
    assert labels(back) == labels(second)


async def test_a_card_shows_what_it_costs_needs_and_gives(centre: Centre, tree: tuple[int, int]) -> None:
    base = await course(centre, tree[1], "Sharp tools")
    wanted = await course(centre, tree[1], "<b>Clocks</b> & \u202erats", sale="course", lessons=2)
    await centre.pool.execute("insert into course_prerequisites values ($1, $2)", wanted, base)
    await centre.pool.execute("insert into course_teachers values ($1, 3001, now())", wanted)
    await centre.pool.execute(
        "update courses set has_certificate = true, duration_seconds = 12000, student_count = 1,"
        " description = jsonb_build_object('en', repeat('Ticking <i>slowly</i>. ', 90)) where id = $1",
        wanted,
    )
    await centre.pool.execute("update lessons set is_preview = true where course_id = $1 and position = 1", wanted)
    ali = await centre.student()

    card = await tap(centre, ali, "Catalogue", "Crafts", "Wood", "Toys", "Clocks")

    for words in ("<b>Clocks</b> & ", "≈ 3 h 20 min", "1 student", "With a certificate", "Sharp tools", "50 000 so'm"):
        assert words.replace(" ", "\u00a0") in card.text or words in card.text, words
    assert any("👀 Try for free: " in text for text in labels(card))
    assert any("🧩 First: Sharp tools" in text for text in labels(card))
    share = next(button for button in card.buttons if "Share" in button.text)
    assert share.raw["switch_inline_query"].startswith("TREE")
    more = await tap(centre, ali, "More about the course")
    assert more.text.count("Ticking <i>slowly</i>.") == 90
    assert "Sharp tools" in (await tap(centre, ali, "⬅️ Back", "🧩 First")).text


async def test_the_cover_is_uploaded_once_and_sent_by_its_id_ever_after(centre: Centre) -> None:
    ali = await centre.student()
    for _ in range(2):
        await ali.start("c_MATH-1")
        await centre.settle(ali)
    first = next(message for message in await ali.messages() if message.kind == "photo")
    await ali.start("c_MATH-1")
    await centre.settle(ali)
    known = await centre.pool.fetchval(
        "select m.telegram_file_id from media m join courses c on c.cover_id = m.id where c.code = 'MATH-1'"
    )

    second = await ali.last_message()
    assert (first.kind, second.kind) == ("photo", "photo")
    assert second.raw["photo"][-1]["file_id"] == known == first.raw["photo"][-1]["file_id"]


async def test_forged_branches_and_courses_lead_nowhere(centre: Centre, tree: tuple[int, int]) -> None:
    draft = await course(centre, tree[1], "Secret plans", status="draft")
    ali = await centre.student()
    screen = await tap(centre, ali, "Catalogue", "Crafts")
    data = next(button.data for button in screen.buttons if "Wood" in button.text)
    assert data is not None

    for forged in (data.rsplit(":", 1)[0] + ":999999", data.replace("subject", "course")):
        await ali.forge(screen.id, forged)
        await centre.settle(ali)
    await ali.type("/start c_" + str(await centre.pool.fetchval("select code from courses where id = $1", draft)))
    await centre.settle(ali)

    assert not any("Secret" in message.text for message in await ali.messages() if not message.from_me)
