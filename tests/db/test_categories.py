"""The category tree on PostgreSQL: counts that agree with a recount, circles, races, what is not deleted."""

import asyncio
import itertools
import random

import asyncpg
import pytest

from db.categories import SqlCategories
from db.engine import Connection, Pool
from domain.courses.categories import CategoryService
from domain.courses.errors import CategoryCircle, CategoryInUse
from domain.courses.model import CategoryId
from domain.language import Language
from domain.unit_of_work import Begin
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, add_people

_numbers = itertools.count(1)
_RECOUNT = """
    with recursive branches (root, id) as (
        select id, id from categories
        union all select b.root, k.id from branches b join categories k on k.parent_id = b.id
    )
    select k.id, k.course_count as kept, (
        select count(*) from branches b join courses c on c.category_id = b.id
        where b.root = k.id and c.status = 'published') as counted
    from categories k
"""


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)


@pytest.fixture
def categories(begin: Begin, read: Begin) -> CategoryService:
    return CategoryService(begin=begin, read=read, now=lambda: NOON)


async def grow(categories: CategoryService, parent_id: CategoryId | None = None, title: str = "") -> CategoryId:
    page = await categories.add(ADMIN, parent_id, title or f"Branch {next(_numbers)}")
    assert page.category is not None
    return page.category.id


