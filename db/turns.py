"""Questions that wait their turn, and questions that were spoken."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.engine import Connection
from domain.courses.model import LessonId
from domain.tutor.model import SessionId
from domain.tutor.turns import (
    PLACES,
    Heard,
    SpeechTrouble,
    SpokenId,
    SpokenQuestion,
    SpokenState,
    Voice,
    WaitingId,
    WaitingQuestion,
)
from domain.users.model import UserId

_SPOKEN = (
    "id, user_id, message_id, file_id, seconds, session_id, lesson_id, state, trouble, text, confidence, progress_id"
)


class SqlWaitingQuestions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(
        self,
        user_id: UserId,
        text: str,
        message_id: int,
        session_id: SessionId | None,
        lesson_id: LessonId | None,
        now: datetime,
    ) -> int | None:
        # Two messages at once may reach for one place: the second looks for another one.
        for _ in range(PLACES):
            row = await self._connection.fetchrow(
                """
                with free as (
                    select free_place as place from generate_series(1, $7::int) as free_place
                    where not exists (select from waiting_questions q where q.user_id = $1 and q.place = free_place)
                    order by free_place limit 1
                ),
                put as (
                    insert into waiting_questions
                        (user_id, place, message_id, text, session_id, lesson_id, created_at)
                    select $1, place, $2, $3, $4, $5, $6 from free
                    on conflict do nothing returning id
                )
                select (select count(*) from put) as added, (select count(*) from free) as free,
                    (select count(*) from waiting_questions where user_id = $1) as waiting,
                    exists (select from waiting_questions where user_id = $1 and message_id = $2) as was_there
                """,
                user_id,
                message_id,
                text,
                session_id,
                lesson_id,
                now,
                PLACES,
            )
            if row is None:
                raise RuntimeError("a select of constants has one row")
            if row["added"] or row["was_there"]:
                return row["waiting"] + row["added"]
            if not row["free"]:
                return None
        return None

    async def first(self, user_id: UserId) -> WaitingQuestion | None:
        row = await self._connection.fetchrow(
            """
            select id, user_id, message_id, text, session_id, lesson_id from waiting_questions
            where user_id = $1 order by id limit 1
            """,
            user_id,
        )
        if row is None:
            return None
        return WaitingQuestion(
            id=WaitingId(row["id"]),
            user_id=UserId(row["user_id"]),
            message_id=row["message_id"],
            text=row["text"],
            session_id=_session(row),
            lesson_id=_lesson(row),
        )

    async def last_id(self, user_id: UserId) -> WaitingId | None:
        return await self._connection.fetchval("select max(id) from waiting_questions where user_id = $1", user_id)

    async def take(self, user_id: UserId, waiting_id: WaitingId) -> bool:
        taken = await self._connection.fetchval(
            "delete from waiting_questions where id = $1 and user_id = $2 returning true", waiting_id, user_id
        )
        return taken is not None

    async def clear(self, user_id: UserId) -> int:
        rows = await self._connection.fetch("delete from waiting_questions where user_id = $1 returning id", user_id)
        return len(rows)

    async def idle(self, now: datetime, limit: int) -> Sequence[UserId]:
        # The table holds what waits at this moment only, a few rows of those who are being answered.
        rows = await self._connection.fetch(
            """
            select distinct w.user_id from waiting_questions w
            where not exists (select from doubt_runs r where r.user_id = w.user_id and r.running_until >= $1)
            order by w.user_id limit $2
            """,
            now,
            limit,
        )
        return [UserId(row["user_id"]) for row in rows]


class SqlSpokenQuestions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, user_id: UserId, voice: Voice, now: datetime) -> SpokenQuestion:
        row = await self._connection.fetchrow(
            f"""
            insert into spoken_questions (user_id, message_id, file_id, seconds, session_id, lesson_id, created_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (user_id, message_id) do update set file_id = spoken_questions.file_id
            returning {_SPOKEN}
            """,
            user_id,
            voice.message_id,
            voice.file_id,
            voice.seconds,
            voice.session_id,
            voice.lesson_id,
            now,
        )
        if row is None:
            raise RuntimeError("an insert that returns has one row")
        return _spoken(row)

    async def get(self, spoken_id: SpokenId, user_id: UserId | None = None) -> SpokenQuestion | None:
        row = await self._connection.fetchrow(
            f"select {_SPOKEN} from spoken_questions where id = $1 and ($2::bigint is null or user_id = $2)",
            spoken_id,
            user_id,
        )
        return _spoken(row) if row else None

    async def hear(self, spoken_id: SpokenId, heard: Heard) -> bool:
        return await self._changed(
            """
            update spoken_questions set state = 'heard', text = $2, confidence = $3
            where id = $1 and state = 'waiting' returning true
            """,
            spoken_id,
            heard.text,
            heard.confidence,
        )

    async def fail(self, spoken_id: SpokenId, trouble: SpeechTrouble) -> bool:
        return await self._changed(
            """
            update spoken_questions set state = 'failed', trouble = $2
            where id = $1 and state = 'waiting' returning true
            """,
            spoken_id,
            trouble,
        )

    async def retry(self, user_id: UserId, spoken_id: SpokenId) -> bool:
        return await self._changed(
            """
            update spoken_questions set state = 'waiting', trouble = null
            where id = $1 and user_id = $2 and state = 'failed' returning true
            """,
            spoken_id,
            user_id,
        )

    async def correct(self, user_id: UserId, spoken_id: SpokenId, text: str) -> bool:
        return await self._changed(
            """
            update spoken_questions set text = $3, confidence = null
            where id = $1 and user_id = $2 and state = 'heard' returning true
            """,
            spoken_id,
            user_id,
            text,
        )

    async def take(self, user_id: UserId, spoken_id: SpokenId) -> bool:
        return await self._changed(
            """
            update spoken_questions set state = 'asked'
            where id = $1 and user_id = $2 and state = 'heard' returning true
            """,
            spoken_id,
            user_id,
        )

    async def drop(self, user_id: UserId, spoken_id: SpokenId) -> bool:
        return await self._changed(
            """
            update spoken_questions set state = 'dropped', trouble = null
            where id = $1 and user_id = $2 and state not in ('asked', 'dropped') returning true
            """,
            spoken_id,
            user_id,
        )

    async def note_progress(self, spoken_id: SpokenId, message_id: int) -> None:
        await self._connection.execute(
            "update spoken_questions set progress_id = $2 where id = $1", spoken_id, message_id
        )

    async def _changed(self, statement: str, *arguments: object) -> bool:
        return await self._connection.fetchval(statement, *arguments) is not None


def _session(row: asyncpg.Record) -> SessionId | None:
    return SessionId(row["session_id"]) if row["session_id"] is not None else None


def _lesson(row: asyncpg.Record) -> LessonId | None:
    return LessonId(row["lesson_id"]) if row["lesson_id"] is not None else None


def _spoken(row: asyncpg.Record) -> SpokenQuestion:
    return SpokenQuestion(
        id=SpokenId(row["id"]),
        user_id=UserId(row["user_id"]),
        message_id=row["message_id"],
        file_id=row["file_id"],
        seconds=row["seconds"],
        session_id=_session(row),
        lesson_id=_lesson(row),
        state=SpokenState(row["state"]),
        trouble=SpeechTrouble(row["trouble"]) if row["trouble"] else None,
        text=row["text"],
        confidence=row["confidence"],
        progress_id=row["progress_id"],
    )
