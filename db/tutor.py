"""Conversations with the tutor, the daily counter and the one running answer of each student."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg

from db.engine import Connection
from db.passages import SqlPassages
from db.tutor_details import data_of_details, details_of
from domain.courses.model import LessonId
from domain.tutor.model import (
    Beat,
    Ending,
    MessageId,
    NewReply,
    ReplyKind,
    Role,
    Run,
    SessionId,
    Standing,
    TutorMessage,
    TutorSession,
    Usage,
)
from domain.users.model import UserId

_SESSION = "id, user_id, lesson_id, title, created_at, last_at"
MESSAGE = "id, session_id, role, kind, text, ending, tokens_in, tokens_out, model, latency_ms, details, created_at"
_RUN = "user_id, session_id, question_id, answer_id, day, is_counted"


class SqlTutorSessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def passages(self) -> SqlPassages:
        return SqlPassages(self._connection)

    async def add_session(self, user_id: UserId, lesson_id: LessonId | None, title: str, now: datetime) -> TutorSession:
        session_id = await self._connection.fetchval(
            "insert into doubt_sessions (user_id, lesson_id, title, created_at, last_at)"
            " values ($1, $2, $3, $4, $4) returning id",
            user_id,
            lesson_id,
            title,
            now,
        )
        return TutorSession(
            id=SessionId(session_id),
            user_id=user_id,
            lesson_id=lesson_id,
            title=title,
            created_at=now,
            last_at=now,
        )

    async def get_session(self, session_id: SessionId, user_id: UserId) -> TutorSession | None:
        row = await self._connection.fetchrow(
            f"select {_SESSION} from doubt_sessions where id = $1 and user_id = $2 and deleted_at is null",
            session_id,
            user_id,
        )
        return _session(row) if row else None

    async def sessions_of(
        self, user_id: UserId, *, limit: int, offset: int, words: str = ""
    ) -> tuple[Sequence[TutorSession], int]:
        # Only this student's conversations are read, each of which their quota has bounded.
        rows = await self._connection.fetch(
            f"""
            with own as materialized (
                select {_SESSION} from doubt_sessions s where user_id = $1 and deleted_at is null
                    and ($4 = '' or position(lower($4) in lower(title)) > 0 or exists (
                        select from doubt_messages m
                        where m.session_id = s.id and position(lower($4) in lower(m.text)) > 0))
            ),
            page as (select * from own order by last_at desc, id desc limit $2 offset $3)
            select p.*, counted.total from (select count(*) as total from own) counted left join page p on true
            order by p.last_at desc, p.id desc
            """,
            user_id,
            limit,
            offset,
            words,
        )
        return [_session(row) for row in rows if row["id"] is not None], rows[0]["total"]

    async def delete_session(self, session_id: SessionId, user_id: UserId, now: datetime) -> bool:
        deleted = await self._connection.fetchval(
            """
            with gone as (
                update doubt_sessions set deleted_at = $3 where id = $1 and user_id = $2 and deleted_at is null
                returning id
            ),
            ended as (delete from doubt_runs r using gone where r.session_id = gone.id)
            select true from gone
            """,
            session_id,
            user_id,
            now,
        )
        return deleted is not None

    async def restore_session(self, session_id: SessionId, user_id: UserId) -> bool:
        restored = await self._connection.fetchval(
            "update doubt_sessions set deleted_at = null where id = $1 and user_id = $2 returning true",
            session_id,
            user_id,
        )
        return restored is not None

    async def purge_sessions(self, before: datetime) -> int:
        status = await self._connection.execute("delete from doubt_sessions where deleted_at < $1", before)
        return int(status.rpartition(" ")[2])

    async def add_question(self, session_id: SessionId, text: str, now: datetime) -> TutorMessage | None:
        # The session's row is locked first, as a deletion does, so the two cannot wait for each other in a circle.
        row = await self._connection.fetchrow(
            f"""
            with talked as (update doubt_sessions set last_at = $3 where id = $1 and deleted_at is null returning id)
            insert into doubt_messages (session_id, role, text, created_at)
            select id, 'student', $2, $3 from talked
            returning {MESSAGE}
            """,
            session_id,
            text,
            now,
        )
        return message_of(row) if row else None

    async def add_reply(self, session_id: SessionId, reply: NewReply, now: datetime) -> TutorMessage | None:
        row = await self._connection.fetchrow(
            f"""
            with talked as (update doubt_sessions set last_at = $9 where id = $1 and deleted_at is null returning id)
            insert into doubt_messages
                (session_id, role, kind, text, ending, tokens_in, tokens_out, model, latency_ms, created_at, details)
            select id, 'tutor', $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb from talked
            returning {MESSAGE}
            """,
            session_id,
            reply.kind,
            reply.text,
            reply.ending,
            reply.usage.tokens_in if reply.usage else None,
            reply.usage.tokens_out if reply.usage else None,
            reply.model,
            reply.latency_ms,
            now,
            data_of_details(reply.details),
        )
        return message_of(row) if row else None

    async def messages(self, session_id: SessionId, *, limit: int) -> Sequence[TutorMessage]:
        rows = await self._connection.fetch(
            f"select {MESSAGE} from doubt_messages where session_id = $1 order by id desc limit $2",
            session_id,
            limit,
        )
        return [message_of(row) for row in reversed(rows)]

    async def get_message(self, message_id: MessageId, user_id: UserId) -> TutorMessage | None:
        row = await self._connection.fetchrow(
            f"""
            select {MESSAGE} from doubt_messages where id = $1
            and exists (
                select from doubt_sessions s where s.id = session_id and s.user_id = $2 and s.deleted_at is null)
            """,
            message_id,
            user_id,
        )
        return message_of(row) if row else None

    async def count_question(self, user_id: UserId, day: date, questions_a_day: int) -> int | None:
        return await self._connection.fetchval(
            """
            insert into doubt_days (user_id, day, questions) select $1, $2, 1 where $3::bigint > 0
            on conflict (user_id, day) do update set questions = doubt_days.questions + 1
            where doubt_days.questions < $3
            returning questions
            """,
            user_id,
            day,
            questions_a_day,
        )

    async def uncount_question(self, user_id: UserId, day: date) -> None:
        await self._connection.execute(
            "update doubt_days set questions = questions - 1 where user_id = $1 and day = $2 and questions > 0",
            user_id,
            day,
        )

    async def standing(self, user_id: UserId, day: date, now: datetime) -> Standing:
        row = await self._connection.fetchrow(
            """
            select coalesce((select questions from doubt_days where user_id = $1 and day = $2), 0) as asked,
                   exists (select from doubt_runs where user_id = $1 and running_until >= $3) as is_running,
                   (select count(*) from doubt_sessions where user_id = $1 and deleted_at is null) as session_count
            """,
            user_id,
            day,
            now,
        )
        if row is None:
            raise RuntimeError("a select of constants has one row")
        return Standing(asked=row["asked"], is_running=row["is_running"], session_count=row["session_count"])

    async def start_run(
        self,
        user_id: UserId,
        session_id: SessionId,
        question_id: MessageId,
        day: date,
        until: datetime,
        *,
        is_counted: bool,
    ) -> bool:
        started = await self._connection.fetchval(
            """
            insert into doubt_runs (user_id, session_id, question_id, day, running_until, is_counted)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (user_id) do nothing
            returning true
            """,
            user_id,
            session_id,
            question_id,
            day,
            until,
            is_counted,
        )
        return started is not None

    async def beat(self, user_id: UserId, question_id: MessageId, until: datetime) -> Beat:
        shall_stop = await self._connection.fetchval(
            """
            update doubt_runs set running_until = $3
            where user_id = $1 and question_id = $2 and answer_id is null
            returning stop_requested
            """,
            user_id,
            question_id,
            until,
        )
        if shall_stop is None:
            return Beat.LOST
        return Beat.STOP if shall_stop else Beat.GO_ON

    async def ask_to_stop(self, user_id: UserId) -> bool:
        asked = await self._connection.fetchval(
            "update doubt_runs set stop_requested = true where user_id = $1 and answer_id is null returning true",
            user_id,
        )
        return asked is not None

    async def set_answer(
        self, user_id: UserId, question_id: MessageId, answer_id: MessageId, until: datetime
    ) -> Run | None:
        row = await self._connection.fetchrow(
            f"""
            update doubt_runs set answer_id = $3, running_until = $4
            where user_id = $1 and question_id = $2 and answer_id is null
            returning {_RUN}
            """,
            user_id,
            question_id,
            answer_id,
            until,
        )
        return _run(row) if row else None

    async def end_run(self, user_id: UserId, question_id: MessageId) -> Run | None:
        row = await self._connection.fetchrow(
            f"delete from doubt_runs where user_id = $1 and question_id = $2 returning {_RUN}", user_id, question_id
        )
        return _run(row) if row else None

    async def take_lost_runs(self, now: datetime, *, user_id: UserId | None = None) -> Sequence[Run]:
        rows = await self._connection.fetch(
            f"""
            delete from doubt_runs where running_until < $1 and ($2::bigint is null or user_id = $2)
            returning {_RUN}
            """,
            now,
            user_id,
        )
        return [_run(row) for row in rows]


def _session(row: asyncpg.Record) -> TutorSession:
    return TutorSession(
        id=SessionId(row["id"]),
        user_id=UserId(row["user_id"]),
        lesson_id=LessonId(row["lesson_id"]) if row["lesson_id"] is not None else None,
        title=row["title"],
        created_at=row["created_at"],
        last_at=row["last_at"],
    )


def message_of(row: asyncpg.Record) -> TutorMessage:
    return TutorMessage(
        id=MessageId(row["id"]),
        session_id=SessionId(row["session_id"]),
        role=Role(row["role"]),
        kind=ReplyKind(row["kind"]) if row["kind"] else None,
        text=row["text"],
        ending=Ending(row["ending"]),
        usage=(
            Usage(tokens_in=row["tokens_in"], tokens_out=row["tokens_out"]) if row["tokens_in"] is not None else None
        ),
        model=row["model"],
        latency_ms=row["latency_ms"],
        details=details_of(row["details"]),
        created_at=row["created_at"],
    )


def _run(row: asyncpg.Record) -> Run:
    return Run(
        user_id=UserId(row["user_id"]),
        session_id=SessionId(row["session_id"]),
        question_id=MessageId(row["question_id"]),
        day=row["day"],
        is_counted=row["is_counted"],
        answer_id=MessageId(row["answer_id"]) if row["answer_id"] is not None else None,
    )