async def put_course(pool: Pool | Connection, category_id: CategoryId, status: str = "published") -> int:
    return await pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
        values ($1, $2, $3, 'uz', '{"uz": "Kurs"}', 'free', $4, '', $5) returning id
        """,
        f"cat{next(_numbers)}",
        category_id,
        TEACHER,
        status,
        NOON,
    )


async def titles(categories: CategoryService, parent_id: CategoryId) -> list[str]:
    return [str(entry.category.title) for entry in (await categories.page(TEACHER, parent_id)).branches]


async def test_a_branch_is_added_with_a_slug_of_its_title_and_the_second_one_gets_a_number(
    categories: CategoryService,
) -> None:
    top = await grow(categories, title="Тригонометрия ва О‘лчов")
    inner = await grow(categories, top, "Тригонометрия ва О‘лчов")
    await grow(categories, inner, "ok")
    third = await grow(categories, top, "Тригонометрия ва О‘лчов!")

    pages = [await categories.page(TEACHER, each) for each in (top, inner, third)]

    assert [page.category.slug for page in pages if page.category] == [
        "trigonometriya-va-olchov",
        "trigonometriya-va-olchov-2",
        "trigonometriya-va-olchov-3",
    ]
    assert [category.id for category in pages[1].path] == [top]
    assert await titles(categories, top) == ["Тригонометрия ва О‘лчов", "Тригонометрия ва О‘лчов!"]


async def test_the_same_message_twice_adds_one_branch(categories: CategoryService) -> None:
    top = await grow(categories)

    first, second = await grow(categories, top, "Twice"), await grow(categories, top, "Twice")

    assert first == second


async def test_names_in_other_languages_and_a_sign_are_kept_side_by_side(categories: CategoryService) -> None:
    branch = await grow(categories, title="Birinchi")

    await asyncio.gather(
        categories.rename(ADMIN, branch, Language.RU, "Первая"),
        categories.rename(ADMIN, branch, Language.EN, "First <b>"),
        categories.set_emoji(ADMIN, branch, "🇬🇧"),
    )

    found = (await categories.page(TEACHER, branch)).category
    assert found is not None
    assert dict(found.title.variants) == {Language.UZ: "Birinchi", Language.RU: "Первая", Language.EN: "First <b>"}
    assert found.emoji == "🇬🇧"


async def test_neighbours_change_places_and_the_ends_stay(categories: CategoryService) -> None:
    top = await grow(categories)
    one, two, three = [await grow(categories, top, title) for title in ("one", "two", "three")]

    await categories.shift(ADMIN, three, up=True)
    await categories.shift(ADMIN, one, up=True)
    await categories.shift(ADMIN, two, up=False)

    assert await titles(categories, top) == ["one", "three", "two"]


async def test_a_level_that_is_full_of_equal_places_is_put_in_order_all_the_same(
    categories: CategoryService, pool: Pool
) -> None:
    top = await grow(categories)
    for title in ("one", "two", "three"):
        await grow(categories, top, title)
    await pool.execute("update categories set position = 32767 where parent_id = $1", top)
    last = await grow(categories, top, "four")

    await categories.shift(ADMIN, last, up=True)

    assert await titles(categories, top) == ["one", "two", "four", "three"]


async def test_only_an_empty_branch_is_deleted(categories: CategoryService, pool: Pool) -> None:
    top = await grow(categories)
    with_branch, with_draft, empty = [await grow(categories, top) for _ in range(3)]
    await grow(categories, with_branch)
    await put_course(pool, with_draft, "archived")
    await pool.execute("insert into user_subjects (user_id, category_id) values ($1, $2)", ALI, top)

    for full in (top, with_branch, with_draft):
        with pytest.raises(CategoryInUse):
            await categories.remove(ADMIN, full)
    assert await categories.remove(ADMIN, empty) == top

    assert not (await categories.page(TEACHER, top)).is_empty
    assert len(await titles(categories, top)) == 2


async def test_what_is_put_into_a_branch_while_it_is_deleted_stays(categories: CategoryService, pool: Pool) -> None:
    branch = await grow(categories)
    async with pool.acquire() as other:
        ahead = other.transaction()
        await ahead.start()
        await other.execute("insert into user_subjects (user_id, category_id) values ($1, $2)", ALI, branch)
        removal = asyncio.create_task(categories.remove(ADMIN, branch))
        while not await pool.fetchval("select exists (select 1 from pg_locks where not granted)"):
            assert not removal.done()
        await ahead.commit()

        with pytest.raises(CategoryInUse):
            await removal


async def test_a_draft_that_is_made_while_its_branch_is_deleted_keeps_the_branch(
    categories: CategoryService, pool: Pool
) -> None:
    branch = await grow(categories)
    async with pool.acquire() as admin, pool.acquire() as teacher:
        deletion, making = admin.transaction(), teacher.transaction()
        await deletion.start()
        await SqlCategories(admin).hold()
        await making.start()
        await put_course(teacher, branch, "draft")
        removal = asyncio.create_task(SqlCategories(admin).remove(branch))
        while not await pool.fetchval("select exists (select 1 from pg_locks where not granted)"):
            assert not removal.done()
        await making.commit()

        assert await removal is False
        await deletion.rollback()


async def test_a_subject_that_becomes_a_branch_takes_its_learners_to_the_subject_above(
    categories: CategoryService, pool: Pool
) -> None:
    subject, top = await grow(categories), await grow(categories)
    inner = await grow(categories, top)
    await pool.execute("insert into user_subjects (user_id, category_id) values ($1, $2)", ALI, subject)

    moved = await categories.move(ADMIN, subject, inner)

    chosen = await pool.fetch("select category_id from user_subjects where user_id = $1", ALI)
    assert top in [row["category_id"] for row in chosen]
    assert subject not in [row["category_id"] for row in chosen]
    assert [category.id for category in moved.path] == [top, inner]


async def test_a_branch_does_not_move_into_itself(categories: CategoryService) -> None:
    top = await grow(categories)
    middle = await grow(categories, top)
    bottom = await grow(categories, middle)

    for target in (top, middle, bottom):
        with pytest.raises(CategoryCircle):
            await categories.move(ADMIN, top, target)

    await categories.move(ADMIN, bottom, None)
    assert (await categories.page(TEACHER, bottom)).path == ()


async def test_the_schema_judges_circles_by_itself(pool: Pool, categories: CategoryService) -> None:
    top = await grow(categories)
    bottom = await grow(categories, await grow(categories, top))

    async with pool.acquire() as connection:
        with pytest.raises(CategoryCircle):
            await SqlCategories(connection).move(top, bottom)
        with pytest.raises(CategoryCircle):
            await SqlCategories(connection).move(top, top)


async def close_circle(pool: Pool, left: CategoryId, right: CategoryId) -> BaseException | None:
    """Two moves that each close one half of a circle: the second begins before the first is committed."""
    async with pool.acquire() as one, pool.acquire() as other:
        ahead = one.transaction()
        await ahead.start()
        await SqlCategories(one).move(left, right)

        async def follow() -> None:
            async with other.transaction():
                await SqlCategories(other).move(right, left)

        follower = asyncio.create_task(follow())
        await asyncio.wait([follower], timeout=0.3)
        await ahead.commit()
        (outcome,) = await asyncio.gather(follower, return_exceptions=True)
        return outcome


async def test_two_moves_at_once_close_no_circle(pool: Pool, categories: CategoryService) -> None:
    left, right = await grow(categories), await grow(categories)

    outcome = await close_circle(pool, left, right)

    assert isinstance(outcome, CategoryCircle)
    assert await pool.fetchval("select parent_id from categories where id = $1", right) is None


async def test_the_control_without_the_trigger_has_its_circle(pool: Pool, categories: CategoryService) -> None:
    left, right = await grow(categories), await grow(categories)
    await pool.execute("alter table categories disable trigger move_category")
    try:
        outcome = await close_circle(pool, left, right)
        parents = await pool.fetch("select id, parent_id from categories where id = any($1)", [left, right])
    finally:
        await pool.execute("update categories set parent_id = null where id = any($1)", [left, right])
        await pool.execute("alter table categories enable trigger move_category")

    assert outcome is None
    assert {row["id"]: row["parent_id"] for row in parents} == {left: right, right: left}


@pytest.mark.parametrize("seed", range(4))
async def test_the_counts_agree_with_a_recount_after_any_moves_and_publications(
    pool: Pool, categories: CategoryService, seed: int
) -> None:
    chance = random.Random(seed)
    tree = [await grow(categories) for _ in range(3)]
    tree += [await grow(categories, chance.choice(tree)) for _ in range(6)]
    courses = [await put_course(pool, chance.choice(tree), chance.choice(["draft", "published"])) for _ in range(8)]

    async def act() -> None:
        match chance.randrange(4):
            case 0:
                target = chance.choice([None, *tree])
                try:
                    await categories.move(ADMIN, chance.choice(tree), target)
                except CategoryCircle:
                    return
            case 1:
                status = chance.choice(["draft", "published", "archived"])
                await pool.execute("update courses set status = $2 where id = $1", chance.choice(courses), status)
            case 2:
                await pool.execute(
                    "update courses set category_id = $2 where id = $1", chance.choice(courses), chance.choice(tree)
                )
            case _:
                courses.append(await put_course(pool, chance.choice(tree)))

    for _ in range(12):
        await asyncio.gather(*(act() for _ in range(4)))

    rows = await pool.fetch(_RECOUNT)
    assert [row["id"] for row in rows if row["kept"] != row["counted"]] == []
    assert sum(row["counted"] for row in rows) > 0


async def test_the_control_without_the_trigger_loses_count(pool: Pool, categories: CategoryService) -> None:
    top, branch = await grow(categories), await grow(categories)
    await put_course(pool, branch)
    await pool.execute("alter table categories disable trigger move_category")
    try:
        await categories.move(ADMIN, branch, top)
        rows = await pool.fetch(_RECOUNT)
    finally:
        await pool.execute("update categories set parent_id = null where id = $1", branch)
        await pool.execute("alter table categories enable trigger move_category")

    assert [row["id"] for row in rows if row["kept"] != row["counted"]] == [top]


async def test_many_who_add_the_same_name_at_once_get_different_slugs(categories: CategoryService, pool: Pool) -> None:
    top = await grow(categories)
    parents = [await grow(categories, top) for _ in range(6)]

    added = await asyncio.gather(*(grow(categories, parent, "Race of names") for parent in parents))

    slugs = await pool.fetch("select slug from categories where id = any($1)", list(added))
    assert len({row["slug"] for row in slugs}) == 6
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute("update categories set slug = $2 where id = $1", top, slugs[0]["slug"])
