"""Files of people in PostgreSQL. Whose they are, and who may read them, is in the statements."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import is_staff, load_text
from db.engine import Connection
from db.opening import owns_course
from domain.courses.model import CourseId
from domain.materials.model import (
    Heading,
    Material,
    MaterialId,
    MaterialState,
    Page,
    Sent,
    Share,
    Unreadable,
)
from domain.users.model import UserId

_COLUMNS = """
    m.id, m.owner_id, m.name, m.mime, m.size, m.telegram_file_id, m.bot_id, m.sha256, m.state, m.fault, m.page_count,
    m.unseen_count, m.revision, m.status_id, m.created_at, m.deleted_at
"""
_HIGHEST = 2**63 - 1
_ADD = """
    insert into materials (owner_id, bot_id, message_id, name, mime, size, telegram_file_id, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (owner_id, bot_id, message_id) do nothing returning id
"""
_OF_MESSAGE = f"select {_COLUMNS} from materials m where m.owner_id = $1 and m.bot_id = $2 and m.message_id = $3"


def _takes(user: str) -> str:
    """A condition on courses `c`: the user teaches the course, or takes it and has paid what has to be paid."""
    return f"""
        ({is_staff(user)} or (c.status = 'published' or {owns_course(user)})
            and (c.sale <> 'course' or {owns_course(user)})
            and exists (select from enrolments e where e.user_id = {user} and e.course_id = c.id
                and e.status in ('active', 'completed')))
    """


_READABLE = f"""
    select {_COLUMNS} from materials m
    where m.id = $2 and m.deleted_at is null and (m.owner_id = $1 or exists (
        select from material_shares s join courses c on c.id = s.course_id
        where s.material_id = m.id and {is_staff("m.owner_id")} and {_takes("$1")}))
"""
_TAUGHT = """
    select o.id from courses o where o.owner_id = $1
    union select t.course_id from course_teachers t where t.user_id = $1
"""
"""Courses of one teacher, by two indexes: an admin teaches no other ones here."""
_SHARED = f"""
    with mine as (
        select e.course_id as id from enrolments e where e.user_id = $1 and e.status in ('active', 'completed')
        union ({_TAUGHT})
    )
    select {_COLUMNS} from materials m
    where m.deleted_at is null and m.owner_id <> $1 and m.id < $2 and m.id in (
        select s.material_id from mine join courses c on c.id = mine.id join material_shares s on s.course_id = c.id
        join materials h on h.id = s.material_id
        where {_takes("$1")} and {is_staff("h.owner_id")})
    order by m.id desc limit $3
"""
_SHARES = f"""
    select c.id, c.title,
        exists (select from material_shares s where s.course_id = c.id and s.material_id = $2) as is_shared
    from courses c where c.id in ({_TAUGHT}) and c.status <> 'archived' and {is_staff("$1")} order by c.id desc
"""
_SHARE = f"""
    with chosen as (
        select c.id from courses c
        where c.id = $3 and c.id in ({_TAUGHT}) and c.status <> 'archived' and {is_staff("$1")}
    ),
    added as (
        insert into material_shares (course_id, material_id, shared_at) select id, $2, $4 from chosen
        on conflict (course_id, material_id) do nothing
    )
    select exists (select from chosen)
"""
_FIND = r"""
    select number, text, headings from material_pages
    where material_id = $1 and number > $3
        and strpos(lower(regexp_replace(text, '\s+', ' ', 'g')), lower($2)) > 0
    order by number limit 1
"""
_TWIN = """
    select t.id from materials m join materials t on t.owner_id = m.owner_id and t.sha256 = $2
    where m.id = $1 and t.id <> m.id and t.deleted_at is null
"""
_READ = """
    update materials set state = 'read', page_count = $3, unseen_count = $4, fault = null
    where id = $1 and revision = $2 and state = 'stored' and deleted_at is null returning true
"""
_PUT_PAGES = """
    insert into material_pages (material_id, number, text, headings)
    select $1, p.number, p.text, p.headings::jsonb
    from unnest($2::integer[], $3::text[], $4::text[]) as p (number, text, headings)
    on conflict (material_id, number) do update set text = excluded.text, headings = excluded.headings
"""
_KEEP_PAGE = """
    insert into material_pages (material_id, number, text)
    select m.id, $3, $4 from materials m where m.id = $1 and m.revision = $2 and m.state = 'stored'
    on conflict (material_id, number) do update set text = excluded.text
"""
_FORGET = """
    with gone as (delete from materials where id = $1 and deleted_at <= $2 returning sha256),
    dooming as (
        insert into doomed_files (sha256, since) select sha256, $3 from gone where sha256 is not null
        on conflict (sha256) do nothing
    )
    select exists (select from gone)
"""


class SqlMaterials:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, owner_id: UserId, sent: Sent, name: str, now: datetime) -> tuple[Material, bool]:
        added = await self._connection.fetchval(
            _ADD, owner_id, sent.bot_id, sent.message_id, name, sent.mime, sent.size, sent.telegram_file_id, now
        )
        row = await self._connection.fetchrow(_OF_MESSAGE, owner_id, sent.bot_id, sent.message_id)
        if row is None:
            raise LookupError("a material that was added is not there")
        return _material(row), added is not None

    async def get(self, material_id: MaterialId) -> Material | None:
        return _one(await self._connection.fetchrow(f"select {_COLUMNS} from materials m where m.id = $1", material_id))

    async def readable(self, reader_id: UserId, material_id: MaterialId) -> Material | None:
        return _one(await self._connection.fetchrow(_READABLE, reader_id, material_id))

    async def lock_own(self, owner_id: UserId, material_id: MaterialId) -> Material | None:
        return _one(
            await self._connection.fetchrow(
                f"select {_COLUMNS} from materials m where m.id = $2 and m.owner_id = $1 for update",
                owner_id,
                material_id,
            )
        )

    async def newest(self, owner_id: UserId, *, before: MaterialId | None, limit: int) -> Sequence[Material]:
        rows = await self._connection.fetch(
            f"select {_COLUMNS} from materials m where m.owner_id = $1 and m.deleted_at is null and m.id < $2"
            " order by m.id desc limit $3",
            owner_id,
            _HIGHEST if before is None else before,
            limit,
        )
        return [_material(row) for row in rows]

    async def shared(self, reader_id: UserId, *, before: MaterialId | None, limit: int) -> Sequence[Material]:
        rows = await self._connection.fetch(_SHARED, reader_id, _HIGHEST if before is None else before, limit)
        return [_material(row) for row in rows]

    async def page(self, material_id: MaterialId, number: int) -> Page | None:
        row = await self._connection.fetchrow(
            "select number, text, headings from material_pages where material_id = $1 and number = $2",
            material_id,
            number,
        )
        return None if row is None else _page(row)

    async def find(self, material_id: MaterialId, words: str, after: int) -> Page | None:
        row = await self._connection.fetchrow(_FIND, material_id, words, after)
        return None if row is None else _page(row)

    async def pages(self, material_id: MaterialId) -> Sequence[Page]:
        rows = await self._connection.fetch(
            "select number, text, headings from material_pages where material_id = $1 order by number", material_id
        )
        return [_page(row) for row in rows]

    async def rename(self, material_id: MaterialId, name: str) -> None:
        await self._connection.execute("update materials set name = $2 where id = $1", material_id, name)

    async def begin_again(self, material_id: MaterialId) -> int:
        await self._connection.execute("delete from material_pages where material_id = $1", material_id)
        return await self._connection.fetchval(
            "update materials set revision = revision + 1, state = 'stored', fault = null, page_count = null,"
            " unseen_count = 0, status_id = null where id = $1 returning revision",
            material_id,
        )

    async def delete(self, material_id: MaterialId, now: datetime) -> None:
        await self._connection.execute(
            "update materials set deleted_at = $2 where id = $1 and deleted_at is null", material_id, now
        )

    async def restore(self, material_id: MaterialId) -> None:
        # What was in the index was taken out of it.
        await self._connection.execute(
            "update materials set deleted_at = null, state = case state when 'indexed' then 'read' else state end"
            " where id = $1",
            material_id,
        )

    async def has_twin(self, material: Material) -> bool:
        return await self._connection.fetchval(_TWIN, material.id, material.sha256) is not None

    async def shares(self, owner_id: UserId, material_id: MaterialId) -> Sequence[Share]:
        return [
            Share(course_id=CourseId(row["id"]), title=load_text(row["title"]), is_shared=row["is_shared"])
            for row in await self._connection.fetch(_SHARES, owner_id, material_id)
        ]

    async def share(self, owner_id: UserId, material_id: MaterialId, course_id: CourseId, now: datetime) -> bool:
        return await self._connection.fetchval(_SHARE, owner_id, material_id, course_id, now)

    async def unshare(self, material_id: MaterialId, course_id: CourseId) -> None:
        await self._connection.execute(
            "delete from material_shares where material_id = $1 and course_id = $2", material_id, course_id
        )

    async def note_status(self, material_id: MaterialId, message_id: int) -> None:
        await self._connection.execute("update materials set status_id = $2 where id = $1", material_id, message_id)

    async def note_stored(self, material_id: MaterialId, sha256: str, size: int) -> MaterialId | None:
        twin = await self._connection.fetchval(_TWIN, material_id, sha256)
        if twin is not None:
            await self._connection.execute(
                "update materials set state = 'duplicate', deleted_at = coalesce(deleted_at, now())"
                " where id = $1 and state = 'waiting'",
                material_id,
            )
            return MaterialId(twin)
        # Also when it was deleted meanwhile: the sweep has to know what is in the storage.
        await self._connection.execute(
            "update materials set sha256 = $2, size = $3, state = 'stored' where id = $1 and state = 'waiting'",
            material_id,
            sha256,
            size,
        )
        return None

    async def keep_page(self, material_id: MaterialId, revision: int, page: Page) -> None:
        await self._connection.execute(_KEEP_PAGE, material_id, revision, page.number, page.text)

    async def note_read(self, material_id: MaterialId, revision: int, pages: Sequence[Page], unseen: int) -> bool:
        if not await self._connection.fetchval(_READ, material_id, revision, len(pages), unseen):
            return False
        await self._connection.execute(
            _PUT_PAGES,
            material_id,
            [page.number for page in pages],
            [page.text for page in pages],
            [_dump(page.headings) for page in pages],
        )
        return True

    async def note_indexed(self, material_id: MaterialId, revision: int) -> bool:
        noted = await self._connection.fetchval(
            "update materials set state = 'indexed'"
            " where id = $1 and revision = $2 and state = 'read' and deleted_at is null returning true",
            material_id,
            revision,
        )
        return noted is not None

    async def note_unreadable(self, material_id: MaterialId, revision: int, why: Unreadable) -> bool:
        noted = await self._connection.fetchval(
            "update materials set state = 'unreadable', fault = $3"
            " where id = $1 and revision = $2 and state in ('waiting', 'stored') returning true",
            material_id,
            revision,
            why,
        )
        return noted is not None

    async def due(self, before: datetime, limit: int) -> Sequence[MaterialId]:
        rows = await self._connection.fetch(
            "select id from materials where deleted_at <= $1 order by deleted_at limit $2", before, limit
        )
        return [MaterialId(row["id"]) for row in rows]

    async def forget(self, material_id: MaterialId, before: datetime, now: datetime) -> bool:
        return await self._connection.fetchval(_FORGET, material_id, before, now)


def _one(row: asyncpg.Record | None) -> Material | None:
    return None if row is None else _material(row)


def _material(row: asyncpg.Record) -> Material:
    return Material(
        id=row["id"],
        owner_id=row["owner_id"],
        name=row["name"],
        mime=row["mime"],
        size=row["size"],
        telegram_file_id=row["telegram_file_id"],
        bot_id=row["bot_id"],
        sha256=row["sha256"],
        state=MaterialState(row["state"]),
        fault=Unreadable(row["fault"]) if row["fault"] else None,
        page_count=row["page_count"],
        unseen_count=row["unseen_count"],
        revision=row["revision"],
        status_id=row["status_id"],
        created_at=row["created_at"],
        is_deleted=row["deleted_at"] is not None,
    )


def _dump(headings: Sequence[Heading]) -> str:
    return orjson.dumps([[heading.level, heading.title, heading.start] for heading in headings]).decode()


def _page(row: asyncpg.Record) -> Page:
    return Page(
        number=row["number"],
        text=row["text"],
        headings=tuple(
            Heading(level=level, title=title, start=start) for level, title, start in orjson.loads(row["headings"])
        ),
    )
