"""People, courses and lessons for the tests of quizzes, and questions in them."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from db.engine import Pool
from domain.courses.model import CourseId, CourseStatus, LessonId, Sale
from domain.language import Language, Text
from domain.learning.model import Product, ProductKind
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Single
from domain.quizzes.model import Question
from domain.unit_of_work import Begin
from domain.users.model import UserId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEACHER = UserId(1)
ALI = UserId(2)
VALI = UserId(3)
ADMIN = UserId(4)
_codes = itertools.count(1)
"""Of courses: modules that share a database have worlds of their own in it."""


def written(uz: str, ru: str, en: str) -> Text:
    return Text({Language.UZ: uz, Language.RU: ru, Language.EN: en})


def draft(name: str, correct: int = 1) -> QuestionDraft:
    return QuestionDraft(
        text=written(f"Savol {name}", f"Вопрос {name}", f"Question {name}"),
        options=tuple(written(f"{option}-uz", f"{option}-ru", f"{option}-en") for option in "abc"),
        key=Single(correct),
        explanation=written(f"Chunki {name}", f"Потому что {name}", f"Because of {name}"),
    )


@asynccontextmanager
async def visiting(pool: Pool, begin: Begin) -> AsyncIterator["World"]:
    """A world in a centre that others use afterwards."""
    await add_people(pool)
    world = World(pool, begin)
    yield world
    await world.withdraw()


async def add_people(pool: Pool) -> None:
    for user_id, role in ((TEACHER, "teacher"), (ALI, "student"), (VALI, "student"), (ADMIN, "admin")):
        await pool.execute(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " values ($1, $2, 'uz', $3, 'Asia/Tashkent', $4) on conflict do nothing",
            user_id,
            f"User {user_id}",
            role,
            NOON,
        )


class World:
    """Rows that each test needs; every course and lesson is new."""

    def __init__(self, pool: Pool, begin: Begin) -> None:
        self._pool = pool
        self._begin = begin
        self._courses: list[CourseId] = []

    async def withdraw(self) -> None:
        """Take all courses of this world out of the catalogue: a newcomer of another module would be sent there."""
        await self._pool.execute("update courses set status = 'archived' where id = any($1::bigint[])", self._courses)

    async def course(self, sale: Sale = Sale.FREE, status: CourseStatus = CourseStatus.PUBLISHED) -> CourseId:
        number = next(_codes)
        # A subject that has no topics, where there is one: those who ask for its topics would wonder about a new one.
        category_id = await self._pool.fetchval(
            "select min(c.id) from categories c where not exists (select from categories t where t.parent_id = c.id)"
        ) or await self._pool.fetchval(
            """
            insert into categories (slug, emoji, title, position)
            values ('quiz-tests', '➗', '{"uz": "Matematika"}', 99) returning id
            """
        )
        course_id = await self._pool.fetchval(
            """
            insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
                created_at)
            values ($1, $2, $3, 'uz', '{"uz": "Kurs", "ru": "Курс", "en": "Course"}', $4, $5, $6, '', $7) returning id
            """,
            f"quiz{number}",
            category_id,
            TEACHER,
            sale,
            9_000_000 if sale is Sale.COURSE else None,
            status,
            NOON,
        )
        self._courses.append(course_id)
        return course_id

    async def lesson(
        self,
        course_id: CourseId | None = None,
        *,
        questions: int = 3,
        price: int | None = None,
        is_published: bool = True,
    ) -> LessonId:
        """A lesson in a section of its own; `price` in tiyin; the right option of each question is the second one."""
        section_id = await self._pool.fetchval(
            """
            insert into sections (course_id, position, title)
            select $1, 1 + count(*), '{"uz": "Bo‘lim"}' from sections where course_id = $1 returning id
            """,
            course_id := course_id or await self.course(),
        )
        lesson_id = await self._pool.fetchval(
            """
            insert into lessons (course_id, section_id, position, title, price_tiyin, is_published, created_at)
            values ($1, $2, 1, '{"uz": "Dars", "ru": "Урок", "en": "Lesson"}', $3, $4, $5) returning id
            """,
            course_id,
            section_id,
            price,
            is_published,
            NOON,
        )
        async with self._begin() as uow:
            for number in range(1, questions + 1):
                await uow.quizzes.add_question(TEACHER, lesson_id, draft(str(number)), NOON, limit=100)
            await uow.commit()
        return lesson_id

    async def sell(self, product: Product, user_id: UserId) -> int:
        """A paid order that opens the product; its id."""
        column = "course_id" if product.kind is ProductKind.LESSON else "id"
        table = "lessons" if product.kind is ProductKind.LESSON else "courses"
        order_id = await self._pool.fetchval(
            f"""
            insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state,
                created_at, expires_at, paid_at, paid_by)
            select lpad((select 1 + count(*) from orders)::text, 12, '0'), $1, $2, $3, {column}, '{{"uz": "Dars"}}', 1,
                'paid', $4, $4, $4, 'payme'
            from {table} where id = $3 returning id
            """,
            user_id,
            product.kind,
            product.id,
            NOON,
        )
        async with self._begin() as uow:
            await uow.access.grant(user_id, product, order_id, NOON)
            await uow.commit()
        return order_id

    async def questions(self, lesson_id: LessonId) -> list[Question]:
        async with self._begin() as uow:
            return list(await uow.quizzes.questions(lesson_id))
