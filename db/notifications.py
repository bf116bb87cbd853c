from datetime import datetime

import asyncpg
import orjson

from db.engine import Connection
from db.jobs import SqlJobs
from domain.notifications.model import NoticeData, NoticeKind, NoticeStatus, Notification, NotificationId
from domain.notifications.ports import DELIVER_JOB
from domain.users.model import UserId


class SqlNotifications:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self,
        user_id: UserId,
        kind: NoticeKind,
        key: str,
        data: NoticeData,
        now: datetime,
        *,
        not_before: datetime | None = None,
    ) -> bool:
        notification_id = await self._connection.fetchval(
            """
            insert into notifications (user_id, kind, key, data, created_at, updated_at)
            values ($1, $2, $3, $4::jsonb, $5, $5)
            on conflict (user_id, key) do nothing
            returning id
            """,
            user_id,
            kind,
            key,
            orjson.dumps(dict(data)).decode(),
            now,
        )
        if notification_id is None:
            return False
        await self._enqueue(notification_id, not_before)
        return True

    async def get(self, notification_id: NotificationId) -> Notification | None:
        row = await self._connection.fetchrow(
            "select id, user_id, kind, data, status, created_at from notifications where id = $1", notification_id
        )
        return _notification(row) if row else None

    async def postpone(self, notification_id: NotificationId, not_before: datetime) -> None:
        await self._enqueue(notification_id, not_before)

    async def hold_back(self, notification_id: NotificationId, now: datetime) -> bool:
        # The user's row is held: who comes back at this moment finds the notification, or is found here.
        held = await self._connection.fetchval(
            """
            with away as (
                select u.id from users u
                where u.id = (select user_id from notifications where id = $1) and (u.is_muted or not u.is_reachable)
                for share
            )
            update notifications n set status = 'blocked', updated_at = $2 from away
            where n.id = $1 and n.user_id = away.id returning true
            """,
            notification_id,
            now,
        )
        return held is not None

    async def set_status(self, notification_id: NotificationId, status: NoticeStatus, now: datetime) -> None:
        await self._connection.execute(
            "update notifications set status = $2, updated_at = $3 where id = $1", notification_id, status, now
        )

    async def requeue_blocked(self, user_id: UserId) -> int:
        rows = await self._connection.fetch(
            "update notifications set status = 'queued' where user_id = $1 and status = 'blocked' returning id", user_id
        )
        for row in rows:
            await self._enqueue(row["id"])
        return len(rows)

    async def _enqueue(self, notification_id: int, not_before: datetime | None = None) -> None:
        """Without a key: the job that found the user gone may not be off the queue yet when they are back, and a key
        would make this one vanish. The notification's status keeps it from being sent twice."""
        await SqlJobs(self._connection).enqueue(DELIVER_JOB, {"notification_id": notification_id}, after=not_before)


def _notification(row: asyncpg.Record) -> Notification:
    return Notification(
        id=row["id"],
        user_id=row["user_id"],
        kind=NoticeKind(row["kind"]),
        data=orjson.loads(row["data"]),
        status=NoticeStatus(row["status"]),
        created_at=row["created_at"],
    )
