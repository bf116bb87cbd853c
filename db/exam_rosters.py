"""Who sits an exam: one page of names and how far they are, in one statement."""

from collections.abc import Sequence

from db.engine import Connection
from domain.quizzes.exams.roster_ports import Place, Sitter
from domain.quizzes.model import QuizId


class SqlExamRosters:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def page(self, quiz_id: QuizId, after: Place | None, limit: int, *, only_missing: bool) -> Sequence[Sitter]:
        # Whoever joined the course when the exam had begun has an attempt and is no candidate.
        rows = await self._connection.fetch(
            """
            select u.id, u.full_name, k.ready_at is not null as is_ready, coalesce(sat.answered, 0) as answered,
                coalesce(sat.total, 0) as total, sat.finished_at
            from exams e join quizzes z on z.id = e.quiz_id join lessons l on l.id = z.lesson_id
            cross join lateral (
                select c.user_id from exam_candidates c where c.quiz_id = e.quiz_id
                    and not exists (select from enrolments m where m.user_id = c.user_id
                        and m.course_id = l.course_id and m.status = 'cancelled')
                union
                select a.user_id from attempts a where a.quiz_id = e.quiz_id and a.started_at >= e.opens_at) known
            join users u on u.id = known.user_id
            left join exam_candidates k on k.quiz_id = e.quiz_id and k.user_id = u.id
            left join lateral (select a.answered_count as answered, cardinality(a.question_ids) as total, a.finished_at
                from attempts a where a.user_id = u.id and a.quiz_id = e.quiz_id and a.started_at >= e.opens_at
                order by a.id desc limit 1) sat on true
            where e.quiz_id = $1 and ($2::varchar is null or (u.full_name, u.id) > ($2, $3))
                and (not $4 or sat.total is null)
            order by u.full_name, u.id limit $5
            """,
            quiz_id,
            after[0] if after else None,
            after[1] if after else 0,
            only_missing,
            limit,
        )
        return [
            Sitter(
                user_id=row["id"],
                name=row["full_name"],
                is_ready=row["is_ready"],
                answered=row["answered"],
                total=row["total"],
                finished_at=row["finished_at"],
            )
            for row in rows
        ]
