"""Batches of uploads in PostgreSQL: whoever changes one holds its row."""

from datetime import datetime

from db.engine import Connection
from domain.courses.inspection import FileFault
from domain.courses.model import MediaId, PartKind
from domain.courses.uploads import BatchId, UploadBatch, UploadLine, UploadState
from domain.identity import UserId

_JOIN = """
    with batch as (
        insert into upload_batches as b (user_id, opened_at) values ($1, $3)
        on conflict (user_id) where closed_at is null do update set revision = b.revision + 1
        returning id
    )
    insert into uploads (media_id, batch_id) select $2, id from batch returning batch_id
"""
_END = """
    with ended as (
        update uploads set state = $2, fault = $3, ended_at = $4 where media_id = $1 and state = 'waiting'
        returning batch_id
    )
    update upload_batches b set revision = b.revision + 1, is_delayed = false from ended where b.id = ended.batch_id
"""
_LINES = """
    select m.name, m.kind, u.state, u.fault, u.ended_at from uploads u join media m on m.id = u.media_id
    where u.batch_id = $1 order by u.media_id
"""
_SHOWN = """
    update upload_batches set message_id = $3, shown = greatest(shown, $2),
        revision = case when shown > $2 then revision + 1 else revision end
    where id = $1
"""


class SqlUploadBoard:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def join(self, user_id: UserId, media_id: MediaId, now: datetime) -> BatchId:
        return await self._connection.fetchval(_JOIN, user_id, media_id, now)

    async def end(self, media_id: MediaId, state: UploadState, now: datetime, fault: FileFault | None = None) -> None:
        await self._connection.execute(_END, media_id, state, fault, now)

    async def delay(self, batch_id: BatchId) -> None:
        await self._connection.execute(
            "update upload_batches set revision = revision + 1, is_delayed = true where id = $1 and not is_delayed",
            batch_id,
        )

    async def lock(self, batch_id: BatchId) -> UploadBatch | None:
        row = await self._connection.fetchrow(
            "select * from upload_batches where id = $1 and closed_at is null for update", batch_id
        )
        if row is None:
            return None
        lines = await self._connection.fetch(_LINES, batch_id)
        return UploadBatch(
            id=batch_id,
            user_id=row["user_id"],
            opened_at=row["opened_at"],
            lines=tuple(
                UploadLine(
                    name=line["name"],
                    kind=PartKind(line["kind"]),
                    state=UploadState(line["state"]),
                    fault=FileFault(line["fault"]) if line["fault"] else None,
                    ended_at=line["ended_at"],
                )
                for line in lines
            ),
            revision=row["revision"],
            shown=row["shown"],
            turn_at=row["turn_at"],
            message_id=row["message_id"],
            is_delayed=row["is_delayed"],
        )

    async def take_turn(self, batch_id: BatchId, now: datetime) -> None:
        await self._connection.execute("update upload_batches set turn_at = $2 where id = $1", batch_id, now)

    async def note_shown(self, batch_id: BatchId, revision: int, message_id: int) -> None:
        await self._connection.execute(_SHOWN, batch_id, revision, message_id)

    async def close(self, batch_id: BatchId, now: datetime) -> None:
        await self._connection.execute("update upload_batches set closed_at = $2 where id = $1", batch_id, now)

    async def tidy(self, before: datetime) -> None:
        await self._connection.execute("delete from upload_batches where closed_at < $1", before)
