"""What authors write into the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from db.content import COURSE_COLUMNS, course_of, dump_text, lesson_of
from db.engine import Connection
from domain.courses.model import (
    CategoryId,
    Course,
    CourseEntry,
    CourseId,
    CourseStatus,
    Lesson,
    LessonId,
    Media,
    MediaId,
    PartId,
    PartKind,
    Sale,
    SectionId,
)
from domain.folding import fold
from domain.language import Language, Text
from domain.money import Money


class SqlCourses:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, course_id: CourseId) -> Course | None:
        row = await self._connection.fetchrow(
            f"select {COURSE_COLUMNS} from courses c where c.id = $1",  # noqa: S608
            course_id,
        )
        return course_of(row) if row else None

    async def get_lesson(self, lesson_id: LessonId) -> Lesson | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, jsonb_build_object('id', l.id, 'section_id', l.section_id,
                'position', l.position, 'title', l.title, 'is_preview', l.is_preview, 'price', l.price_tiyin,
                'is_published', l.is_published) as lesson
            from lessons l join courses c on c.id = l.course_id where l.id = $1
            """,  # noqa: S608
            lesson_id,
        )
        return lesson_of(orjson.loads(row["lesson"]), course_of(row)) if row else None

    async def owned_by(self, owner_id: int) -> Sequence[CourseEntry]:
        rows = await self._connection.fetch(
            f"""
            select {COURSE_COLUMNS}, (select count(*) from lessons l where l.course_id = c.id) as lesson_count
            from courses c where c.owner_id = $1 and c.status <> 'archived' order by c.id desc
            """,  # noqa: S608
            owner_id,
        )
        return [CourseEntry(course=course_of(row), lesson_count=row["lesson_count"]) for row in rows]

    async def add_category(
        self, *, slug: str, emoji: str, title: Text, parent_id: CategoryId | None, position: int
    ) -> CategoryId:
        return await self._connection.fetchval(
            "insert into categories (slug, emoji, title, parent_id, position)"
            " values ($1, $2, $3::jsonb, $4, $5) returning id",
            slug,
            emoji,
            dump_text(title),
            parent_id,
            position,
        )

    async def add_course(
        self,
        *,
        code: str,
        category_id: CategoryId,
        owner_id: int,
        language: Language,
        title: Text,
        description: Text | None,
        level: str | None,
        sale: Sale,
        price: Money | None,
        now: datetime,
    ) -> CourseId:
        words = [*title.variants.values(), *(description.variants.values() if description else ())]
        return await self._connection.fetchval(
            """
            insert into courses (code, category_id, owner_id, language, title, description, level, sale, price_tiyin,
                status, search, created_at)
            values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, 'draft', $10, $11) returning id
            """,
            code,
            category_id,
            owner_id,
            language,
            dump_text(title),
            dump_text(description),
            level,
            sale,
            price.tiyin if price else None,
            fold(" ".join(words)),
            now,
        )

    async def add_section(self, course_id: CourseId, title: Text) -> SectionId:
        return await self._connection.fetchval(
            """
            with course as (select id from courses where id = $1 for update)
            insert into sections (course_id, position, title)
            select course.id, coalesce((select max(position) from sections where course_id = $1), 0) + 1, $2::jsonb
            from course returning id
            """,
            course_id,
            dump_text(title),
        )

    async def add_lesson(
        self, section_id: SectionId, title: Text, *, is_preview: bool, price: Money | None, now: datetime
    ) -> LessonId:
        return await self._connection.fetchval(
            """
            with section as (select id, course_id from sections where id = $1 for update)
            insert into lessons (course_id, section_id, position, title, is_preview, price_tiyin, created_at)
            select section.course_id, section.id,
                coalesce((select max(position) from lessons where section_id = $1), 0) + 1, $2::jsonb, $3, $4, $5
            from section returning id
            """,
            section_id,
            dump_text(title),
            is_preview,
            price.tiyin if price else None,
            now,
        )

    async def add_part(
        self, lesson_id: LessonId, kind: PartKind, text: Text | None, media: Mapping[Language, MediaId]
    ) -> PartId:
        part_id = await self._connection.fetchval(
            """
            with lesson as (select id from lessons where id = $1 for update)
            insert into parts (lesson_id, position, kind, text)
            select lesson.id, coalesce((select max(position) from parts where lesson_id = $1), 0) + 1, $2, $3::jsonb
            from lesson returning id
            """,
            lesson_id,
            kind,
            dump_text(text),
        )
        await self._connection.executemany(
            "insert into part_media (part_id, language, media_id) values ($1, $2, $3)",
            [(part_id, language, media_id) for language, media_id in media.items()],
        )
        return part_id

    async def remove_part(self, part_id: PartId) -> LessonId | None:
        return await self._connection.fetchval("delete from parts where id = $1 returning lesson_id", part_id)

    async def add_media(self, media: Media, owner_id: int, now: datetime) -> MediaId:
        return await self._connection.fetchval(
            """
            insert into media (owner_id, kind, name, mime, size, sha256, telegram_file_id, bot_id, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
            """,
            owner_id,
            media.kind,
            media.name,
            media.mime,
            media.size,
            media.sha256,
            media.telegram_file_id,
            media.bot_id,
            now,
        )

    async def remember_file_id(self, media_id: MediaId, telegram_file_id: str, bot_id: int) -> None:
        await self._connection.execute(
            "update media set telegram_file_id = $2, bot_id = $3 where id = $1", media_id, telegram_file_id, bot_id
        )

    async def set_cover(self, course_id: CourseId, media_id: MediaId) -> None:
        await self._connection.execute("update courses set cover_id = $2 where id = $1", course_id, media_id)

    async def set_status(self, course_id: CourseId, status: CourseStatus, now: datetime) -> None:
        await self._connection.execute(
            """
            update courses set status = $2,
                published_at = case when $2 = 'published' then coalesce(published_at, $3) else published_at end
            where id = $1
            """,
            course_id,
            status,
            now,
        )

    async def set_sale(self, course_id: CourseId, sale: Sale, price: Money | None) -> None:
        await self._connection.execute(
            "update courses set sale = $2, price_tiyin = $3 where id = $1",
            course_id,
            sale,
            price.tiyin if price else None,
        )

    async def set_lesson_price(self, lesson_id: LessonId, price: Money | None, *, is_preview: bool) -> None:
        await self._connection.execute(
            "update lessons set price_tiyin = $2, is_preview = $3 where id = $1",
            lesson_id,
            price.tiyin if price else None,
            is_preview,
        )

    async def publish_lessons(self, course_id: CourseId) -> Sequence[LessonId]:
        rows = await self._connection.fetch(
            """
            update lessons l set is_published = true
            where l.course_id = $1 and not l.is_published and exists (select 1 from parts p where p.lesson_id = l.id)
            returning l.id
            """,
            course_id,
        )
        return [row["id"] for row in rows]

    async def is_empty(self) -> bool:
        return not await self._connection.fetchval(
            "select exists (select 1 from categories) or exists (select 1 from courses)"
        )
