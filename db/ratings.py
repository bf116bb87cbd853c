from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.content import COURSE_COLUMNS, course_of
from db.engine import Connection
from domain.courses.model import CourseId
from domain.identity import UserId
from domain.learning.ratings import Rating, RatingFacts, RatingId

_COLUMNS = """
    r.id as rating_id, r.course_id as rated_id, r.user_id, r.stars, r.comment, r.created_at, r.updated_at, r.hidden_at,
    r.hide_reason
"""


class SqlRatings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def facts(self, user_id: UserId, course_id: CourseId) -> RatingFacts | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, {_COLUMNS}, e.user_id is not null as is_member,
                coalesce(e.status = 'completed', false) or c.lesson_count > 0 and not exists (
                    select from lessons l where l.course_id = c.id and l.is_published and not exists (
                        select from lesson_progress p where p.user_id = $1 and p.lesson_id = l.id
                            and p.finished_at is not null)) as has_finished
            from courses c
            left join enrolments e on e.course_id = c.id and e.user_id = $1
            left join ratings r on r.course_id = c.id and r.user_id = $1
            where c.id = $2
            """,
            user_id,
            course_id,
        )
        if row is None:
            return None
        return RatingFacts(
            course=course_of(row),
            is_member=row["is_member"],
            has_finished=row["has_finished"],
            own=_rating(row) if row["rating_id"] is not None else None,
        )

    async def give(self, user_id: UserId, course_id: CourseId, stars: int, now: datetime) -> Rating:
        row = await self._connection.fetchrow(
            f"""
            insert into ratings as r (course_id, user_id, stars, created_at, updated_at) values ($2, $1, $3, $4, $4)
            on conflict (user_id, course_id) do update set stars = $3, updated_at = $4
            returning {_COLUMNS}
            """,
            user_id,
            course_id,
            stars,
            now,
        )
        if row is None:
            raise RuntimeError("an upsert returned nothing")
        return _rating(row)

    async def set_comment(
        self, user_id: UserId, course_id: CourseId, comment: str | None, now: datetime
    ) -> Rating | None:
        row = await self._connection.fetchrow(
            f"""
            update ratings r set comment = $3, updated_at = $4 where user_id = $1 and course_id = $2
            returning {_COLUMNS}
            """,
            user_id,
            course_id,
            comment,
            now,
        )
        return _rating(row) if row else None

    async def remove(self, user_id: UserId, course_id: CourseId) -> bool:
        removed = await self._connection.fetchval(
            """
            with gone as (
                delete from ratings where user_id = $1 and course_id = $2 and hidden_at is null returning id
            ), emptied as (
                update ratings set comment = null where user_id = $1 and course_id = $2 and hidden_at is not null
                returning id
            )
            select exists (select from gone) or exists (select from emptied)
            """,
            user_id,
            course_id,
        )
        return bool(removed)

    async def of_course(
        self, course_id: CourseId, before: RatingId | None, limit: int, *, with_hidden: bool
    ) -> Sequence[tuple[Rating, str]]:
        rows = await self._connection.fetch(
            f"""
            select {_COLUMNS}, u.full_name from ratings r join users u on u.id = r.user_id
            where r.course_id = $1 and ($2::bigint is null or r.id < $2)
                {"" if with_hidden else "and r.hidden_at is null"}
            order by r.id desc limit $3
            """,
            course_id,
            before,
            limit,
        )
        return [(_rating(row), row["full_name"]) for row in rows]

    async def get(self, rating_id: RatingId) -> tuple[Rating, str] | None:
        row = await self._connection.fetchrow(
            f"select {_COLUMNS}, u.full_name from ratings r join users u on u.id = r.user_id where r.id = $1",
            rating_id,
        )
        return (_rating(row), row["full_name"]) if row else None

    async def hide(self, rating_id: RatingId, by: UserId, reason: str, now: datetime) -> bool:
        status = await self._connection.execute(
            "update ratings set hidden_at = $4, hidden_by = $2, hide_reason = $3 where id = $1 and hidden_at is null",
            rating_id,
            by,
            reason,
            now,
        )
        return status == "UPDATE 1"

    async def unhide(self, rating_id: RatingId, by: UserId) -> bool:
        # The trigger that writes the audit log reads who it was; the setting ends with the transaction.
        await self._connection.execute("select set_config('ustoz.actor', $1, true)", str(by))
        status = await self._connection.execute(
            "update ratings set hidden_at = null, hidden_by = null, hide_reason = null"
            " where id = $1 and hidden_at is not null",
            rating_id,
        )
        return status == "UPDATE 1"


def _rating(row: asyncpg.Record) -> Rating:
    return Rating(
        id=row["rating_id"],
        course_id=row["rated_id"],
        user_id=row["user_id"],
        stars=row["stars"],
        comment=row["comment"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        hidden_at=row["hidden_at"],
        hide_reason=row["hide_reason"],
    )
