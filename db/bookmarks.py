from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.content import load_text
from db.engine import Connection
from domain.courses.model import LessonId, PartId, PartKind
from domain.learning.bookmark_model import Bookmark, BookmarkId
from domain.users.model import UserId

_BOOKMARKS = """
    select b.id, b.lesson_id, b.part_id, b.second, b.title, b.created_at, p.kind,
        l.title as lesson_title, c.title as course_title
    from bookmarks b join lessons l on l.id = b.lesson_id join courses c on c.id = l.course_id
    left join parts p on p.id = b.part_id
    where b.user_id = $1 and b.deleted_at is null
"""


class SqlBookmarks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self,
        user_id: UserId,
        lesson_id: LessonId,
        part_id: PartId,
        second: int | None,
        title: str,
        now: datetime,
        *,
        words: str = "",
    ) -> BookmarkId:
        return await self._connection.fetchval(
            """
            insert into bookmarks (user_id, lesson_id, part_id, second, title, created_at)
            values ($1, $2, $3, $4, coalesce(nullif($5, ''), $7), $6)
            on conflict (user_id, part_id, second) where part_id is not null do update set
                title = case when $5 <> '' then $5 else bookmarks.title end, deleted_at = null
            returning id
            """,
            user_id,
            lesson_id,
            part_id,
            second,
            title,
            now,
            words,
        )

    async def page(
        self, user_id: UserId, lesson_id: LessonId | None, behind: BookmarkId | None, *, limit: int
    ) -> Sequence[Bookmark]:
        conditions, values = "", [user_id, limit]
        for condition, value in (("b.id <", behind), ("b.lesson_id =", lesson_id)):
            if value is not None:
                values.append(value)
                conditions += f" and {condition} ${len(values)}"
        rows = await self._connection.fetch(f"{_BOOKMARKS}{conditions} order by b.id desc limit $2", *values)
        return [_bookmark(row) for row in rows]

    async def get(self, user_id: UserId, bookmark_id: BookmarkId) -> Bookmark | None:
        row = await self._connection.fetchrow(f"{_BOOKMARKS} and b.id = $2", user_id, bookmark_id)
        return _bookmark(row) if row else None

    async def rename(self, user_id: UserId, bookmark_id: BookmarkId, title: str) -> bool:
        return await self._changed(
            "update bookmarks set title = $3 where user_id = $1 and id = $2 and deleted_at is null returning true",
            user_id,
            bookmark_id,
            title,
        )

    async def delete(self, user_id: UserId, bookmark_id: BookmarkId, now: datetime) -> bool:
        return await self._changed(
            """
            with gone as (delete from bookmarks where user_id = $1 and deleted_at < $3::timestamptz - interval '1 day')
            update bookmarks set deleted_at = $3 where user_id = $1 and id = $2 and deleted_at is null returning true
            """,
            user_id,
            bookmark_id,
            now,
        )

    async def restore(self, user_id: UserId, bookmark_id: BookmarkId) -> bool:
        """Twice is once: one that is there already stays."""
        return await self._changed(
            "update bookmarks set deleted_at = null where user_id = $1 and id = $2 returning true",
            user_id,
            bookmark_id,
        )

    async def _changed(self, statement: str, *values: object) -> bool:
        return await self._connection.fetchval(statement, *values) is not None


def _bookmark(row: asyncpg.Record) -> Bookmark:
    return Bookmark(
        id=row["id"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        course_title=load_text(row["course_title"]),
        part_id=row["part_id"],
        kind=PartKind(row["kind"]) if row["kind"] else None,
        second=row["second"],
        title=row["title"],
        created_at=row["created_at"],
    )
