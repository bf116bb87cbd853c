"""Quizzes as students take them: one statement a screen, two an answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, lesson_of, load_text
from db.engine import Connection
from db.opening import entitlement_on, facts, is_open
from db.questions import SqlQuestions, question_of
from domain.courses.model import LessonId
from domain.quizzes.drawing import Candidate, Candidates, asked_for
from domain.quizzes.encoding import response_of_data, response_to_data
from domain.quizzes.model import (
    Admission,
    AttemptId,
    ClosedBy,
    Opening,
    Question,
    QuestionId,
    QuizId,
    ResultEntry,
    Score,
)
from domain.quizzes.ports import (
    AnswerDoor,
    AskedQuestion,
    AttemptState,
    FinishedAttempt,
    GivenAnswer,
    Marked,
)
from domain.quizzes.settings import Face, Pool, settings_of_data
from domain.users.model import UserId

_ADMISSION = f"""
    {COURSE_COLUMNS},
    {LESSON_JSON} as lesson,
    {facts("$1")}
"""
"""Of the user $1, for the lesson l of the course c."""

_STATE = """
    a.id as attempt_id, a.quiz_id, a.number as attempt_number, a.seed, a.face, a.deadline_at, a.answered_count,
    a.points as attempt_points, a.max_points, a.finished_at, cardinality(a.question_ids) as total, z.settings,
    l.id as lesson_id, l.title as lesson_title
"""
"""Of the attempt a at the quiz z of the lesson l."""

_STORE = """
    with counted as (
        update attempts a set answered_count = a.answered_count + 1,
            correct_count = a.correct_count + coalesce($5, false)::int,
            waiting_count = a.waiting_count + ($5::boolean is null)::int,
            points = a.points + $6,
            finished_at = case when $9 then $8::timestamptz end,
            closed_by = case when $9 then 'student' end
        where a.id = $2 and a.user_id = $1 and a.answered_count = $10 and a.finished_at is null
            and a.question_ids[$10 + 1] = $3 and $9 = (cardinality(a.question_ids) = $10 + 1)
        returning a.id
    )
    insert into answers (attempt_id, question_id, response, is_correct, points, seconds, answered_at)
    select c.id, $3, $4::jsonb, $5, $6, $7, $8 from counted c
    returning true
"""
"""The first answer to a question counts the attempt on, and only whoever counts stores one."""

_OF_ATTEMPT = """
    attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
    join courses c on c.id = l.course_id
