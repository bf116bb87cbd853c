"""Questions as their authors write them, in versions that never change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.engine import Connection
from domain.courses.model import LessonId
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.encoding import (
    key_of_data,
    key_to_data,
    picture_of_data,
    picture_to_data,
    text_of_data,
    text_to_data,
)
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import Authorship, Question, QuestionId
from domain.users.model import Role, UserId

_QUESTION = "z.lesson_id, to_jsonb(q) as question"
_AUTHORSHIP = """
    l.id as lesson_id, u.id as actor_id, u.role, c.owner_id = u.id
        or exists (select from course_teachers t where t.course_id = c.id and t.user_id = u.id) as is_teacher
"""


class SqlQuestions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def authorship(self, actor_id: UserId, lesson_id: LessonId) -> Authorship | None:
        row = await self._connection.fetchrow(
            f"""
            select {_AUTHORSHIP} from lessons l join courses c on c.id = l.course_id cross join users u
            where l.id = $1 and u.id = $2
            """,
            lesson_id,
            actor_id,
        )
        return _authorship(row) if row else None

    async def authorship_of(self, actor_id: UserId, question_id: QuestionId) -> Authorship | None:
        row = await self._connection.fetchrow(
            f"""
            select {_AUTHORSHIP} from questions q join quizzes z on z.id = q.quiz_id
            join lessons l on l.id = z.lesson_id join courses c on c.id = l.course_id cross join users u
            where q.id = $1 and q.retired_at is null and u.id = $2
            """,
            question_id,
            actor_id,
        )
        return _authorship(row) if row else None

    async def questions(self, lesson_id: LessonId) -> Sequence[Question]:
        rows = await self._connection.fetch(
            f"""
            select {_QUESTION} from quizzes z join questions q on q.quiz_id = z.id
            where z.lesson_id = $1 and q.retired_at is null order by q.position
            """,
            lesson_id,
        )
        return [_question(row) for row in rows]

    async def add_question(
        self, actor_id: UserId, lesson_id: LessonId, draft: QuestionDraft, now: datetime, *, limit: int
    ) -> Question | None:
        # Locks the quiz until the commit: the next statement sees every question that was added before.
        quiz_id = await self._connection.fetchval(
            """
            insert into quizzes (lesson_id, created_at) values ($1, $2)
            on conflict (lesson_id) do update set lesson_id = excluded.lesson_id
            returning id
            """,
            lesson_id,
            now,
        )
        row = await self._connection.fetchrow(
            f"""
            with q as (
                insert into questions (quiz_id, position, created_by, created_at, {CONTENT_COLUMNS})
                select $1, 1 + coalesce(max(n.position), 0), $2, $3, {content_values(5)}
                from questions n where n.quiz_id = $1 and n.retired_at is null
                having count(*) < $4
                returning *
            )
            select {_QUESTION} from q join quizzes z on z.id = q.quiz_id
            """,
            quiz_id,
            actor_id,
            now,
            limit,
            *content_of(draft),
        )
        return _question(row) if row else None

    async def replace_question(
        self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft, now: datetime
    ) -> Question | None:
        row = await self._connection.fetchrow(
            f"""
            with old as (
                update questions set retired_at = $2 where id = $1 and retired_at is null and quiz_id is not null
                returning *
            ),
            q as (
                insert into questions (quiz_id, position, version, replaces_id, created_by, created_at,
                    {CONTENT_COLUMNS})
                select quiz_id, position, version + 1, id, $3, $2, {content_values(4)} from old
                returning *
            )
            select {_QUESTION} from q join quizzes z on z.id = q.quiz_id
            """,
            question_id,
            now,
            actor_id,
            *content_of(draft),
        )
        return _question(row) if row else None

    async def retire_question(self, question_id: QuestionId, now: datetime) -> bool:
        retired = await self._connection.fetchval(
            "update questions set retired_at = $2 where id = $1 and retired_at is null returning true",
            question_id,
            now,
        )
        return retired is not None


CONTENT_COLUMNS = """
    kind, text, options, key, explanation, topic, difficulty, points, source, picture, fingerprint
"""
"""What a draft fills, in the order of `content_of`."""
_TYPES = (
    "varchar", "jsonb", "jsonb", "jsonb", "jsonb", "varchar", "smallint", "smallint", "varchar", "jsonb", "varchar",
)  # fmt: skip


def content_values(first: int) -> str:
    """The parameters of CONTENT_COLUMNS, counting from `first`."""
    return ", ".join(f"${number}::{kind}" for number, kind in enumerate(_TYPES, start=first))


def content_of(draft: QuestionDraft) -> tuple[object, ...]:
    return (
        draft.kind.value,
        _json(text_to_data(draft.text)),
        _json([text_to_data(option) for option in draft.options]),
        _json(key_to_data(draft.key)),
        _json(text_to_data(draft.explanation)) if draft.explanation else None,
        draft.topic,
        draft.difficulty,
        draft.points,
        draft.source,
        _json(picture_to_data(draft.picture)) if draft.picture else None,
        draft.fingerprint,
    )


def question_of(data: Mapping[str, Any], lesson_id: LessonId | None) -> Question:
    """A row of `questions` as JSON (`to_jsonb(q)`); the lesson whose quiz it belongs to, None for a bank's."""
    explanation = data["explanation"]
    return Question(
        id=data["id"],
        lesson_id=lesson_id if data["quiz_id"] is not None else None,
        bank_id=data["bank_id"],
        position=data["position"],
        version=data["version"],
        text=text_of_data(data["text"]),
        options=tuple(text_of_data(option) for option in data["options"]),
        key=key_of_data(QuestionKind(data["kind"]), data["key"]),
        explanation=text_of_data(explanation) if explanation else None,
        topic=data["topic"],
        difficulty=data["difficulty"],
        points=data["points"],
        source=data["source"],
        picture=picture_of_data(data["picture"]),
    )


def _json(content: object) -> str:
    return orjson.dumps(content).decode()


def _authorship(row: asyncpg.Record) -> Authorship:
    return Authorship(
        lesson_id=row["lesson_id"],
        actor_id=row["actor_id"],
        actor_role=Role(row["role"]),
        teaches_course=row["is_teacher"],
    )


def _question(row: asyncpg.Record) -> Question:
    return question_of(orjson.loads(row["question"]), row["lesson_id"])
