"""Questions as their authors write them, in versions that never change."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import load_text, text_of
from db.engine import Connection
from domain.courses.model import LessonId
from domain.language import Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.model import Authorship, Question, QuestionId
from domain.users.model import Role, UserId

_QUESTION = "q.id, z.lesson_id, q.position, q.version, q.text, q.options, q.correct, q.explanation"
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
                insert into questions (quiz_id, position, text, options, correct, explanation, created_by, created_at)
                select $1, 1 + coalesce(max(n.position), 0), $2::jsonb, $3::jsonb, $4, $5::jsonb, $6, $7
                from questions n where n.quiz_id = $1 and n.retired_at is null
                having count(*) < $8
                returning *
            )
            select {_QUESTION} from q join quizzes z on z.id = q.quiz_id
            """,
            quiz_id,
            *_content(draft),
            actor_id,
            now,
            limit,
        )
        return _question(row) if row else None

    async def replace_question(
        self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft, now: datetime
    ) -> Question | None:
        row = await self._connection.fetchrow(
            f"""
            with old as (
                update questions set retired_at = $7 where id = $1 and retired_at is null returning *
            ),
            q as (
                insert into questions (quiz_id, position, version, replaces_id, text, options, correct, explanation,
                    created_by, created_at)
                select quiz_id, position, version + 1, id, $2::jsonb, $3::jsonb, $4, $5::jsonb, $6, $7 from old
                returning *
            )
            select {_QUESTION} from q join quizzes z on z.id = q.quiz_id
            """,
            question_id,
            *_content(draft),
            actor_id,
            now,
        )
        return _question(row) if row else None

    async def retire_question(self, question_id: QuestionId, now: datetime) -> bool:
        retired = await self._connection.fetchval(
            "update questions set retired_at = $2 where id = $1 and retired_at is null returning true",
            question_id,
            now,
        )
        return retired is not None


def _content(draft: QuestionDraft) -> tuple[str, str, int, str | None]:
    explanation = _json(_variants(draft.explanation)) if draft.explanation else None
    return _json(_variants(draft.text)), _json([*map(_variants, draft.options)]), draft.correct, explanation


def _variants(text: Text) -> dict[str, str]:
    return {language.value: variant for language, variant in text.variants.items()}


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
    return Question(
        id=row["id"],
        lesson_id=row["lesson_id"],
        position=row["position"],
        version=row["version"],
        text=load_text(row["text"]),
        options=tuple(text_of(option) for option in orjson.loads(row["options"])),
        correct=row["correct"],
        explanation=load_text(row["explanation"]) if row["explanation"] else None,
    )
