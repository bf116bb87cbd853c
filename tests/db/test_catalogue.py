"""What readers see of the catalogue, and what is kept of their learning, on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import CategoryId, CourseId, CourseStatus, LessonId, PartKind, Sale
from domain.language import Language, Text
from domain.learning.model import EnrolmentStatus, Product, ProductKind
from domain.money import Money
from domain.payments.service import PaymentService
from domain.search.service import SearchService
from domain.users.model import UserId

NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)
TEACHER, ALI, MALIKA = UserId(1), UserId(2), UserId(3)


def text(uz: str, **others: str) -> Text:
    return Text({Language.UZ: uz, **{Language(code): value for code, value in others.items()}})


@pytest.fixture(scope="module")
async def maths(pool: Pool, database: Database) -> CategoryId:
    for user_id in (TEACHER, ALI, MALIKA):
        await pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, 'Ali', 'uz', 'student', 'done', 'Asia/Tashkent', now())",
            user_id,
        )
    async with database.begin() as uow:
        category = await uow.courses.add_category(
            slug="maths", emoji="📐", title=text("Matematika", en="Mathematics"), parent_id=None, position=1
        )
        await uow.commit()
    return category


async def course(
    database: Database,
    category: CategoryId,
    code: str,
    title: Text,
    *,
    sale: Sale = Sale.FREE,
    price: Money | None = None,
    lessons: int = 3,
    lesson_price: Money | None = None,
    status: CourseStatus = CourseStatus.PUBLISHED,
) -> tuple[CourseId, list[LessonId]]:
    async with database.begin() as uow:
        course_id = await uow.courses.add_course(
            code=code,
            category_id=category,
            owner_id=TEACHER,
            language=Language.UZ,
            title=title,
            description=None,
            level=None,
            sale=sale,
            price=price,
            now=NOON,
        )
        ids: list[LessonId] = []
        sections = [await uow.courses.add_section(course_id, text(f"{number}-bo‘lim")) for number in (1, 2)]
        for number in range(lessons):
            section = sections[number // 2]
            lesson_id = await uow.courses.add_lesson(
                section, text(f"{number}-dars"), is_preview=False, price=lesson_price, now=NOON
            )
            await uow.courses.add_part(lesson_id, PartKind.TEXT, text("Matn"), {})
            ids.append(lesson_id)
        await uow.courses.publish_lessons(course_id)
        await uow.courses.set_status(course_id, status, NOON)
        await uow.commit()
    return course_id, ids


async def test_a_lesson_knows_its_place_in_the_whole_course(database: Database, maths: CategoryId) -> None:
    _, lessons = await course(database, maths, "PLACE", text("Joy"))

    async with database.read() as uow:
        second = await uow.catalogue.lesson_facts(lessons[1], ALI)
        third = await uow.catalogue.lesson_facts(lessons[2], ALI)

    assert second is not None
    assert (second.number, second.lesson_count) == (2, 3)
    assert (second.previous_id, second.next_id) == (lessons[0], lessons[2])
    assert third is not None
    assert third.next_id is None


async def test_a_grant_opens_its_product_for_its_owner_only_until_it_is_revoked(
    pool: Pool, database: Database, maths: CategoryId
) -> None:
    course_id, lessons = await course(
        database, maths, "PAID", text("Pullik"), sale=Sale.COURSE, price=Money.soms(100_000)
    )
    product = Product(ProductKind.COURSE, course_id)
    payments = PaymentService(begin=database.begin, read=database.read, now=lambda: NOON)
    order_id = (await payments.buy(ALI, product)).id

    async with database.begin() as uow:
        first = await uow.access.grant(ALI, product, order_id, NOON)
        again = await uow.access.grant(ALI, product, order_id, NOON)
        await uow.commit()
    async with database.read() as uow:
        owner = await uow.catalogue.lesson_facts(lessons[1], ALI)
        stranger = await uow.catalogue.lesson_facts(lessons[1], MALIKA)
        assert await uow.access.has(ALI, product)
    async with database.begin() as uow:
        assert await uow.access.revoke(order_id, NOON)
        assert not await uow.access.revoke(order_id, NOON)
        await uow.commit()
    async with database.read() as uow:
        former = await uow.catalogue.lesson_facts(lessons[1], ALI)

    assert (first, again) == (True, False)
    assert owner is not None
    assert owner.entitlement.owns_course
    assert stranger is not None
    assert not stranger.entitlement.owns_course
    assert former is not None
    assert not former.entitlement.owns_course


@pytest.mark.parametrize(
    "words", ["kvadrat tenglama", "Квадрат тенглама", "kvadrat tengalma", "quadratic", "уравнения"]
)
async def test_a_search_finds_a_course_in_any_language_script_and_with_typos(
    database: Database, maths: CategoryId, words: str
) -> None:
    async with database.read() as uow:
        known = await uow.catalogue.course_with_code("QUAD")
    if known is None:
        known, _ = await course(
            database,
            maths,
            "QUAD",
            text("Kvadrat tenglamalar", en="Quadratic equations", ru="Квадратные уравнения"),
        )

    found = await SearchService(read=database.read, now=lambda: NOON).search(ALI, words)

    assert known in found.course_ids


async def test_a_search_shows_no_drafts(database: Database, maths: CategoryId) -> None:
    await course(database, maths, "SECRET", text("Maxfiy kurs"), status=CourseStatus.DRAFT)

    assert (await SearchService(read=database.read, now=lambda: NOON).search(ALI, "maxfiy kurs")).is_empty


async def test_the_first_date_of_a_finished_lesson_stays(pool: Pool, database: Database, maths: CategoryId) -> None:
    _, lessons = await course(database, maths, "DONE", text("Tugatish"))

    async with database.begin() as uow:
        assert await uow.progress.finish(ALI, lessons[0], NOON)
        assert not await uow.progress.finish(ALI, lessons[0], NOON + timedelta(days=1))
        await uow.commit()

    kept = await pool.fetchval(
        "select finished_at from lesson_progress where user_id = $1 and lesson_id = $2", ALI, lessons[0]
    )
    assert kept == NOON


async def test_leaving_and_coming_back_keeps_one_enrolment(pool: Pool, database: Database, maths: CategoryId) -> None:
    course_id, _ = await course(database, maths, "LEAVE", text("Ketish"))

    async def enrol() -> bool:
        async with database.begin() as uow:
            changed = await uow.enrolments.activate(ALI, course_id, NOON)
            await uow.commit()
        return changed

    assert sorted(await asyncio.gather(*(enrol() for _ in range(10)))) == [False] * 9 + [True]
    async with database.begin() as uow:
        assert await uow.enrolments.cancel(ALI, course_id)
        await uow.commit()
    async with database.read() as uow:
        mine = await uow.shelf.courses(ALI, EnrolmentStatus.ACTIVE, None, limit=50)
    assert course_id not in [entry.course.id for entry in mine]
    assert await enrol()

    count = await pool.fetchval("select count(*) from enrolments where user_id = $1 and course_id = $2", ALI, course_id)
    assert count == 1


async def test_a_newcomer_begins_with_a_lesson_that_costs_nothing(pool: Pool, database: Database) -> None:
    async with database.begin() as uow:
        category = await uow.courses.add_category(
            slug="english", emoji="🇬🇧", title=text("Ingliz tili"), parent_id=None, position=2
        )
        await uow.commit()
    await course(database, category, "ENPAID", text("Pullik"), sale=Sale.COURSE, price=Money.soms(5_000))
    _, free = await course(database, category, "ENFREE", text("Bepul"))
    await pool.execute("insert into user_subjects (user_id, category_id) values ($1, $2)", ALI, category)

    async with database.read() as uow:
        assert await uow.catalogue.first_open_lesson(ALI, NOON) == free[0]