"""


class SqlQuizzes(SqlQuestions):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection

    async def opening(self, user_id: UserId, lesson_id: LessonId) -> Opening | None:
        row = await self._connection.fetchrow(
            f"""
            select {_ADMISSION}, z.id as quiz_id, coalesce(z.settings, '{{}}') as settings,
                (select count(*) from questions q where q.quiz_id = z.id and q.retired_at is null)
                    + (select coalesce(sum(found.count), 0) from jsonb_array_elements(z.settings -> 'pools') p
                        cross join lateral (select count(*) from (select from questions b
                            where b.bank_id = (p ->> 'bank_id')::bigint and b.retired_at is null
                                and (p ->> 'topic' is null or b.topic = p ->> 'topic')
                                and (p ->> 'difficulty' is null or b.difficulty = (p ->> 'difficulty')::int)
                            limit (p ->> 'count')::int) offered) found) as question_count,
                (select k.number from exam_candidates k where k.quiz_id = z.id and k.user_id = $1) as exam_number,
                past.finished_count, best.*, current.*
            from lessons l join courses c on c.id = l.course_id left join quizzes z on z.lesson_id = l.id
            cross join lateral (select count(*) as finished_count from attempts a
                where a.user_id = $1 and a.quiz_id = z.id and a.finished_at is not null) past
            left join lateral (select a.correct_count as best_correct, cardinality(a.question_ids) as best_total,
                    a.points as best_points, a.max_points as best_max from attempts a
                where a.user_id = $1 and a.quiz_id = z.id and a.finished_at is not null and a.waiting_count = 0
                order by a.points::float / a.max_points desc, a.id limit 1) best on true
            left join lateral (select a.id as open_id, a.answered_count as open_answered,
                    cardinality(a.question_ids) as open_total, a.deadline_at as open_deadline_at from attempts a
                where a.user_id = $1 and a.quiz_id = z.id and a.finished_at is null) current on true
            where l.id = $2
            """,
            user_id,
            lesson_id,
        )
        if row is None:
            return None
        return Opening(
            admission=_admission(row),
            quiz_id=row["quiz_id"],
            question_count=row["question_count"],
            best=Score(row["best_correct"], row["best_total"], row["best_points"], row["best_max"])
            if row["best_total"]
            else None,
            finished_count=row["finished_count"],
            open_attempt_id=row["open_id"],
            open_answered=row["open_answered"] or 0,
            open_total=row["open_total"] or 0,
            open_deadline_at=row["open_deadline_at"],
            settings=settings_of_data(orjson.loads(row["settings"])),
            exam_number=row["exam_number"],
        )

    async def candidates(self, quiz_id: QuizId, pools: Sequence[Pool], seed: int) -> Candidates:
        rows = await self._connection.fetch(
            """
            select 0 as pool, q.id, q.points, q.position::bigint as place from questions q
            where q.quiz_id = $1 and q.retired_at is null
            union all
            select p.number, b.id, b.points, b.place
            from unnest($2::bigint[], $3::varchar[], $4::int[]) with ordinality
                as p (bank_id, topic, difficulty, number)
            cross join lateral (
                select q.id, q.points, row_number() over (order by hashtextextended(q.id::text, $5)) as place
                from questions q
                where q.bank_id = p.bank_id and q.retired_at is null and (p.topic is null or q.topic = p.topic)
                    and (p.difficulty is null or q.difficulty = p.difficulty)
                order by place limit $6) b
            order by pool, place
            """,
            quiz_id,
            [pool.bank_id for pool in pools],
            [pool.topic for pool in pools],
            [pool.difficulty for pool in pools],
            seed,
            asked_for(pools),
        )
        found = defaultdict[int, list[Candidate]](list)
        for row in rows:
            found[row["pool"]].append(Candidate(row["id"], row["points"]))
        return Candidates(own=found[0], pools=[found[number] for number in range(1, len(pools) + 1)])

    async def start(
        self,
        user_id: UserId,
        quiz_id: QuizId,
        questions: Sequence[Candidate],
        now: datetime,
        *,
        seed: int,
        face: Face,
        deadline_at: datetime | None,
        max_attempts: int | None,
    ) -> AttemptId | None:
        return await self._connection.fetchval(
            """
            insert into attempts (user_id, quiz_id, number, question_ids, max_points, started_at, seed, face,
                deadline_at)
            select $1, $2, 1 + coalesce(max(p.number), 0), $3, $4, $5, $6, $7, $8
            from attempts p where p.user_id = $1 and p.quiz_id = $2
            having $9::int is null or coalesce(max(p.number), 0) < $9::int
            on conflict do nothing
            returning id
            """,
            user_id,
            quiz_id,
            [question.id for question in questions],
            100 * sum(question.points for question in questions),
            now,
            seed,
            face.value,
            deadline_at,
            max_attempts,
        )

    async def open_attempt(self, user_id: UserId, quiz_id: QuizId) -> AttemptId | None:
        return await self._connection.fetchval(
            "select id from attempts where user_id = $1 and quiz_id = $2 and finished_at is null", user_id, quiz_id
        )

    async def attempt(
        self, user_id: UserId, attempt_id: AttemptId, now: datetime
    ) -> tuple[Admission, AttemptState] | None:
        row = await self._connection.fetchrow(
            f"""
            with asked as (
                insert into askings (attempt_id, question_id, asked_at)
                select a.id, a.question_ids[a.answered_count + 1], $3 from {_OF_ATTEMPT}
                where a.id = $2 and a.user_id = $1 and a.finished_at is null and {is_open("$1", "$3")}
                on conflict do nothing
                returning asked_at
            )
            select {_ADMISSION}, {_STATE}, to_jsonb(q) as question,
                coalesce((select asked_at from asked), k.asked_at) as asked_at
            from {_OF_ATTEMPT}
            left join questions q on q.id = a.question_ids[a.answered_count + 1] and a.finished_at is null
            left join askings k on k.attempt_id = a.id and k.question_id = q.id
            where a.user_id = $1 and a.id = $2
            """,
            user_id,
            attempt_id,
            now,
        )
        return (_admission(row), _state(row, _asked(row, row["answered_count"] + 1))) if row else None

    async def answer_door(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, now: datetime
    ) -> AnswerDoor | None:
        row = await self._connection.fetchrow(
            f"""
            select {_ADMISSION}, {_STATE}, to_jsonb(q) as question, k.asked_at,
                array_position(a.question_ids, q.id) as question_number,
                x.answered_at, x.response, x.is_correct, x.points, x.comment
            from {_OF_ATTEMPT}
            left join questions q on q.id = $3 and q.id = any (a.question_ids)
            left join askings k on k.attempt_id = a.id and k.question_id = q.id
            left join answers x on x.attempt_id = a.id and x.question_id = q.id
            where a.user_id = $1 and a.id = $2
            """,
            user_id,
            attempt_id,
            question_id,
        )
        if row is None:
            return None
        asked = _asked(row, row["question_number"])
        is_waiting = asked is not None and row["finished_at"] is None and asked.number == row["answered_count"] + 1
        return AnswerDoor(
            admission=_admission(row),
            state=_state(row, asked if is_waiting else None),
            asked=asked,
            given=_given(row) if row["answered_at"] is not None else None,
        )

    async def store(
        self,
        user_id: UserId,
        attempt_id: AttemptId,
        question_id: QuestionId,
        marked: Marked,
        *,
        answered_before: int,
        finishes: bool,
    ) -> bool:
        stored = await self._connection.fetchval(
            _STORE,
            user_id,
            attempt_id,
            question_id,
            orjson.dumps(response_to_data(marked.response)).decode() if marked.response is not None else None,
            marked.is_correct,
            marked.points,
            marked.seconds,
            marked.answered_at,
            finishes,
            answered_before,
        )
        return stored is not None

    async def close(self, user_id: UserId, attempt_id: AttemptId, at: datetime, by: ClosedBy) -> bool:
        closed = await self._connection.fetchval(
            """
            update attempts set finished_at = greatest($3, started_at), closed_by = $4
            where id = $2 and user_id = $1 and finished_at is null returning true
            """,
            user_id,
            attempt_id,
            at,
            by.value,
        )
        return closed is not None

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[UserId, AttemptId, datetime]]:
        rows = await self._connection.fetch(
            """
            select user_id, id, deadline_at from attempts
            where finished_at is null and deadline_at is not null and deadline_at < $1
            order by deadline_at limit $2 for update skip locked
            """,
            before,
            limit,
        )
        return [(row["user_id"], row["id"], row["deadline_at"]) for row in rows]

    async def finished(self, user_id: UserId, attempt_id: AttemptId) -> FinishedAttempt | None:
        row = await self._connection.fetchrow(
            """
            select a.id, a.quiz_id, a.number, a.seed, a.correct_count, cardinality(a.question_ids) as total, a.points,
                a.max_points, a.waiting_count, a.started_at, a.finished_at, a.closed_by, z.settings,
                l.id as lesson_id, l.title as lesson_title, l.pass_percent, c.title as course_title, given.list,
                (select count(*) from attempts p where p.user_id = $1 and p.quiz_id = a.quiz_id
                    and p.finished_at is not null) as finished_count,
                exists (select from attempts p where p.user_id = $1 and p.quiz_id = a.quiz_id
                    and p.finished_at is null) as has_open_attempt,
                (select n.id from lessons n join sections ns on ns.id = n.section_id
                    where n.course_id = c.id and n.is_published and (ns.position, n.position) > (s.position, l.position)
                    order by ns.position, n.position limit 1) as next_lesson_id
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join sections s on s.id = l.section_id join courses c on c.id = l.course_id
            cross join lateral (
                select jsonb_agg(jsonb_build_object('question', to_jsonb(q), 'response', x.response,
                        'is_correct', x.is_correct, 'points', x.points, 'answered_at', x.answered_at,
                        'comment', x.comment) order by asked.number) as list
                from unnest(a.question_ids) with ordinality as asked (id, number)
                join questions q on q.id = asked.id
                left join answers x on x.attempt_id = a.id and x.question_id = q.id) given
            where a.user_id = $1 and a.id = $2 and a.finished_at is not null
            """,
            user_id,
            attempt_id,
        )
        if row is None:
            return None
        return FinishedAttempt(
            id=row["id"],
            number=row["number"],
            quiz_id=row["quiz_id"],
            lesson_id=row["lesson_id"],
            lesson_title=load_text(row["lesson_title"]),
            course_title=load_text(row["course_title"]),
            settings=settings_of_data(orjson.loads(row["settings"])),
            pass_percent=row["pass_percent"],
            seed=row["seed"],
            score=_score(row),
            waiting=row["waiting_count"],
            finished_count=row["finished_count"],
            has_open_attempt=row["has_open_attempt"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            closed_by=ClosedBy(row["closed_by"]),
            answers=[
                _answered(data, number, row["lesson_id"]) for number, data in enumerate(orjson.loads(row["list"]), 1)
            ],
            next_lesson_id=row["next_lesson_id"],
        )

    async def results(self, user_id: UserId, *, limit: int, offset: int) -> tuple[Sequence[ResultEntry], int]:
        rows = await self._connection.fetch(
            """
            select a.id, a.number, a.answered_count, a.correct_count, cardinality(a.question_ids) as total, a.points,
                a.max_points, a.waiting_count, a.started_at, a.finished_at, z.settings, l.id as lesson_id,
                l.title as lesson_title, c.title as course_title, count(*) over () as attempt_count
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join courses c on c.id = l.course_id
            where a.user_id = $1
            order by a.finished_at is null desc, a.id desc limit $2 offset $3
            """,
            user_id,
            limit,
            offset,
        )
        return [_entry(row) for row in rows], rows[0]["attempt_count"] if rows else 0

    async def lesson_of(self, user_id: UserId, attempt_id: AttemptId) -> LessonId | None:
        return await self._connection.fetchval(
            "select z.lesson_id from attempts a join quizzes z on z.id = a.quiz_id where a.user_id = $1 and a.id = $2",
            user_id,
            attempt_id,
        )

    async def note_poll(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, poll_id: str, message_id: int
    ) -> bool:
        noted = await self._connection.fetchval(
            """
            update askings k set poll_id = $4, message_id = $5 from attempts a
            where a.id = $2 and a.user_id = $1 and k.attempt_id = a.id and k.question_id = $3 and k.poll_id is null
            returning true
            """,
            user_id,
            attempt_id,
            question_id,
            poll_id,
            message_id,
        )
        return noted is not None

    async def asked_by_poll(self, poll_id: str) -> tuple[UserId, AttemptId, QuestionId] | None:
        row = await self._connection.fetchrow(
            """
            select a.user_id, k.attempt_id, k.question_id from askings k join attempts a on a.id = k.attempt_id
            where k.poll_id = $1
            """,
            poll_id,
        )
        return (row["user_id"], row["attempt_id"], row["question_id"]) if row else None

    async def poll_of(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> tuple[str, int] | None:
        row = await self._connection.fetchrow(
            """
            select k.poll_id, k.message_id from askings k join attempts a on a.id = k.attempt_id
            where a.user_id = $1 and k.attempt_id = $2 and k.question_id = $3 and k.poll_id is not null
            """,
            user_id,
            attempt_id,
            question_id,
        )
        return (row["poll_id"], row["message_id"]) if row else None


def _admission(row: asyncpg.Record) -> Admission:
    course = course_of(row)
    return Admission(
        course=course,
        lesson=lesson_of(orjson.loads(row["lesson"]), course),
        entitlement=entitlement_on(row),
    )


def _asked(row: asyncpg.Record, number: int) -> AskedQuestion | None:
    if row["question"] is None:
        return None
    return AskedQuestion(
        question=question_of(orjson.loads(row["question"]), row["lesson_id"]), number=number, asked_at=row["asked_at"]
    )


def _state(row: asyncpg.Record, waiting: AskedQuestion | None) -> AttemptState:
    return AttemptState(
        id=row["attempt_id"],
        quiz_id=row["quiz_id"],
        course_id=row["course_id"],
        number=row["attempt_number"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        settings=settings_of_data(orjson.loads(row["settings"])),
        seed=row["seed"],
        face=Face(row["face"]),
        deadline_at=row["deadline_at"],
        total=row["total"],
        answered=row["answered_count"],
        points=row["attempt_points"],
        max_points=row["max_points"],
        finished_at=row["finished_at"],
        waiting=waiting,
    )


def _given(row: asyncpg.Record) -> GivenAnswer:
    return GivenAnswer(
        response=response_of_data(orjson.loads(row["response"])) if row["response"] else None,
        is_correct=row["is_correct"],
        points=row["points"],
        answered_at=row["answered_at"],
        comment=row["comment"],
    )


def _answered(data: Mapping[str, Any], number: int, lesson_id: LessonId) -> tuple[Question, int, GivenAnswer | None]:
    given = None
    if data["answered_at"] is not None:
        given = GivenAnswer(
            response=response_of_data(data["response"]) if data["response"] else None,
            is_correct=data["is_correct"],
            points=data["points"],
            answered_at=datetime.fromisoformat(data["answered_at"]),
            comment=data["comment"],
        )
    return question_of(data["question"], lesson_id), number, given


def _score(row: asyncpg.Record) -> Score:
    return Score(row["correct_count"], row["total"], row["points"], row["max_points"])


def _entry(row: asyncpg.Record) -> ResultEntry:
    settings = settings_of_data(orjson.loads(row["settings"]))
    return ResultEntry(
        attempt_id=row["id"],
        number=row["number"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        course_title=load_text(row["course_title"]),
        score=_score(row),
        answered=row["answered_count"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        held_until=settings.closes_at if settings.is_exam else None,
        waiting=row["waiting_count"],
    )
