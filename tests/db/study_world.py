"""A course with lessons and parts for the tests of how students go through it."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import CourseId, LessonId, PartId
from domain.learning.bookmarks import BookmarkService
from domain.learning.model import Product, ProductKind
from domain.learning.service import LearningService
from domain.learning.shelf import ShelfService
from domain.learning.study import StudyService
from domain.users.model import UserId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEACHER, ALI, VALI, ADMIN, OTHER_TEACHER = UserId(1), UserId(2), UserId(3), UserId(4), UserId(5)
QUESTION = {"text": {"uz": "2 + 2?"}, "options": [{"uz": "3"}, {"uz": "4"}, {"uz": "5"}], "correct": 1}
_numbers = itertools.count(1)


async def add_people(pool: Pool) -> None:
    roles = ((TEACHER, "teacher"), (ALI, "student"), (VALI, "student"), (ADMIN, "admin"), (OTHER_TEACHER, "teacher"))
    for user_id, role in roles:
        await pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, $2, 'uz', $3, 'done', 'Asia/Tashkent', $4) on conflict do nothing",
            user_id,
            f"User {user_id}",
            role,
            NOON,
        )


class Hands:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class School:
    """The services of one process, on a clock that tests turn, and rows for them."""

    pool: Pool
    database: Database
    clock: Hands

    @property
    def learning(self) -> LearningService:
        return LearningService(begin=self.database.begin, read=self.database.read, now=self.clock)

    @property
    def study(self) -> StudyService:
        return StudyService(begin=self.database.begin, read=self.database.read, now=self.clock)

    @property
    def bookmarks(self) -> BookmarkService:
        return BookmarkService(begin=self.database.begin, read=self.database.read, now=self.clock)

    @property
    def shelf(self) -> ShelfService:
        return ShelfService(read=self.database.read, now=self.clock)

    async def course(
        self, lessons: int = 2, *, sale: str = "free", status: str = "published"
    ) -> tuple[CourseId, list[LessonId]]:
        """Of published lessons without parts."""
        number = next(_numbers)
        category_id = await self.pool.fetchval(
            """
            insert into categories (slug, emoji, title, position) values ('study', '➗', '{"uz": "Matematika"}', 9)
            on conflict (slug) do update set position = 9 returning id
            """
        )
        course_id = await self.pool.fetchval(
            """
            insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
                created_at)
            values ($1, $2, $3, 'uz', '{"uz": "Kurs"}', $4, $5, $6, '', $7) returning id
            """,
            f"study{number}",
            category_id,
            TEACHER,
            sale,
            9_000_000 if sale == "course" else None,
            status,
            NOON,
        )
        section_id = await self.pool.fetchval(
            "insert into sections (course_id, position, title) values ($1, 1, $2::jsonb) returning id",
            course_id,
            orjson.dumps({"uz": "Bo‘lim"}).decode(),
        )
        ids = [
            await self.pool.fetchval(
                """
                insert into lessons (course_id, section_id, position, title, is_published, created_at)
                values ($1, $2, $3, '{"uz": "Dars"}', true, $4) returning id
                """,
                course_id,
                section_id,
                position,
                NOON,
            )
            for position in range(1, lessons + 1)
        ]
        return course_id, ids

    async def part(
        self, lesson_id: LessonId, kind: str = "text", *, seconds: int | None = None, has_question: bool = False
    ) -> PartId:
        """Behind the lesson's last part; `seconds` is the length of a recording."""
        part_id = await self.pool.fetchval(
            """
            insert into parts (lesson_id, position, kind, text, link, question, duration_seconds)
            select $1, 1 + coalesce(max(position), 0), $2, '{"uz": "Matn"}', $3::jsonb, $4::jsonb, $5
            from parts where lesson_id = $1 returning id
            """,
            lesson_id,
            kind,
            '{"url": "https://example.uz/v", "provider": "example.uz"}' if kind == "link" else None,
            orjson.dumps(QUESTION).decode() if has_question else None,
            seconds or 0,
        )
        if seconds is not None:
            media_id = await self.pool.fetchval(
                """
                insert into media (owner_id, kind, name, mime, size, telegram_file_id, bot_id, duration_seconds,
                    created_at)
                values ($1, $2, 'v.mp4', 'video/mp4', 1, $3, 1, $4, $5) returning id
                """,
                TEACHER,
                kind,
                f"file{part_id}",
                seconds,
                NOON,
            )
            await self.pool.execute(
                "insert into part_media (part_id, language, media_id) values ($1, 'uz', $2)", part_id, media_id
            )
        return part_id

    async def send(self, user_id: UserId, lesson_id: LessonId) -> list[PartId]:
        """What the screen does when a lesson is opened; the parts that were sent."""
        page = await self.learning.open_lesson(user_id, lesson_id)
        sent = [part.id for part in page.parts]
        await self.learning.remember_sent(user_id, {}, sent)
        return sent

    async def finish(self, user_id: UserId, *lessons: LessonId) -> None:
        for lesson_id in lessons:
            await self.send(user_id, lesson_id)
            await self.learning.finish_lesson(user_id, lesson_id)

    async def grant(self, user_id: UserId, course_id: CourseId) -> None:
        """What paying for the course does, without the order's whole way."""
        order_id = await self.pool.fetchval(
            """
            insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state,
                created_at, expires_at, paid_at, paid_by)
            values (lpad($1::text, 12, '0'), $2, 'course', $3, $3, '{"uz": "Kurs"}', 1, 'paid', $4, $4, $4, 'payme')
            returning id
            """,
            str(next(_numbers)),
            user_id,
            course_id,
            NOON,
        )
        async with self.database.begin() as uow:
            await uow.access.grant(user_id, Product(ProductKind.COURSE, course_id), order_id, NOON)
            await uow.commit()

    async def row(self, table: str, user_id: UserId, **key: int) -> dict[str, object]:
        name, value = next(iter(key.items()))
        found = await self.pool.fetchrow(f"select * from {table} where user_id = $1 and {name} = $2", user_id, value)
        assert found is not None
        return dict(found)
