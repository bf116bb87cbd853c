"""Conversations that students passed on to the teachers of a course."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.content import load_text
from db.engine import Connection
from db.tutor import MESSAGE, message_of
from domain.courses.model import CourseId, LessonId
from domain.tutor.model import MessageId, SessionId, TutorMessage
from domain.tutor.teacher_ports import RequestId, TeacherRequest
from domain.users.model import UserId

_REQUEST = """
    select r.id, r.session_id, s.user_id, u.full_name, r.course_id, s.lesson_id, l.title as lesson_title, s.title,
        r.last_message_id, r.asked_at, r.answered_at
    from doubt_requests r join doubt_sessions s on s.id = r.session_id and s.deleted_at is null
    join users u on u.id = s.user_id left join lessons l on l.id = s.lesson_id
"""


class SqlTeacherRequests:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self, session_id: SessionId, course_id: CourseId, last_message_id: MessageId, now: datetime
    ) -> RequestId | None:
        request_id = await self._connection.fetchval(
            """
            insert into doubt_requests (session_id, course_id, last_message_id, asked_at) values ($1, $2, $3, $4)
            on conflict (session_id) where answered_at is null do nothing
            returning id
            """,
            session_id,
            course_id,
            last_message_id,
            now,
        )
        return RequestId(request_id) if request_id is not None else None

    async def get(self, request_id: RequestId) -> TeacherRequest | None:
        row = await self._connection.fetchrow(f"{_REQUEST} where r.id = $1", request_id)
        return _request(row) if row else None

    async def waiting(
        self, teacher_id: UserId, *, everywhere: bool, after: RequestId | None, limit: int
    ) -> Sequence[TeacherRequest]:
        rows = await self._connection.fetch(
            f"""
            {_REQUEST}
            where r.answered_at is null and r.id > coalesce($2::bigint, 0)
                and ($4 or r.course_id in (
                    select id from courses where owner_id = $1
                    union all select course_id from course_teachers where user_id = $1))
            order by r.id limit $3
            """,
            teacher_id,
            after,
            limit,
            everywhere,
        )
        return [_request(row) for row in rows]

    async def is_waiting(self, session_id: SessionId) -> bool:
        return await self._connection.fetchval(
            "select exists (select from doubt_requests where session_id = $1 and answered_at is null)", session_id
        )

    async def messages(self, request: TeacherRequest, *, limit: int) -> Sequence[TutorMessage]:
        rows = await self._connection.fetch(
            f"select {MESSAGE} from doubt_messages where session_id = $1 and id <= $2 order by id desc limit $3",
            request.session_id,
            request.last_message_id,
            limit,
        )
        return [message_of(row) for row in reversed(rows)]

    async def close(self, request_id: RequestId, teacher_id: UserId, now: datetime) -> bool:
        closed = await self._connection.fetchval(
            """
            update doubt_requests set answered_at = $3, answered_by = $2 where id = $1 and answered_at is null
            returning true
            """,
            request_id,
            teacher_id,
            now,
        )
        return closed is not None


def _request(row: asyncpg.Record) -> TeacherRequest:
    return TeacherRequest(
        id=RequestId(row["id"]),
        session_id=SessionId(row["session_id"]),
        student_id=UserId(row["user_id"]),
        student_name=row["full_name"],
        course_id=CourseId(row["course_id"]),
        lesson_id=LessonId(row["lesson_id"]) if row["lesson_id"] is not None else None,
        lesson_title=load_text(row["lesson_title"]) if row["lesson_title"] is not None else None,
        title=row["title"],
        last_message_id=MessageId(row["last_message_id"]),
        asked_at=row["asked_at"],
        answered_at=row["answered_at"],
    )
