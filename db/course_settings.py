"""The settings of one course."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, course_of, load_text, text_of
from db.engine import Connection
from domain.courses.errors import PrerequisiteCircle
from domain.courses.model import Category, CategoryId, CourseId, Level, Media, MediaId, PartKind
from domain.courses.settings_ports import CourseName, Prerequisite, SettingsPage
from domain.language import Language

MEDIA_COLUMNS = "m.id, m.kind, m.name, m.mime, m.size, m.sha256, m.telegram_file_id, m.bot_id, m.duration_seconds"
_PAGE = f"""
    with recursive above (id, parent_id, distance) as (
        select k.id, k.parent_id, 0 from categories k join courses c on c.category_id = k.id where c.id = $1
        union all select k.id, k.parent_id, above.distance + 1 from categories k join above on k.id = above.parent_id
    )
    select {COURSE_COLUMNS},
        (select jsonb_agg(jsonb_build_object('id', k.id, 'slug', k.slug, 'emoji', k.emoji, 'title', k.title,
            'parent_id', k.parent_id) order by above.distance desc)
         from above join categories k on k.id = above.id) as path,
        (select jsonb_agg(jsonb_build_object('id', r.id, 'title', r.title, 'is_published', r.status = 'published')
            order by r.id)
         from course_prerequisites p join courses r on r.id = p.required_id where p.course_id = c.id) as prerequisites
    from courses c where c.id = $1
"""


class SqlCourseSettings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def page(self, course_id: CourseId) -> SettingsPage | None:
        row = await self._connection.fetchrow(_PAGE, course_id)
        return _page(row) if row else None

    async def set_category(self, course_id: CourseId, category_id: CategoryId) -> None:
        await self._connection.execute("update courses set category_id = $2 where id = $1", course_id, category_id)

    async def set_level(self, course_id: CourseId, level: Level | None) -> None:
        await self._connection.execute("update courses set level = $2 where id = $1", course_id, level)

    async def set_language(self, course_id: CourseId, language: Language) -> None:
        await self._connection.execute("update courses set language = $2 where id = $1", course_id, language)

    async def cover(self, course_id: CourseId) -> Media | None:
        row = await self._connection.fetchrow(
            f"""
            select {MEDIA_COLUMNS}
            from courses c join media m on m.id = c.cover_id where c.id = $1
            """,
            course_id,
        )
        return media_of(row) if row else None

    async def set_cover(self, course_id: CourseId, media_id: MediaId | None) -> None:
        await self._connection.execute("update courses set cover_id = $2 where id = $1", course_id, media_id)

    async def set_slug(self, course_id: CourseId, slug: str | None) -> bool:
        """A code of that spelling would come first in links, so it counts as taken."""
        try:
            async with self._connection.transaction():
                found = await self._connection.fetchval(
                    """
                    update courses c set slug = $2::text
                    where c.id = $1 and not exists (select from courses o where o.code = $2::text) returning true
                    """,
                    course_id,
                    slug,
                )
        except asyncpg.UniqueViolationError:
            return False
        return found is not None

    async def set_certificate(self, course_id: CourseId, *, has_certificate: bool, percent: int | None) -> None:
        await self._connection.execute(
            "update courses set has_certificate = $2, certificate_percent = $3 where id = $1",
            course_id,
            has_certificate,
            percent,
        )

    async def candidates(self, course_id: CourseId, *, before: CourseId | None, limit: int) -> Sequence[CourseName]:
        rows = await self._connection.fetch(
            """
            select c.id, c.title from courses c
            where c.status = 'published' and c.id <> $1 and ($2::bigint is null or c.id < $2)
                and not exists (select from course_prerequisites p where p.course_id = $1 and p.required_id = c.id)
            order by c.id desc limit $3
            """,
            course_id,
            before,
            limit,
        )
        return [CourseName(id=row["id"], title=load_text(row["title"])) for row in rows]

    async def candidates_like(self, course_id: CourseId, folded: str, *, limit: int) -> Sequence[CourseName]:
        rows = await self._connection.fetch(
            """
            select c.id, c.title from courses c
            where c.status = 'published' and c.id <> $1
                and (c.search like '%' || $2 || '%' or $2 <% c.search)
                and not exists (select from course_prerequisites q where q.course_id = $1 and q.required_id = c.id)
            order by word_similarity($2, c.search) desc, c.id limit $3
            """,
            course_id,
            folded,
            limit,
        )
        return [CourseName(id=row["id"], title=load_text(row["title"])) for row in rows]

    async def needed_by(self, course_id: CourseId) -> frozenset[CourseId]:
        rows = await self._connection.fetch(
            """
            with recursive needed (id) as (
                select required_id from course_prerequisites where course_id = $1
                union select p.required_id from course_prerequisites p join needed n on p.course_id = n.id
            )
            select id from needed
            """,
            course_id,
        )
        return frozenset(row["id"] for row in rows)

    async def require(self, course_id: CourseId, required_id: CourseId) -> None:
        try:
            async with self._connection.transaction():
                await self._connection.execute(
                    "insert into course_prerequisites (course_id, required_id) values ($1, $2) on conflict do nothing",
                    course_id,
                    required_id,
                )
        except asyncpg.CheckViolationError as error:
            if error.constraint_name not in ("ck_course_prerequisites_no_circle", "ck_course_prerequisites_not_itself"):
                raise
            raise PrerequisiteCircle(course_id) from error

    async def unrequire(self, course_id: CourseId, required_id: CourseId) -> None:
        await self._connection.execute(
            "delete from course_prerequisites where course_id = $1 and required_id = $2", course_id, required_id
        )

    async def plan(self, course_id: CourseId, publish_at: datetime | None) -> None:
        await self._connection.execute("update courses set publish_at = $2 where id = $1", course_id, publish_at)

    async def due(self, now: datetime, *, limit: int) -> Sequence[CourseId]:
        rows = await self._connection.fetch(
            "select id from courses where publish_at <= $1 order by publish_at, id limit $2", now, limit
        )
        return [row["id"] for row in rows]


def media_of(row: asyncpg.Record) -> Media:
    """Needs MEDIA_COLUMNS."""
    return Media(
        id=row["id"],
        kind=PartKind(row["kind"]),
        name=row["name"],
        mime=row["mime"],
        size=row["size"],
        sha256=row["sha256"],
        telegram_file_id=row["telegram_file_id"],
        bot_id=row["bot_id"],
        duration_seconds=row["duration_seconds"],
    )


def _page(row: asyncpg.Record) -> SettingsPage:
    path: list[dict[str, Any]] = orjson.loads(row["path"])
    prerequisites: list[dict[str, Any]] = orjson.loads(row["prerequisites"] or "[]")
    return SettingsPage(
        course=course_of(row),
        path=tuple(
            Category(
                id=data["id"],
                slug=data["slug"],
                emoji=data["emoji"],
                title=text_of(data["title"]),
                parent_id=data["parent_id"],
            )
            for data in path
        ),
        prerequisites=tuple(
            Prerequisite(course_id=data["id"], title=text_of(data["title"]), is_published=data["is_published"])
            for data in prerequisites
        ),
    )
