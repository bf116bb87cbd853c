"""Essays that wait for a mark, and the marks."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from db.content import load_text
from db.engine import Connection
from db.questions import question_of
from domain.language import Language
from domain.quizzes.card_model import MarkEntry, Sheet
from domain.quizzes.model import AttemptId, QuestionId
from domain.users.model import UserId

AS_SEEN = "x.marked_at is not distinct from $3::timestamptz"
"""A mark is only set in the place of the one that its teacher saw."""


class SqlMarks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def teaches(self, actor_id: UserId) -> bool:
        return bool(
            await self._connection.fetchval(
                "select true from users where id = $1 and role in ('teacher', 'admin')", actor_id
            )
        )

    async def waiting(
        self, actor_id: UserId, after: tuple[datetime, AttemptId, QuestionId] | None, limit: int
    ) -> Sequence[MarkEntry]:
        rows = await self._connection.fetch(
            """
            select a.id as attempt_id, x.question_id, s.full_name as student, l.title, x.answered_at
            from answers x join attempts a on a.id = x.attempt_id join quizzes z on z.id = a.quiz_id
            join lessons l on l.id = z.lesson_id join courses c on c.id = l.course_id
            join users s on s.id = a.user_id join users u on u.id = $1
            where x.is_correct is null and a.finished_at is not null
                and (u.role = 'admin' or (u.role = 'teacher' and (c.owner_id = u.id
                    or exists (select from course_teachers t where t.course_id = c.id and t.user_id = u.id))))
                and ($2::timestamptz is null or (x.answered_at, x.attempt_id, x.question_id) > ($2, $3, $4))
            order by x.answered_at, x.attempt_id, x.question_id limit $5
            """,
            actor_id,
            *(after or (None, None, None)),
            limit,
        )
        return [
            MarkEntry(
                attempt_id=row["attempt_id"],
                question_id=row["question_id"],
                student=row["student"],
                lesson_title=load_text(row["title"]),
                answered_at=row["answered_at"],
            )
            for row in rows
        ]

    async def sheet(self, attempt_id: AttemptId, question_id: QuestionId) -> Sheet | None:
        row = await self._connection.fetchrow(
            """
            select to_jsonb(q) as question, s.id as student_id, s.full_name as student, c.language, c.id as course_id,
                l.id as lesson_id, l.title, x.response ->> 'text' as text, x.answered_at, x.points, x.is_correct,
                x.comment, x.marked_at, m.full_name as marked_by
            from answers x join attempts a on a.id = x.attempt_id join questions q on q.id = x.question_id
            join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id join courses c on c.id = l.course_id
            join users s on s.id = a.user_id left join users m on m.id = x.marked_by
            where x.attempt_id = $1 and x.question_id = $2 and q.kind = 'essay' and x.response is not null
                and a.finished_at is not null
            """,
            attempt_id,
            question_id,
        )
        if row is None:
            return None
        return Sheet(
            attempt_id=attempt_id,
            question=question_of(orjson.loads(row["question"]), row["lesson_id"]),
            student_id=row["student_id"],
            student=row["student"],
            language=Language(row["language"]),
            course_id=row["course_id"],
            lesson_id=row["lesson_id"],
            lesson_title=load_text(row["title"]),
            text=row["text"],
            answered_at=row["answered_at"],
            points=row["points"] if row["is_correct"] is not None else None,
            comment=row["comment"],
            marked_at=row["marked_at"],
            marked_by=row["marked_by"],
        )

    async def mark(
        self,
        attempt_id: AttemptId,
        question_id: QuestionId,
        *,
        seen: datetime | None,
        by: UserId | None,
        points: int,
        is_correct: bool | None,
        comment: str | None,
        now: datetime,
    ) -> int | None:
        # Two statements: the first takes the attempt out of the statistics, which writes the attempt's row as well.
        before = await self._connection.fetchrow(
            f"""
            with before as (
                select x.is_correct, x.points from answers x
                where x.attempt_id = $1 and x.question_id = $2 and {AS_SEEN}
                for update
            )
            update answers x set points = $4, is_correct = $5, marked_by = $6,
                marked_at = case when $6::bigint is not null then $8::timestamptz end, comment = $7
            from before b where x.attempt_id = $1 and x.question_id = $2
            returning b.is_correct, b.points
            """,
            attempt_id,
            question_id,
            seen,
            points,
            is_correct,
            by,
            comment,
            now,
        )
        if before is None:
            return None
        return await self._connection.fetchval(
            """
            update attempts a set points = a.points - $2 + $3,
                correct_count = a.correct_count - coalesce($4::boolean, false)::int
                    + coalesce($5::boolean, false)::int,
                waiting_count = a.waiting_count - ($4::boolean is null)::int + ($5::boolean is null)::int
            where a.id = $1 returning a.waiting_count
            """,
            attempt_id,
            before["points"],
            points,
            before["is_correct"],
            is_correct,
        )
