"""Files on their way to a course, and what has to be looked up for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import is_staff
from db.engine import Connection
from domain.courses.exchange.issues import Refusal
from domain.courses.exchange.ports import Arrival, Import, ImportId, ImportState
from domain.courses.model import CourseId
from domain.identity import UserId

_COLUMNS = """
    i.id, i.owner_id, i.message_id, i.course_id, i.name, i.size, i.telegram_file_id, i.state, i.refusal, i.draft,
    i.sha256, i.category, i.imported_id, i.progress_id
"""


class SqlCourseImports:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, owner_id: UserId, course_id: CourseId | None, arrival: Arrival, now: datetime) -> Import:
        row = await self._connection.fetchrow(
            f"""
            insert into course_imports as i (owner_id, message_id, course_id, name, size, telegram_file_id, created_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (owner_id, message_id) do update set message_id = excluded.message_id
            returning {_COLUMNS}
            """,
            owner_id,
            arrival.message_id,
            course_id,
            arrival.name,
            arrival.size,
            arrival.telegram_file_id,
            now,
        )
        if row is None:
            raise LookupError("an upsert returns its row")
        return _import(row)

    async def get(self, import_id: ImportId) -> Import | None:
        row = await self._connection.fetchrow(f"select {_COLUMNS} from course_imports i where i.id = $1", import_id)
        return _import(row) if row else None

    async def lock(self, import_id: ImportId) -> Import | None:
        row = await self._connection.fetchrow(
            f"select {_COLUMNS} from course_imports i where i.id = $1 for update", import_id
        )
        return _import(row) if row else None

    async def note_progress(self, import_id: ImportId, message_id: int | None) -> None:
        await self._connection.execute(
            "update course_imports set progress_id = $2 where id = $1", import_id, message_id
        )

    async def note_stored(self, import_id: ImportId, sha256: str) -> None:
        await self._connection.execute("update course_imports set sha256 = $2 where id = $1", import_id, sha256)

    async def note_read(self, import_id: ImportId, parsed: Mapping[str, Any], state: ImportState) -> bool:
        noted = await self._connection.fetchval(
            "update course_imports set draft = $2::jsonb, state = $3 where id = $1 and state = 'waiting'"
            " returning true",
            import_id,
            orjson.dumps(parsed).decode(),
            state,
        )
        return noted is not None

    async def refuse(self, import_id: ImportId, refusal: Refusal) -> bool:
        refused = await self._connection.fetchval(
            "update course_imports set refusal = $2, state = 'refused' where id = $1 and state = 'waiting'"
            " returning true",
            import_id,
            refusal,
        )
        return refused is not None

    async def choose_category(self, import_id: ImportId, slug: str) -> None:
        await self._connection.execute("update course_imports set category = $2 where id = $1", import_id, slug)

    async def note_imported(self, import_id: ImportId, course_id: CourseId) -> None:
        await self._connection.execute(
            "update course_imports set state = 'imported', imported_id = $2, draft = null where id = $1",
            import_id,
            course_id,
        )

    async def put_away(self, import_id: ImportId) -> None:
        await self._connection.execute(
            "update course_imports set state = 'expired', draft = null where id = $1 and state <> 'imported'",
            import_id,
        )

    async def expire(self, before: datetime) -> int:
        rows = await self._connection.fetch(
            """
            update course_imports set state = 'expired', draft = null
            where state in ('waiting', 'ready', 'refused') and created_at < $1 returning id
            """,
            before,
        )
        return len(rows)

    async def visible_codes(self, codes: Iterable[str], user_id: UserId) -> Mapping[str, CourseId]:
        rows = await self._connection.fetch(
            f"select c.code, c.id from courses c where c.code = any($1::varchar[])"
            f" and (c.status = 'published' or {is_staff('$2')})",
            list(codes),
            user_id,
        )
        return {row["code"]: CourseId(row["id"]) for row in rows}

    async def taken_slugs(self, slugs: Sequence[str]) -> frozenset[str]:
        rows = await self._connection.fetch("select slug from courses where slug = any($1::varchar[])", list(slugs))
        return frozenset(row["slug"] for row in rows)


def _import(row: asyncpg.Record) -> Import:
    return Import(
        id=row["id"],
        owner_id=row["owner_id"],
        course_id=row["course_id"],
        arrival=Arrival(
            message_id=row["message_id"],
            name=row["name"],
            size=row["size"],
            telegram_file_id=row["telegram_file_id"],
        ),
        state=ImportState(row["state"]),
        refusal=Refusal(row["refusal"]) if row["refusal"] else None,
        parsed=orjson.loads(row["draft"]) if row["draft"] else None,
        sha256=row["sha256"],
        category=row["category"],
        imported_id=row["imported_id"],
        progress_id=row["progress_id"],
    )
