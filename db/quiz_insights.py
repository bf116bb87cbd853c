"""Results compared: one statement a question, never more than a fixed number of attempts."""

from collections.abc import Sequence

import orjson

from db.content import load_text
from db.engine import Connection
from domain.quizzes.insights_ports import PastResult, Standing
from domain.quizzes.model import AttemptId, Score
from domain.quizzes.settings import settings_of_data
from domain.users.model import UserId


class SqlInsights:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def standing(self, user_id: UserId, attempt_id: AttemptId, sample: int) -> Standing | None:
        row = await self._connection.fetchrow(
            """
            select z.settings, others.count, others.worse
            from attempts a join quizzes z on z.id = a.quiz_id
            cross join lateral (
                select count(*) as count, count(*) filter (where best.share < a.points::float / a.max_points) as worse
                from (select p.user_id, max(p.share) as share
                    from (select o.user_id, o.points::float / o.max_points as share from attempts o
                        where o.quiz_id = a.quiz_id and o.finished_at is not null and o.waiting_count = 0
                            and o.user_id <> $1
                        limit $3) p
                    group by p.user_id) best) others
            where a.id = $2 and a.user_id = $1 and a.finished_at is not null and a.waiting_count = 0
            """,
            user_id,
            attempt_id,
            sample,
        )
        if row is None:
            return None
        return Standing(
            settings=settings_of_data(orjson.loads(row["settings"])), others=row["count"], worse=row["worse"]
        )

    async def past_results(self, user_id: UserId, limit: int) -> Sequence[PastResult]:
        rows = await self._connection.fetch(
            """
            select a.id, a.correct_count, cardinality(a.question_ids) as total, a.points, a.max_points, a.finished_at,
                z.settings, l.title as lesson_title
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            where a.user_id = $1 and a.finished_at is not null and a.waiting_count = 0
            order by a.finished_at desc, a.id desc limit $2
            """,
            user_id,
            limit,
        )
        return [
            PastResult(
                attempt_id=row["id"],
                lesson_title=load_text(row["lesson_title"]),
                score=Score(row["correct_count"], row["total"], row["points"], row["max_points"]),
                finished_at=row["finished_at"],
                settings=settings_of_data(orjson.loads(row["settings"])),
            )
            for row in reversed(rows)
        ]
