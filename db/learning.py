from collections.abc import Mapping
from datetime import datetime

from db.engine import Connection
from domain.courses.model import CourseId, LessonId
from domain.learning.model import Enrolment, EnrolmentStatus, Product, SentPart
from domain.learning.study_model import LONGEST_PAUSE
from domain.users.model import UserId


class SqlEnrolments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, user_id: UserId, course_id: CourseId) -> Enrolment | None:
        row = await self._connection.fetchrow(
            "select status, enrolled_at, completed_at from enrolments where user_id = $1 and course_id = $2",
            user_id,
            course_id,
        )
        if row is None:
            return None
        return Enrolment(
            user_id=user_id,
            course_id=course_id,
            status=EnrolmentStatus(row["status"]),
            enrolled_at=row["enrolled_at"],
            completed_at=row["completed_at"],
        )

    async def activate(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        changed = await self._connection.fetchval(
            """
            insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, 'active', $3)
            on conflict (user_id, course_id) do update set status = 'active'
            where enrolments.status = 'cancelled'
            returning true
            """,
            user_id,
            course_id,
            now,
        )
        return changed is not None

    async def cancel(self, user_id: UserId, course_id: CourseId) -> bool:
        changed = await self._connection.fetchval(
            "update enrolments set status = 'cancelled'"
            " where user_id = $1 and course_id = $2 and status = 'active' returning true",
            user_id,
            course_id,
        )
        return changed is not None

    async def complete(self, user_id: UserId, course_id: CourseId, now: datetime) -> bool:
        completed = await self._connection.fetchval(
            """
            update enrolments e set status = 'completed', completed_at = $3
            from courses c
            where e.user_id = $1 and e.course_id = $2 and e.status = 'active'
                and c.id = e.course_id and c.status <> 'draft' and c.lesson_count > 0
                and not exists (
                    select from lessons l left join lesson_progress p on p.lesson_id = l.id and p.user_id = $1
                    where l.course_id = c.id and l.is_published and p.finished_at is null)
            returning true
            """,
            user_id,
            course_id,
            now,
        )
        return completed is not None


class SqlAccess:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def grant(self, user_id: UserId, product: Product, order_id: int, now: datetime) -> bool:
        granted = await self._connection.fetchval(
            """
            insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)
            values ($1, $2, $3, $4, $5)
            on conflict (order_id) do nothing
            returning true
            """,
            user_id,
            product.kind,
            product.id,
            order_id,
            now,
        )
        return granted is not None

    async def revoke(self, order_id: int, now: datetime) -> bool:
        revoked = await self._connection.fetchval(
            "update access_grants set revoked_at = $2 where order_id = $1 and revoked_at is null returning true",
            order_id,
            now,
        )
        return revoked is not None

    async def has(self, user_id: UserId, product: Product) -> bool:
        found = await self._connection.fetchval(
            "select true from access_grants"
            " where user_id = $1 and product_kind = $2 and product_id = $3 and revoked_at is null limit 1",
            user_id,
            product.kind,
            product.id,
        )
        return found is not None


class SqlProgressBook:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def act(self, user_id: UserId, lesson_id: LessonId, now: datetime) -> None:
        await self._connection.execute(
            """
            insert into lesson_progress (user_id, lesson_id, opened_at, seen_at) values ($1, $2, $3, $3)
            on conflict (user_id, lesson_id) do update set
                seconds = lesson_progress.seconds
                    + least(greatest(extract(epoch from $3 - lesson_progress.seen_at), 0), $4)::integer,
                seen_at = $3
            """,
            user_id,
            lesson_id,
            now,
            LONGEST_PAUSE.total_seconds(),
        )

    async def finish(self, user_id: UserId, lesson_id: LessonId, now: datetime) -> bool:
        finished = await self._connection.fetchval(
            """
            insert into lesson_progress (user_id, lesson_id, opened_at, finished_at, seen_at)
            values ($1, $2, $3, $3, $3)
            on conflict (user_id, lesson_id) do update set finished_at = $3
            where lesson_progress.finished_at is null
            returning true
            """,
            user_id,
            lesson_id,
            now,
        )
        return finished is not None


class SqlSentParts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def remember(self, user_id: UserId, messages: Mapping[int, SentPart]) -> None:
        await self._connection.execute(
            """
            insert into sent_parts (user_id, message_id, lesson_id, part_id)
            select $1, * from unnest($2::bigint[], $3::bigint[], $4::bigint[])
            on conflict (user_id, message_id) do nothing
            """,
            user_id,
            list(messages),
            [sent.lesson_id for sent in messages.values()],
            [sent.part_id for sent in messages.values()],
        )

    async def shown_by(self, user_id: UserId, message_id: int) -> SentPart | None:
        row = await self._connection.fetchrow(
            "select lesson_id, part_id from sent_parts where user_id = $1 and message_id = $2", user_id, message_id
        )
        return SentPart(lesson_id=row["lesson_id"], part_id=row["part_id"]) if row else None
