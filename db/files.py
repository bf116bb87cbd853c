"""Media and their originals in PostgreSQL. What refers to media is asked of the catalogue: no table is forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime

from db.engine import Connection
from domain.courses.file_ports import Original, Showing
from domain.courses.model import Media, MediaId, PartId, PartKind
from domain.courses.quotas import Usage
from domain.courses.uploads import BatchId, UploadState
from domain.identity import UserId

_ORIGINAL = """
    select m.id, m.kind, m.name, m.mime, m.size, m.sha256, m.telegram_file_id, m.bot_id, m.duration_seconds, m.unkept,
        u.batch_id
    from media m left join uploads u on u.media_id = m.id where m.id = $1
"""
_NOTE_KEPT = "update media set sha256 = $2, size = $3, mime = $4, unkept = null where id = $1 and sha256 is null"
_SHOWING = """
    select p.id as part_id, p.lesson_id, l.is_published,
        not exists (select from part_media o where o.part_id = p.id and o.media_id <> $1) as is_only_file
    from part_media pm join parts p on p.id = pm.part_id join lessons l on l.id = p.lesson_id
    where pm.media_id = $1 order by p.id
"""
_REFERRERS = """
    select c.conrelid::regclass::text as referrer, quote_ident(a.attname) as name
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'media'::regclass and c.confdeltype in ('a', 'r')
"""
"""Those that hold on to media; a reference that falls away with it (cascade, set null) does not."""
_LINKS = frozenset({"lesson_resources"})
"""Tables whose rows are nothing but a file in its place."""
_HASHES = """
    select a.attrelid::regclass::text as referrer, quote_ident(a.attname) as name
    from pg_attribute a join pg_class k on k.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where k.relkind = 'r' and k.relnamespace = 'public'::regnamespace and a.attname like '%sha256'
        and t.typcategory = 'S' and not a.attisdropped and k.relname <> 'doomed_files'
"""
_SWEEP = """
    with due as (
        select media_id from loose_media where since <= $1 order by since limit $2 for update skip locked
    ),
    gone as (
        delete from media m using due where m.id = due.media_id and not ({is_held}) returning m.id, m.sha256
    ),
    dooming as (
        insert into doomed_files (sha256, since) select distinct sha256, $1 from gone where sha256 is not null
        on conflict (sha256) do nothing
    ),
    held as (
        delete from loose_media l using due where l.media_id = due.media_id
            and not exists (select from gone where gone.id = l.media_id)
    )
    select count(*) from due
"""
_LOCK_CONTENT = "select pg_advisory_xact_lock(hashtextextended('content ' || $1, 0))"
"""Noting that a content is kept and beginning its deletion come one after another."""
_LOOSEN = """
    with next as (select id from media where id > $1 order by id limit $2),
    loosened as (
        insert into loose_media (media_id, since) select id, now() from next on conflict (media_id) do nothing
    )
    select max(id) from next
"""


class SqlMediaShelf:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def usage(self, user_id: UserId) -> Usage:
        row = await self._connection.fetchrow("select files, bytes from storage_usage where user_id = $1", user_id)
        return Usage() if row is None else Usage(files=row["files"], bytes=row["bytes"])

    async def original(self, media_id: MediaId) -> Original | None:
        row = await self._connection.fetchrow(_ORIGINAL, media_id)
        if row is None:
            return None
        media = Media(
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
        return Original(
            media=media,
            batch_id=BatchId(row["batch_id"]) if row["batch_id"] is not None else None,
            unkept=UploadState(row["unkept"]) if row["unkept"] else None,
        )

    async def hold(self, media_ids: Sequence[MediaId]) -> bool:
        there = await self._connection.fetch(
            "select id from media where id = any($1::bigint[]) order by id for key share", list(media_ids)
        )
        return len(there) == len(set(media_ids))

    async def counts_on(self, contents: Collection[str]) -> bool:
        # In one order, so that two who count on several wait for each other and not in a circle.
        for sha256 in sorted(set(contents)):
            await self._connection.execute(_LOCK_CONTENT, sha256)
        return not await self._connection.fetchval(
            "select exists (select from doomed_files where sha256 = any($1::text[]) and is_going)", list(contents)
        )

    async def note_kept(self, media_id: MediaId, *, sha256: str, size: int, mime: str) -> bool:
        if not await self.counts_on([sha256]):
            return False
        await self._connection.execute(_NOTE_KEPT, media_id, sha256, size, mime)
        return True

    async def note_unkept(self, media_id: MediaId, why: UploadState) -> None:
        await self._connection.execute("update media set unkept = $2 where id = $1 and sha256 is null", media_id, why)

    async def showing(self, media_id: MediaId) -> Sequence[Showing]:
        return [
            Showing(
                part_id=row["part_id"],
                lesson_id=row["lesson_id"],
                is_published=row["is_published"],
                is_only_file=row["is_only_file"],
            )
            for row in await self._connection.fetch(_SHOWING, media_id)
        ]

    async def detach(self, part_id: PartId, media_id: MediaId) -> None:
        await self._connection.execute("delete from part_media where part_id = $1 and media_id = $2", part_id, media_id)

    async def release(self, media_id: MediaId) -> None:
        await self._connection.execute("update courses set cover_id = null where cover_id = $1", media_id)
        for row in await self._connection.fetch(_REFERRERS):
            if row["referrer"] in _LINKS:
                await self._connection.execute(f"delete from {row['referrer']} where {row['name']} = $1", media_id)

    async def sweep(self, before: datetime, limit: int) -> int:
        is_held = await self._any_of(_REFERRERS, "m.id")
        return await self._connection.fetchval(_SWEEP.format(is_held=is_held), before, limit)

    async def doomed(self, limit: int) -> Sequence[str]:
        rows = await self._connection.fetch("select sha256 from doomed_files order by since limit $1", limit)
        return [row["sha256"] for row in rows]

    async def doom(self, sha256: str) -> bool:
        await self._connection.execute(_LOCK_CONTENT, sha256)
        if await self._connection.fetchval(f"select {await self._any_of(_HASHES, '$1')}", sha256):
            await self.forget(sha256)
            return False
        await self._connection.execute("update doomed_files set is_going = true where sha256 = $1", sha256)
        return True

    async def forget(self, sha256: str) -> None:
        await self._connection.execute("delete from doomed_files where sha256 = $1", sha256)

    async def waiting_since(self, before: datetime, after: MediaId, limit: int) -> Sequence[MediaId]:
        rows = await self._connection.fetch(
            """
            select id from media
            where sha256 is null and unkept is null and id > $2 and created_at <= $1 order by id limit $3
            """,
            before,
            after,
            limit,
        )
        return [row["id"] for row in rows]

    async def loosen(self, after: MediaId, limit: int) -> MediaId | None:
        return await self._connection.fetchval(_LOOSEN, after, limit)

    async def _any_of(self, places: str, value: str) -> str:
        """A condition: one of these columns has the value. The names come from the catalogue, quoted by it."""
        rows = await self._connection.fetch(places)
        found = [f"exists (select from {row['referrer']} r where r.{row['name']} = {value})" for row in rows]
        return " or ".join(found) or "false"
