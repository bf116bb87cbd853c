"""Co-teachers and their invitations."""

from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, course_of
from db.engine import Connection
from domain.courses.coteaching_ports import CourseInvitation, CourseTeacher, TeachersPage
from domain.courses.model import CourseId
from domain.users.model import UserId

_INVITATION = "token_hash, course_id, created_by, expires_at, taken_by"
_TEACHER = "jsonb_build_object('user_id', u.id, 'full_name', u.full_name, 'username', u.username)"


class SqlCourseTeachers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def page(self, course_id: CourseId) -> TeachersPage | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, (select {_TEACHER} from users u where u.id = c.owner_id) as owner,
                (select jsonb_agg({_TEACHER} order by t.added_at, u.id)
                 from course_teachers t join users u on u.id = t.user_id where t.course_id = c.id) as co_teachers
            from courses c where c.id = $1
            """,
            course_id,
        )
        if row is None:
            return None
        owner: dict[str, Any] = orjson.loads(row["owner"])
        co_teachers: list[dict[str, Any]] = orjson.loads(row["co_teachers"] or "[]")
        return TeachersPage(
            course=course_of(row),
            owner=CourseTeacher(**owner),
            co_teachers=tuple(CourseTeacher(**data) for data in co_teachers),
        )

    async def add(self, course_id: CourseId, user_id: UserId, now: datetime) -> bool:
        status = await self._connection.execute(
            "insert into course_teachers (course_id, user_id, added_at) values ($1, $2, $3) on conflict do nothing",
            course_id,
            user_id,
            now,
        )
        return status == "INSERT 0 1"

    async def remove(self, course_id: CourseId, user_id: UserId) -> bool:
        status = await self._connection.execute(
            "delete from course_teachers where course_id = $1 and user_id = $2", course_id, user_id
        )
        return status == "DELETE 1"

    async def invite(self, invitation: CourseInvitation) -> None:
        await self._connection.execute(
            "insert into course_invitations (token_hash, course_id, created_by, expires_at) values ($1, $2, $3, $4)",
            invitation.token_hash,
            invitation.course_id,
            invitation.created_by,
            invitation.expires_at,
        )

    async def invitation(self, token_hash: bytes) -> CourseInvitation | None:
        row = await self._connection.fetchrow(
            f"select {_INVITATION} from course_invitations where token_hash = $1", token_hash
        )
        return _invitation(row) if row else None

    async def take(self, token_hash: bytes, taken_by: UserId, now: datetime) -> CourseInvitation | None:
        row = await self._connection.fetchrow(
            f"""
            update course_invitations set taken_by = $2, taken_at = $3
            where token_hash = $1 and taken_by is null and expires_at > $3
            returning {_INVITATION}
            """,
            token_hash,
            taken_by,
            now,
        )
        return _invitation(row) if row else None


def _invitation(row: asyncpg.Record) -> CourseInvitation:
    return CourseInvitation(
        token_hash=row["token_hash"],
        course_id=row["course_id"],
        created_by=row["created_by"],
        expires_at=row["expires_at"],
        taken_by=row["taken_by"],
    )
