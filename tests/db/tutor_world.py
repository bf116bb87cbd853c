"""A small centre for the tutor's tests: people, courses and lessons as rows."""

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.tutor.indexing import LessonIndexer
from domain.users.model import UserId

NOON = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""Noon in Tashkent."""

TEACHER = UserId(900_001)


class World:
    """Adds rows; every call makes new things, so tests of one module do not meet each other's."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._last_user = 1000
        self._last_position = 0

    async def user(
        self,
        *,
        timezone: str = "Asia/Tashkent",
        language: str = "uz",
        role: str = "student",
        user_id: int | None = None,
    ) -> UserId:
        self._last_user += 1
        user_id = user_id or self._last_user
        await self._pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, 'Ali', $2, $3, 'done', $4, $5) on conflict do nothing",
            user_id,
            language,
            role,
            timezone,
            NOON,
        )
        return UserId(user_id)

    async def course(self, *, sale: str = "free", status: str = "published", owner: UserId = TEACHER) -> int:
        await self.user(user_id=owner, role="teacher")
        self._last_position += 1
        category = await self._pool.fetchval(
            "insert into categories (slug, emoji, title, position) values ($1, '📐', '{\"en\": \"Maths\"}', 1)"
            " on conflict (slug) do update set position = 1 returning id",
            "maths",
        )
        course = await self._pool.fetchval(
            """
            insert into courses
                (code, category_id, owner_id, language, title, sale, price_tiyin, status, search, created_at)
            values ($1, $2, $3, 'en', '{"en": "Algebra"}', $4, $5, $6, '', $7) returning id
            """,
            f"c{self._last_position}",
            category,
            owner,
            sale,
            10_000_00 if sale == "course" else None,
            status,
            NOON,
        )
        await self._pool.execute(
            'insert into sections (course_id, position, title) values ($1, 1, \'{"en": "One"}\')', course
        )
        return course

    async def lesson(
        self,
        course: int,
        title: Mapping[str, str],
        text: Mapping[str, str] | None,
        *,
        is_published: bool = True,
        is_preview: bool = False,
        price: int | None = None,
    ) -> LessonId:
        self._last_position += 1
        lesson = await self._pool.fetchval(
            """
            insert into lessons
                (course_id, section_id, position, title, is_preview, price_tiyin, is_published, created_at)
            select $1, id, $2, $3::jsonb, $4, $5, $6, $7 from sections where course_id = $1 returning id
            """,
            course,
            self._last_position,
            orjson.dumps(dict(title)).decode(),
            is_preview,
            price,
            is_published,
            NOON,
        )
        if text is not None:
            await self.part(lesson, text)
        return LessonId(lesson)

    async def part(self, lesson: int, text: Mapping[str, str], position: int = 1) -> None:
        await self._pool.execute(
            "insert into parts (lesson_id, position, kind, text) values ($1, $2, 'text', $3::jsonb)",
            lesson,
            position,
            orjson.dumps(dict(text)).decode(),
        )

    async def grant(self, user: UserId, kind: str, product: int) -> int:
        """Open the product by a paid order; its id."""
        course = (
            product
            if kind == "course"
            else await self._pool.fetchval("select course_id from lessons where id = $1", product)
        )
        self._last_position += 1
        order = await self._pool.fetchval(
            """
            insert into orders
                (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state,
                 created_at, expires_at, paid_at, paid_by)
            values ($1, $2, $3, $4, coalesce($5, (select min(id) from courses)), '{"en": "x"}', 1, 'paid', $6, $6, $6,
                'payme')
            returning id
            """,
            f"{self._last_position:012d}",
            user,
            kind,
            product,
            course,
            NOON,
        )
        await self._pool.execute(
            "insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)"
            " values ($1, $2, $3, $4, $5)",
            user,
            kind,
            product,
            order,
            NOON,
        )
        return order

    async def revoke(self, order: int) -> None:
        await self._pool.execute("update access_grants set revoked_at = $2 where order_id = $1", order, NOON)

    async def index(self, *lessons: LessonId) -> None:
        indexer = LessonIndexer(begin=Database(self._pool).begin)
        for lesson in lessons:
            await indexer.index_lesson(lesson)
