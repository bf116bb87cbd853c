"""Results and statistics of quizzes. Sums are kept by `fold_attempts` (migration 0022)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import load_text
from db.engine import Connection
from db.questions import question_of
from domain.courses.model import LessonId
from domain.quizzes.encoding import response_of_data
from domain.quizzes.items import ChoiceCount, Item, ItemSums
from domain.quizzes.model import AttemptId, QuizId, Score
from domain.quizzes.rasch import Calibration
from domain.quizzes.settings import settings_of_data
from domain.quizzes.statistics_ports import AttemptLine, QuizFacts, RawAnswer

_TEN_THOUSANDTHS = 10_000


class SqlQuizStatistics:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim(self, limit: int) -> Sequence[AttemptId]:
        rows = await self._connection.fetch(
            """
            select id from attempts
            where folded_at is null and finished_at is not null and waiting_count = 0 and number = 1
            order by id limit $1 for update skip locked
            """,
            limit,
        )
        return [row["id"] for row in rows]

    async def fold(self, attempt_ids: Sequence[AttemptId], now: datetime) -> Sequence[QuizId]:
        # A statement of its own behind the lock: it sees the marks that were changed while the lock was waited for.
        rows = await self._connection.fetch(
            """
            with claimed as (
                update attempts set folded_at = $2
                where id = any ($1) and folded_at is null and finished_at is not null returning id, quiz_id
            ),
            counted as (select fold_attempts(array_agg(id), 1) from claimed having count(*) > 0)
            select distinct quiz_id from claimed where (select count(*) from counted) > 0 order by quiz_id
            """,
            attempt_ids,
            now,
        )
        return [row["quiz_id"] for row in rows]

    async def facts(self, lesson_id: LessonId) -> QuizFacts | None:
        row = await self._connection.fetchrow(
            """
            select z.id as quiz_id, l.title, coalesce(z.settings, '{}') as settings, s.people, s.mean, s.spread,
                s.difficulties,
                (select count(*) from attempts a where a.quiz_id = z.id and a.folded_at is not null) as folded
            from lessons l left join quizzes z on z.lesson_id = l.id left join quiz_scales s on s.quiz_id = z.id
            where l.id = $1
            """,
            lesson_id,
        )
        if row is None:
            return None
        calibration = None
        if row["people"] is not None:
            calibration = Calibration(
                difficulties={int(key): value for key, value in orjson.loads(row["difficulties"]).items()},
                mean=row["mean"],
                spread=row["spread"],
                people=row["people"],
            )
        return QuizFacts(
            quiz_id=row["quiz_id"],
            lesson_title=load_text(row["title"]),
            folded=row["folded"],
            calibration=calibration,
            settings=settings_of_data(orjson.loads(row["settings"])),
        )

    async def facts_of(self, quiz_id: QuizId) -> tuple[int, int]:
        row = await self._connection.fetchrow(
            """
            select (select count(*) from attempts a where a.quiz_id = $1 and a.folded_at is not null) as folded,
                coalesce((select s.people from quiz_scales s where s.quiz_id = $1), 0) as people
            """,
            quiz_id,
        )
        return (row["folded"], row["people"]) if row else (0, 0)

    async def items(self, quiz_id: QuizId) -> Sequence[Item]:
        rows = await self._connection.fetch(
            """
            select s.*, to_jsonb(q) as question, z.lesson_id, q.retired_at is not null as is_retired, c.choices
            from item_statistics s join questions q on q.id = s.question_id join quizzes z on z.id = s.quiz_id
            cross join lateral (select coalesce(jsonb_agg(jsonb_build_array(o.option, o.chosen, o.rested, o.rest_sum)
                    order by o.option), '[]') as choices
                from item_choices o where o.quiz_id = s.quiz_id and o.question_id = s.question_id and o.chosen > 0) c
            where s.quiz_id = $1 and s.asked > 0
            order by q.retired_at is not null, q.quiz_id is null, q.position, q.id
            """,
            quiz_id,
        )
        return [_item(row) for row in rows]

    async def attempts(self, quiz_id: QuizId, before: AttemptId | None, limit: int) -> Sequence[AttemptLine]:
        rows = await self._connection.fetch(
            """
            select a.id, a.user_id, u.full_name, a.number, a.correct_count, cardinality(a.question_ids) as total,
                a.points, a.max_points, a.waiting_count, a.started_at, a.finished_at, marks.*,
                extract(epoch from a.finished_at - a.started_at)::int as seconds
            from (select * from attempts where quiz_id = $1 and finished_at is not null
                and ($2::bigint is null or id < $2) order by id desc limit $3) a
            join users u on u.id = a.user_id
            cross join lateral (
                select jsonb_object_agg(asked.id, coalesce(x.is_correct, false)) as list
                from unnest(a.question_ids) as asked (id)
                left join answers x on x.attempt_id = a.id and x.question_id = asked.id) marks
            order by a.id desc
            """,
            quiz_id,
            before,
            limit,
        )
        return [
            AttemptLine(
                id=row["id"],
                student_id=row["user_id"],
                student=row["full_name"],
                number=row["number"],
                score=Score(row["correct_count"], row["total"], row["points"], row["max_points"]),
                waiting=row["waiting_count"],
                started_at=row["started_at"],
                finished_at=row["finished_at"],
                seconds=row["seconds"],
                marks=_marks(row["list"]),
            )
            for row in rows
        ]

    async def marks(self, quiz_id: QuizId, limit: int) -> Sequence[Mapping[int, bool]]:
        rows = await self._connection.fetch(
            """
            select marks.list from (select a.id, a.question_ids from attempts a
                where a.quiz_id = $1 and a.folded_at is not null order by a.id desc limit $2) a
            cross join lateral (
                select jsonb_object_agg(asked.id, coalesce(x.is_correct, false)) as list
                from unnest(a.question_ids) as asked (id)
                left join answers x on x.attempt_id = a.id and x.question_id = asked.id) marks
            """,
            quiz_id,
            limit,
        )
        return [_marks(row["list"]) for row in rows]

    async def keep_scale(self, quiz_id: QuizId, calibration: Calibration, people: int, now: datetime) -> None:
        await self._connection.execute(
            """
            insert into quiz_scales (quiz_id, people, mean, spread, difficulties, calibrated_at)
            values ($1, $2, $3, $4, $5::jsonb, $6)
            on conflict (quiz_id) do update set people = $2, mean = $3, spread = $4, difficulties = $5::jsonb,
                calibrated_at = $6
            """,
            quiz_id,
            people,
            calibration.mean,
            calibration.spread,
            orjson.dumps({str(key): value for key, value in calibration.difficulties.items()}).decode(),
            now,
        )

    async def raw_answers(self, quiz_id: QuizId, after: AttemptId, limit: int) -> Sequence[RawAnswer]:
        rows = await self._connection.fetch(
            """
            select a.id as attempt_id, a.user_id, u.full_name, a.number, z.lesson_id, to_jsonb(q) as question,
                x.response, x.is_correct, x.points, x.seconds, x.answered_at
            from (select * from attempts where quiz_id = $1 and finished_at is not null and id > $2
                and answered_count > 0 order by id limit $3) a
            join users u on u.id = a.user_id join quizzes z on z.id = a.quiz_id
            join answers x on x.attempt_id = a.id join questions q on q.id = x.question_id
            order by a.id, array_position(a.question_ids, x.question_id)
            """,
            quiz_id,
            after,
            limit,
        )
        return [
            RawAnswer(
                attempt_id=row["attempt_id"],
                student_id=row["user_id"],
                student=row["full_name"],
                attempt_number=row["number"],
                question=question_of(orjson.loads(row["question"]), row["lesson_id"]),
                response=response_of_data(orjson.loads(row["response"])) if row["response"] else None,
                is_correct=row["is_correct"],
                points=row["points"],
                seconds=row["seconds"],
                answered_at=row["answered_at"],
            )
            for row in rows
        ]


def _marks(raw: str) -> Mapping[int, bool]:
    return {int(key): value for key, value in orjson.loads(raw).items()}


def _item(row: asyncpg.Record) -> Item:
    return Item(
        question=question_of(orjson.loads(row["question"]), row["lesson_id"]),
        is_retired=row["is_retired"],
        sums=ItemSums(
            asked=row["asked"],
            answered=row["answered"],
            correct=row["correct"],
            timed=row["timed"],
            seconds=row["seconds"],
            rested=row["rested"],
            rested_correct=row["rested_correct"],
            rest_sum=row["rest_sum"],
            rest_squares=row["rest_squares"],
            rest_correct=row["rest_correct"],
        ),
        choices=[
            ChoiceCount(option=option, chosen=chosen, rest=rest_sum / rested / _TEN_THOUSANDTHS if rested else None)
            for option, chosen, rested, rest_sum in orjson.loads(row["choices"])
        ],
    )
