"""Exams: who sits them, how they go and what came of them. Their plan follows the quiz's settings by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import orjson

from db.content import load_text, text_of
from db.engine import Connection
from db.jobs import SqlJobs
from domain.courses.model import LessonId
from domain.notifications.model import NoticeData, NoticeKind
from domain.notifications.ports import DELIVER_JOB
from domain.quizzes.encoding import response_of_data
from domain.quizzes.exams.model import Ability, AlikeQuestion, Board, Exam, ExamLine, ExamResult, ExamStage, Suspicion
from domain.quizzes.exams.ports import ExamAnswer, Standing
from domain.quizzes.model import AttemptId, QuestionId, QuizId, Score
from domain.quizzes.settings import settings_of_data
from domain.quizzes.similarity import Lookalike
from domain.users.model import UserId

_EXAM = """
    e.quiz_id, e.opens_at, e.closes_at, e.stage, e.plan, e.told_plan, e.told_opens_at, e.first_told_at, e.last_told_at,
    e.skew_seconds, e.ended_at, z.settings, l.id as lesson_id, l.title as lesson_title, l.course_id,
    (select count(*) from exam_candidates k join users u on u.id = k.user_id
        where k.quiz_id = e.quiz_id and k.ready_at is not null and k.told_at is null
            and u.is_reachable and not u.is_muted
            and not exists (select from attempts a where a.user_id = k.user_id and a.quiz_id = k.quiz_id
                and a.started_at >= e.opens_at)) as untold
"""
_FROM = "exams e join quizzes z on z.id = e.quiz_id join lessons l on l.id = z.lesson_id"
_SITTING = "a.quiz_id = e.quiz_id and a.started_at >= e.opens_at"
"""Attempts a at the exam e of its present plan."""

_LATELY = 100
"""Of somebody's exams these are looked at; they have eight on their list."""


