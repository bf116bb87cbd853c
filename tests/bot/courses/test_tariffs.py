"""A price in Stars and the codes of fiscal receipts, as they are set in the chat."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.sandbox.client import SandboxUser
from tests.bot.conftest import Centre

IKPU = "10305008002000000"


@dataclass
class Courses:
    """Makes courses, and takes them out of the catalogue again: the centre is shared."""

    centre: Centre
    made: list[int] = field(default_factory=list)

    async def add(self, owner: SandboxUser, *, sale: str = "course", price: int | None = 15_000_000) -> int:
        """A published course with one lesson; its id."""
        course_id = await course_of(self.centre, owner, sale, price)
        self.made.append(course_id)
        return course_id

    async def hide(self) -> None:
        await self.centre.pool.execute("update courses set status = 'archived' where id = any($1::bigint[])", self.made)


@pytest.fixture
async def courses(centre: Centre) -> AsyncIterator[Courses]:
    courses = Courses(centre)
    yield courses
    await courses.hide()


async def course_of(centre: Centre, teacher: SandboxUser, sale: str, price: int | None) -> int:
    course_id = await centre.pool.fetchval(
        "insert into courses"
        " (code, category_id, owner_id, language, title, sale, price_tiyin, status, search, created_at)"
        """ select $1, min(id), $2, 'uz', '{"uz": "Foizlar"}', $3, $4, 'published', '', now() from categories"""
        " returning id",
        f"t{teacher.id}",
        teacher.id,
        sale,
        price,
    )
    section = await centre.pool.fetchval(
        """insert into sections (course_id, position, title) values ($1, 1, '{"uz": "Bir"}') returning id""", course_id
    )
    await centre.pool.execute(
        "insert into lessons (course_id, section_id, position, title, price_tiyin, is_published, created_at)"
        """ values ($1, $2, 1, '{"uz": "Foiz nima?"}', $3, true, now())""",
        course_id,
        section,
        1_500_000 if sale == "lessons" else None,
    )
    return course_id


async def stars_of(centre: Centre, course_id: int) -> int | None:
    return await centre.pool.fetchval("select price_stars from courses where id = $1", course_id)


async def at_the_price(centre: Centre, teacher: SandboxUser) -> None:
    await teacher.send("/price")
    await centre.settle(teacher)


async def test_a_course_gets_a_price_in_stars_and_goes_back_to_the_rate(centre: Centre, courses: Courses) -> None:
    teacher = await centre.teacher()
    course_id = await courses.add(teacher)
    await at_the_price(centre, teacher)
    assert "600 Stars, by the rate" in (await teacher.last_message()).text

    await teacher.press("Price in Stars")
    await centre.settle(teacher)
    await teacher.send("many")
    await centre.settle(teacher)
    assert await stars_of(centre, course_id) is None
    await teacher.send("500 ⭐")
    await centre.settle(teacher)

    assert await stars_of(centre, course_id) == 500
    assert "In Stars: 500 Stars" in (await teacher.last_message()).text
    await teacher.press("Back")
    await centre.settle(teacher)
    assert "⭐\N{NO-BREAK SPACE}500" in (await teacher.last_message()).text

    await at_the_price(centre, teacher)
    await teacher.press("Price in Stars")
    await centre.settle(teacher)
    await teacher.press("By the rate: 600 Stars")
    await centre.settle(teacher)
    assert await stars_of(centre, course_id) is None


async def test_a_lesson_gets_a_price_in_stars_and_its_next_order_has_it(centre: Centre, courses: Courses) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course_id = await courses.add(teacher, sale="lessons", price=None)
    await teacher.send("/mycourses")
    await centre.settle(teacher)
    await teacher.press("Foizlar")
    await centre.settle(teacher)
    await teacher.press("Foiz nima?")
    await centre.settle(teacher)
    await teacher.press("Price")
    await centre.settle(teacher)
    await teacher.press("Price in Stars")
    await centre.settle(teacher)
    await teacher.send("55")
    await centre.settle(teacher)

    lesson_id = await centre.pool.fetchval("select id from lessons where course_id = $1", course_id)
    await student.start(f"l_{lesson_id}")
    await centre.settle(student)
    await student.press("Buy for")
    await centre.settle(student)

    assert await student.button("Pay 55 Stars")


async def test_a_free_course_has_no_price_in_stars(centre: Centre, courses: Courses) -> None:
    teacher = await centre.teacher()
    await courses.add(teacher, sale="free", price=None)

    await at_the_price(centre, teacher)

    assert not [button.text for button in await teacher.buttons() if "Stars" in button.text]


@pytest.fixture
async def admin(centre: Centre) -> SandboxUser:
    admin = await centre.student()
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    return admin


async def test_an_admin_sets_the_fiscal_codes_and_orders_carry_them(
    centre: Centre, courses: Courses, admin: SandboxUser
) -> None:
    course_id = await courses.add(admin)
    await admin.send("/mycourses")
    await centre.settle(admin)
    await admin.press("Foizlar · 1")
    await centre.settle(admin)
    await admin.press("More")
    await centre.settle(admin)
    await admin.press("Fiscal codes")
    await centre.settle(admin)
    assert "the usual codes of the centre" in (await admin.last_message()).text

    await admin.send(f"{IKPU} 15142x 12")
    await centre.settle(admin)
    assert any("digits only" in message.text for message in await admin.messages())
    await admin.send(f"{IKPU} 1514296 12%")
    await centre.settle(admin)

    kept = await centre.pool.fetchval("select fiscal->>'ikpu' from courses where id = $1", course_id)
    assert kept == IKPU
    student = await centre.student()
    await student.start(f"c_t{admin.id}")
    await centre.settle(student)
    await student.press("Buy for")
    await centre.settle(student)
    ordered = "select fiscal->>'package_code' from orders where user_id = $1"
    assert await centre.pool.fetchval(ordered, student.id) == "1514296"


async def test_a_teacher_is_not_asked_for_fiscal_codes(centre: Centre, courses: Courses) -> None:
    teacher = await centre.teacher()
    await courses.add(teacher)
    await teacher.send("/mycourses")
    await centre.settle(teacher)
    await teacher.press("Foizlar")
    await centre.settle(teacher)
    await teacher.press("More")
    await centre.settle(teacher)

    assert not [button.text for button in await teacher.buttons() if "Fiscal" in button.text]
