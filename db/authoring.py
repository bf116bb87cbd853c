"""What authors write into the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from db.content import dump_fiscal, dump_text
from db.workshop import HAS_CONTENT, SqlWorkshop
from domain.courses.errors import CodeTaken
from domain.courses.model import (
    CategoryId,
    CourseId,
    CourseStatus,
    LessonId,
    Level,
    Media,
    MediaId,
    PartId,
    PartKind,
    Sale,
    SectionId,
)
from domain.fiscal import FiscalCodes
from domain.folding import fold
from domain.language import Language, Text
from domain.money import Money


class SqlCourses(SqlWorkshop):
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
        level: Level | None,
        sale: Sale,
        price: Money | None,
        now: datetime,
    ) -> CourseId:
        course_id: CourseId | None = await self._connection.fetchval(
            """
            insert into courses (code, category_id, owner_id, language, title, description, level, sale, price_tiyin,
                status, search, created_at)
            values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, 'draft', $10, $11)
            on conflict (code) do nothing returning id
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
            _searched(title, description),
            now,
        )
        if course_id is None:
            raise CodeTaken(code)
        return course_id

    async def set_titles(self, course_id: CourseId, title: Text, description: Text | None) -> None:
        await self._connection.execute(
            "update courses set title = $2::jsonb, description = $3::jsonb, search = $4 where id = $1",
            course_id,
            dump_text(title),
            dump_text(description),
            _searched(title, description),
        )

    async def set_lesson_title(self, lesson_id: LessonId, title: Text) -> None:
        await self._connection.execute(
            "update lessons set title = $2::jsonb where id = $1", lesson_id, dump_text(title)
        )

    async def add_section(self, course_id: CourseId, title: Text) -> SectionId:
        await self._hold("courses", course_id)
        return await self._connection.fetchval(
            """
            insert into sections (course_id, position, title)
            select $1, coalesce(max(position), 0) + 1, $2::jsonb from sections where course_id = $1 returning id
            """,
            course_id,
            dump_text(title),
        )

    async def add_lesson(
        self, section_id: SectionId, title: Text, *, is_preview: bool, price: Money | None, now: datetime
    ) -> LessonId:
        await self._hold("sections", section_id)
        return await self._connection.fetchval(
            """
            insert into lessons (course_id, section_id, position, title, is_preview, price_tiyin, created_at)
            select s.course_id, s.id, coalesce(max(l.position), 0) + 1, $2::jsonb, $3, $4, $5
            from sections s left join lessons l on l.section_id = s.id where s.id = $1 group by s.id returning id
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
        await self._hold("lessons", lesson_id)
        part_id = await self._connection.fetchval(
            """
            insert into parts (lesson_id, position, kind, text)
            select $1, coalesce(max(position), 0) + 1, $2, $3::jsonb from parts where lesson_id = $1 returning id
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
            insert into media (owner_id, kind, name, mime, size, sha256, telegram_file_id, bot_id, created_at,
                duration_seconds)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id
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
            media.duration_seconds,
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
            update courses set status = $2::text,
                published_at = case when $2::text = 'published' then coalesce(published_at, $3) else published_at end
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

    async def set_course_stars(self, course_id: CourseId, stars: int | None) -> None:
        await self._connection.execute("update courses set price_stars = $2 where id = $1", course_id, stars)

    async def set_lesson_stars(self, lesson_id: LessonId, stars: int | None) -> None:
        await self._connection.execute("update lessons set price_stars = $2 where id = $1", lesson_id, stars)

    async def set_fiscal_codes(self, course_id: CourseId, codes: FiscalCodes | None) -> None:
        await self._connection.execute(
            "update courses set fiscal = $2::jsonb where id = $1", course_id, dump_fiscal(codes)
        )

    async def set_lesson_price(self, lesson_id: LessonId, price: Money | None, *, is_preview: bool) -> None:
        await self._connection.execute(
            "update lessons set price_tiyin = $2, is_preview = $3 where id = $1",
            lesson_id,
            price.tiyin if price else None,
            is_preview,
        )

    async def restore(self, course_id: CourseId) -> None:
        await self._connection.execute(
            """
            update courses set status = case when published_at is null then 'draft' else 'published' end
            where id = $1 and status = 'archived'
            """,
            course_id,
        )

    async def publish_lessons(self, course_id: CourseId, only: LessonId | None = None) -> Sequence[LessonId]:
        rows = await self._connection.fetch(
            f"""
            update lessons l set is_published = true
            where l.course_id = $1 and ($2::bigint is null or l.id = $2) and not l.is_published and {HAS_CONTENT}
            returning l.id
            """,
            course_id,
            only,
        )
        return sorted(row["id"] for row in rows)

    async def hide_lesson(self, lesson_id: LessonId) -> bool:
        hidden = await self._connection.fetchval(
            """
            update lessons l set is_published = false
            where l.id = $1 and not exists (
                select 1 from access_grants g where g.revoked_at is null
                    and (g.product_kind, g.product_id) in (('lesson', l.id), ('course', l.course_id)))
                and not exists (
                select 1 from orders o where o.state = 'open'
                    and (o.product_kind, o.product_id) in (('lesson', l.id), ('course', l.course_id)))
            returning true
            """,
            lesson_id,
        )
        return hidden is not None

    async def remove_lesson(self, lesson_id: LessonId) -> bool:
        is_free = await self._connection.fetchval(
            """
            select not l.is_published
                and not exists (select 1 from lesson_progress p join users u on u.id = p.user_id
                    where p.lesson_id = l.id and u.role = 'student')
                and not exists (select 1 from quizzes z join attempts a on a.quiz_id = z.id where z.lesson_id = l.id)
                and not exists (select 1 from orders o where o.product_kind = 'lesson' and o.product_id = l.id)
                and not exists (select 1 from access_grants g where g.product_kind = 'lesson' and g.product_id = l.id)
            from lessons l where l.id = $1
            """,
            lesson_id,
        )
        if not is_free:
            return False
        for statement in (
            "delete from questions where quiz_id in (select id from quizzes where lesson_id = $1)",
            "delete from quizzes where lesson_id = $1",
            "delete from parts where lesson_id = $1",
            "delete from lesson_progress where lesson_id = $1",
            "delete from lessons where id = $1",
        ):
            await self._connection.execute(statement, lesson_id)
        return True

    async def is_empty(self) -> bool:
        return not await self._connection.fetchval("select exists (select 1 from courses where status <> 'archived')")

    async def _hold(self, table: Literal["courses", "sections", "lessons"], row_id: int) -> None:
        """Keep others from adding below this row until the transaction ends.

        A statement of its own: one that waited for the lock would go on with the positions that it saw before.
        """
        await self._connection.execute(f"select from {table} where id = $1 for no key update", row_id)


def _searched(title: Text, description: Text | None) -> str:
    return fold(" ".join([*title.variants.values(), *(description.variants.values() if description else ())]))