class SqlExams:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def due(self, now: datetime, limit: int) -> Sequence[QuizId]:
        rows = await self._connection.fetch(
            "select quiz_id from exams where next_at <= $1 order by next_at, quiz_id limit $2", now, limit
        )
        return [row["quiz_id"] for row in rows]

    async def lock(self, quiz_id: QuizId) -> Exam | None:
        # The quiz first, as whoever writes its settings does: the trigger then takes the exam.
        await self._connection.execute("select from quizzes where id = $1 for no key update", quiz_id)
        row = await self._connection.fetchrow(
            f"select {_EXAM} from {_FROM} where e.quiz_id = $1 for no key update of e", quiz_id
        )
        return _exam(row) if row else None

    async def get(self, quiz_id: QuizId) -> Exam | None:
        row = await self._connection.fetchrow(f"select {_EXAM} from {_FROM} where e.quiz_id = $1", quiz_id)
        return _exam(row) if row else None

    async def of_lesson(self, lesson_id: LessonId) -> Exam | None:
        row = await self._connection.fetchrow(f"select {_EXAM} from {_FROM} where z.lesson_id = $1", lesson_id)
        return _exam(row) if row else None

    async def standing(self, user_id: UserId, lesson_id: LessonId) -> Standing | None:
        row = await self._connection.fetchrow(
            f"""
            select {_EXAM}, coalesce(k.ready_at is not null, false) as is_ready,
                exists (select from attempts a where a.user_id = $1 and {_SITTING}) as has_begun
            from {_FROM} left join exam_candidates k on k.quiz_id = e.quiz_id and k.user_id = $1
            where z.lesson_id = $2
            """,
            user_id,
            lesson_id,
        )
        return Standing(_exam(row), row["is_ready"], row["has_begun"]) if row else None

    async def mine(self, user_id: UserId, limit: int) -> Sequence[ExamLine]:
        rows = await self._connection.fetch(
            f"""
            select z.lesson_id, l.title as lesson_title, e.opens_at, e.stage, mine.is_teacher
            from (
                select known.quiz_id, bool_or(known.is_teacher) as is_teacher from (
                    (select k.quiz_id, false as is_teacher from exam_candidates k where k.user_id = $1
                        order by k.quiz_id desc limit {_LATELY})
                    union all
                    select z.id, true from (
                        select c.id from courses c where c.owner_id = $1
                        union select t.course_id from course_teachers t where t.user_id = $1
                    ) c join lessons l on l.course_id = c.id join quizzes z on z.lesson_id = l.id
                ) known group by known.quiz_id
            ) mine join {_FROM} on e.quiz_id = mine.quiz_id
            where e.told_plan > 0 or mine.is_teacher
            order by e.opens_at desc limit $2
            """,
            user_id,
            limit,
        )
        return [
            ExamLine(
                lesson_id=row["lesson_id"],
                lesson_title=load_text(row["lesson_title"]),
                opens_at=row["opens_at"],
                stage=ExamStage(row["stage"]),
                is_teacher=row["is_teacher"],
            )
            for row in rows
        ]

    async def set_stage(
        self, quiz_id: QuizId, stage: ExamStage, next_at: datetime | None, *, ended_at: datetime | None = None
    ) -> None:
        await self._connection.execute(
            "update exams set stage = $2, next_at = $3, ended_at = $4 where quiz_id = $1",
            quiz_id,
            stage,
            next_at,
            ended_at,
        )

    async def wait(self, quiz_id: QuizId, next_at: datetime | None) -> None:
        await self._connection.execute("update exams set next_at = $2 where quiz_id = $1", quiz_id, next_at)

    async def note_announced(self, quiz_id: QuizId, plan: int, opens_at: datetime) -> None:
        await self._connection.execute(
            """
            with others as (
                update exam_candidates set ready_at = null, told_at = null
                where quiz_id = $1 and (ready_at is not null or told_at is not null)
            )
            update exams set told_plan = $2, told_opens_at = $3 where quiz_id = $1
            """,
            quiz_id,
            plan,
            opens_at,
        )

    async def admit(self, quiz_id: QuizId) -> int:
        await self._connection.execute(
            f"""
            insert into exam_candidates (quiz_id, user_id, number)
            select $1, n.user_id,
                n.place + coalesce((select max(k.number) + 1 from exam_candidates k where k.quiz_id = $1), 0)
            from (
                select m.user_id, row_number() over (order by min(m.since), m.user_id) - 1 as place
                from (
                    select m.user_id, m.enrolled_at as since from quizzes z join lessons l on l.id = z.lesson_id
                    join enrolments m on m.course_id = l.course_id where z.id = $1 and m.status <> 'cancelled'
                    union all
                    select a.user_id, a.started_at from exams e join attempts a on {_SITTING} where e.quiz_id = $1
                ) m
                where not exists (select from exam_candidates k where k.quiz_id = $1 and k.user_id = m.user_id)
                group by m.user_id
            ) n
            """,
            quiz_id,
        )
        return await self._connection.fetchval("select count(*) from exam_candidates where quiz_id = $1", quiz_id)

    async def be_ready(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> bool:
        is_new = await self._connection.fetchval(
            """
            insert into exam_candidates as k (quiz_id, user_id, number, ready_at)
            select $1, $2, coalesce((select max(o.number) + 1 from exam_candidates o where o.quiz_id = $1), 0), $3
            on conflict (quiz_id, user_id) do update set ready_at = $3 where k.ready_at is null
            returning true
            """,
            quiz_id,
            user_id,
            now,
        )
        return is_new is not None

    async def note_told(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> bool:
        told = await self._connection.fetchval(
            """
            with told as (
                update exam_candidates set told_at = $3
                where quiz_id = $1 and user_id = $2 and told_at is null
                    and not exists (select from users u where u.id = $2 and u.is_muted)
                returning ready_at
            ),
            measured as (
                update exams e set first_told_at = least(e.first_told_at, $3),
                    last_told_at = greatest(e.last_told_at, $3)
                from told where e.quiz_id = $1 and e.stage = 'begun' and told.ready_at is not null
            )
            select true from told
            """,
            quiz_id,
            user_id,
            now,
        )
        return told is not None

    async def tell_candidates(
        self,
        quiz_id: QuizId,
        kind: NoticeKind,
        key: str,
        data: NoticeData,
        now: datetime,
        *,
        not_before: datetime | None = None,
        seed: str = "",
        only_writing: bool = False,
        only_finished: bool = False,
    ) -> int:
        rows = await self._connection.fetch(
            f"""
            insert into notifications (user_id, kind, key, data, created_at, updated_at)
            select k.user_id, $2, $3, $4::jsonb, $5, $5 from exam_candidates k join {_FROM} on e.quiz_id = k.quiz_id
            where k.quiz_id = $1
                and not exists (select from enrolments m where m.user_id = k.user_id and m.course_id = l.course_id
                    and m.status = 'cancelled')
                and (not $7 or exists (select from attempts a where a.user_id = k.user_id and {_SITTING}
                    and a.finished_at is null))
                and (not $8 or exists (select from attempts a where a.user_id = k.user_id and {_SITTING}
                    and a.finished_at is not null))
            order by k.ready_at is null, md5($6 || k.user_id::text)
            on conflict (user_id, key) do nothing
            returning id
            """,
            quiz_id,
            kind,
            key,
            orjson.dumps(dict(data)).decode(),
            now,
            seed,
            only_writing,
            only_finished,
        )
        await SqlJobs(self._connection).enqueue_all(
            DELIVER_JOB, [{"notification_id": number} for number in sorted(row["id"] for row in rows)], after=not_before
        )
        return len(rows)

    async def set_end(self, quiz_id: QuizId, closes_at: datetime, time_limit: timedelta | None) -> None:
        changed: dict[str, str | int] = {"closes_at": closes_at.isoformat()}
        if time_limit is not None:
            changed["time_limit"] = time_limit // timedelta(seconds=1)
        await self._connection.execute(
            "update quizzes set settings = settings || $2::jsonb where id = $1",
            quiz_id,
            orjson.dumps(changed).decode(),
        )

    async def align_deadlines(self, quiz_id: QuizId, closes_at: datetime, time_limit: timedelta | None) -> int:
        status = await self._connection.execute(
            """
            update attempts set deadline_at = least($2, started_at + $3::interval)
            where quiz_id = $1 and finished_at is null
                and deadline_at is distinct from least($2, started_at + $3::interval)
            """,
            quiz_id,
            closes_at,
            time_limit,
        )
        return int(status.removeprefix("UPDATE "))

    async def set_skew(self, quiz_id: QuizId, skew: timedelta) -> None:
        await self._connection.execute(
            "update exams set skew_seconds = $2 where quiz_id = $1", quiz_id, skew // timedelta(seconds=1)
        )

    async def open_attempts(self, quiz_id: QuizId, limit: int) -> Sequence[tuple[UserId, AttemptId]]:
        rows = await self._connection.fetch(
            "select user_id, id from attempts where quiz_id = $1 and finished_at is null order by id limit $2",
            quiz_id,
            limit,
        )
        return [(row["user_id"], row["id"]) for row in rows]

    async def board(self, lesson_id: LessonId) -> Board | None:
        row = await self._connection.fetchrow(
            f"""
            select {_EXAM}, sat.*, known.*,
                (select count(*) from exam_lookalikes s where s.quiz_id = e.quiz_id) as lookalikes
            from {_FROM}
            cross join lateral (select count(*) filter (where a.finished_at is null) as writing,
                    count(a.finished_at) as finished, coalesce(sum(a.answered_count), 0) as answers
                from attempts a where {_SITTING}) sat
            cross join lateral (select count(*) as candidates, count(k.ready_at) as ready
                from exam_candidates k where k.quiz_id = e.quiz_id) known
            where z.lesson_id = $1
            """,
            lesson_id,
        )
        if row is None:
            return None
        return Board(
            exam=_exam(row),
            candidates=row["candidates"],
            ready=row["ready"],
            writing=row["writing"],
            finished=row["finished"],
            answers=row["answers"],
            lookalikes=row["lookalikes"],
        )

    async def results(self, quiz_id: QuizId, *, limit: int, offset: int) -> tuple[Sequence[ExamResult], int]:
        rows = await self._connection.fetch(
            f"""
            select a.id, a.user_id, u.full_name, a.correct_count, cardinality(a.question_ids) as total, a.points,
                a.max_points, a.waiting_count, s.ability, s.low, s.high,
                rank() over (order by a.points::float8 / a.max_points desc) as place, count(*) over () as everybody
            from exams e join attempts a on {_SITTING} join users u on u.id = a.user_id
            left join exam_scores s on s.attempt_id = a.id
            where e.quiz_id = $1 and a.finished_at is not null
            order by place, u.full_name, a.id limit $2 offset $3
            """,
            quiz_id,
            limit,
            offset,
        )
        return [_result(row) for row in rows], rows[0]["everybody"] if rows else 0

    async def suspicions(self, quiz_id: QuizId) -> Sequence[Suspicion]:
        rows = await self._connection.fetch(
            """
            select s.*, f.full_name as first_name, o.full_name as second_name
            from exam_lookalikes s join users f on f.id = s.first_id join users o on o.id = s.second_id
            where s.quiz_id = $1 order by s.chance, s.first_id, s.second_id
            """,
            quiz_id,
        )
        return [
            Suspicion(
                first_id=row["first_id"],
                second_id=row["second_id"],
                first_name=row["first_name"],
                second_name=row["second_name"],
                question_ids=tuple(QuestionId(number) for number in row["question_ids"]),
                both_wrong=row["both_wrong"],
                expected=row["expected"],
                chance=row["chance"],
            )
            for row in rows
        ]

    async def alike(self, quiz_id: QuizId, suspicion: Suspicion) -> Sequence[AlikeQuestion]:
        rows = await self._connection.fetch(
            f"""
            select q.id, q.text, q.options, x.response,
                (select count(*) from attempts o join answers y on y.attempt_id = o.id
                    where o.quiz_id = e.quiz_id and o.started_at >= e.opens_at and y.question_id = q.id
                        and y.response = x.response) as alike
            from exams e join attempts a on {_SITTING} and a.user_id = $2
            join answers x on x.attempt_id = a.id and x.question_id = any ($3) join questions q on q.id = x.question_id
            where e.quiz_id = $1 order by array_position($3, q.id)
            """,
            quiz_id,
            suspicion.first_id,
            list(suspicion.question_ids),
        )
        return [
            AlikeQuestion(
                question_id=row["id"],
                text=load_text(row["text"]),
                options=tuple(text_of(option) for option in orjson.loads(row["options"])),
                response=response_of_data(orjson.loads(row["response"])),
                alike=row["alike"],
            )
            for row in rows
            if row["response"]
        ]

    async def answers(self, quiz_id: QuizId) -> Sequence[ExamAnswer]:
        # What a teacher has yet to mark is left out: nobody knows yet whether it is right.
        rows = await self._connection.fetch(
            f"""
            select a.id, a.user_id, asked.question_id, coalesce(x.is_correct, false) as is_correct,
                coalesce(lower(btrim(x.response ->> 'text')), x.response::text) as choice
            from exams e join attempts a on {_SITTING} cross join lateral unnest(a.question_ids) asked (question_id)
            left join answers x on x.attempt_id = a.id and x.question_id = asked.question_id
            where e.quiz_id = $1 and a.finished_at is not null and (x.response is null or x.is_correct is not null)
            order by a.id, asked.question_id
            """,
            quiz_id,
        )
        return [
            ExamAnswer(row["id"], row["user_id"], row["question_id"], row["is_correct"], row["choice"]) for row in rows
        ]

    async def keep_judgement(
        self, quiz_id: QuizId, abilities: Sequence[tuple[AttemptId, Ability]], lookalikes: Sequence[Lookalike]
    ) -> None:
        await self._connection.execute("delete from exam_lookalikes where quiz_id = $1", quiz_id)
        await self._connection.executemany(
            """
            insert into exam_lookalikes (quiz_id, first_id, second_id, question_ids, both_wrong, expected, chance)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                (quiz_id, pair.first, pair.second, list(pair.same), pair.both_wrong, pair.expected, pair.chance)
                for pair in lookalikes
            ],
        )
        await self._connection.execute(
            """
            insert into exam_scores (attempt_id, ability, low, high)
            select * from unnest($1::bigint[], $2::real[], $3::real[], $4::real[])
            on conflict (attempt_id) do update set ability = excluded.ability, low = excluded.low, high = excluded.high
            """,
            [attempt_id for attempt_id, _ability in abilities],
            [ability.value for _attempt_id, ability in abilities],
            [ability.low for _attempt_id, ability in abilities],
            [ability.high for _attempt_id, ability in abilities],
        )

    async def teachers(self, quiz_id: QuizId) -> Sequence[UserId]:
        rows = await self._connection.fetch(
            """
            select c.owner_id as user_id from quizzes z join lessons l on l.id = z.lesson_id
                join courses c on c.id = l.course_id where z.id = $1
            union
            select t.user_id from quizzes z join lessons l on l.id = z.lesson_id
                join course_teachers t on t.course_id = l.course_id where z.id = $1
            """,
            quiz_id,
        )
        return [row["user_id"] for row in rows]


def _exam(row: asyncpg.Record) -> Exam:
    return Exam(
        quiz_id=row["quiz_id"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        course_id=row["course_id"],
        settings=settings_of_data(orjson.loads(row["settings"])),
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        stage=ExamStage(row["stage"]),
        plan=row["plan"],
        told_plan=row["told_plan"],
        told_opens_at=row["told_opens_at"],
        first_told_at=row["first_told_at"],
        last_told_at=row["last_told_at"],
        untold=row["untold"],
        skew=timedelta(seconds=row["skew_seconds"]) if row["skew_seconds"] is not None else None,
        ended_at=row["ended_at"],
    )


def _result(row: asyncpg.Record) -> ExamResult:
    return ExamResult(
        attempt_id=row["id"],
        user_id=row["user_id"],
        name=row["full_name"],
        place=row["place"],
        score=Score(row["correct_count"], row["total"], row["points"], row["max_points"]),
        waiting=row["waiting_count"],
        ability=Ability(row["ability"], row["low"], row["high"]) if row["ability"] is not None else None,
    )
