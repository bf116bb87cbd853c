"""Quizzes as students take them: one statement a screen, one statement an answer."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, lesson_of, load_text, text_of
from db.engine import Connection
from db.opening import entitlement_on, facts, is_open
from db.questions import SqlQuestions
from domain.courses.model import LessonId
from domain.language import Text
from domain.quizzes.model import (
    Admission,
    AttemptId,
    AttemptView,
    Feedback,
    Mistake,
    Opening,
    QuestionId,
    QuestionView,
    QuizId,
    Result,
    ResultEntry,
    Score,
    time_spent,
)
from domain.quizzes.ports import Answered
from domain.users.model import UserId

_ADMISSION = f"""
    {COURSE_COLUMNS},
    {LESSON_JSON} as lesson,
    {facts("$1")}
"""
"""Of the user $1, for the lesson l of the course c."""

_ATTEMPT = """
    a.id as attempt_id, a.number as attempt_number, a.answered_count, cardinality(a.question_ids) as total,
    l.id as lesson_id, l.title as lesson_title, q.id as question_id, q.text, q.options
"""
"""Of the attempt a at a quiz of the lesson l, with the question q that waits. The key is not among the columns."""


class SqlQuizzes(SqlQuestions):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection

    async def opening(self, user_id: UserId, lesson_id: LessonId) -> Opening | None:
        row = await self._connection.fetchrow(
            f"""
            select {_ADMISSION}, z.id as quiz_id,
                (select count(*) from questions q where q.quiz_id = z.id and q.retired_at is null) as question_count,
                past.finished_count, best.correct_count, best.total, current.*
            from lessons l join courses c on c.id = l.course_id left join quizzes z on z.lesson_id = l.id
            cross join lateral (select count(*) as finished_count from attempts a
                where a.user_id = $1 and a.quiz_id = z.id and a.finished_at is not null) past
            left join lateral (select a.correct_count, cardinality(a.question_ids) as total from attempts a
                where a.user_id = $1 and a.quiz_id = z.id and a.finished_at is not null
                order by a.correct_count::float / cardinality(a.question_ids) desc, a.id limit 1) best on true
            left join lateral (select a.id as open_id, a.answered_count as open_answered,
                    cardinality(a.question_ids) as open_total from attempts a
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
            best=Score(row["correct_count"], row["total"]) if row["total"] else None,
            finished_count=row["finished_count"],
            open_attempt_id=row["open_id"],
            open_answered=row["open_answered"] or 0,
            open_total=row["open_total"] or 0,
        )

    async def start(self, user_id: UserId, quiz_id: QuizId, now: datetime) -> AttemptView | None:
        row = await self._connection.fetchrow(
            f"""
            with a as (
                insert into attempts (user_id, quiz_id, number, question_ids, started_at)
                select $1, $2, 1 + coalesce(
                        (select max(p.number) from attempts p where p.user_id = $1 and p.quiz_id = $2), 0),
                    array_agg(n.id order by n.position), $3
                from questions n where n.quiz_id = $2 and n.retired_at is null
                having count(*) > 0
                on conflict do nothing
                returning *
            )
            select {_ATTEMPT}
            from a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join questions q on q.id = a.question_ids[1]
            """,
            user_id,
            quiz_id,
            now,
        )
        return _attempt(row) if row else None

    async def open_attempt(self, user_id: UserId, quiz_id: QuizId) -> AttemptView | None:
        row = await self._connection.fetchrow(
            f"""
            select {_ATTEMPT}
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join questions q on q.id = a.question_ids[a.answered_count + 1]
            where a.user_id = $1 and a.quiz_id = $2 and a.finished_at is null
            """,
            user_id,
            quiz_id,
        )
        return _attempt(row) if row else None

    async def attempt(self, user_id: UserId, attempt_id: AttemptId) -> tuple[Admission, AttemptView] | None:
        row = await self._connection.fetchrow(
            f"""
            select {_ADMISSION}, {_ATTEMPT}
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join courses c on c.id = l.course_id
            left join questions q on q.id = a.question_ids[a.answered_count + 1]
            where a.user_id = $1 and a.id = $2
            """,
            user_id,
            attempt_id,
        )
        return (_admission(row), _attempt(row)) if row else None

    async def answer(
        self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, option: int, now: datetime
    ) -> Answered | None:
        row = await self._connection.fetchrow(
            f"""
            with door as (
                select {_ADMISSION}, {is_open("$1", "$5")} as is_open, l.id as lesson_id,
                    l.title as lesson_title, a.id as attempt_id, a.question_ids, a.answered_count as answered_before
                from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
                join courses c on c.id = l.course_id
                where a.id = $2 and a.user_id = $1
            ),
            stored as (
                insert into answers (attempt_id, question_id, chosen, is_correct, answered_at)
                select d.attempt_id, q.id, $4, q.correct = $4, $5
                from door d join questions q on q.id = d.question_ids[d.answered_before + 1]
                where q.id = $3 and $4 < jsonb_array_length(q.options) and d.is_open
                on conflict do nothing
                returning chosen, is_correct
            ),
            counted as (
                update attempts a set answered_count = a.answered_count + 1,
                    correct_count = a.correct_count + stored.is_correct::int,
                    finished_at = case when a.answered_count + 1 = cardinality(a.question_ids) then $5 end
                from stored where a.id = $2
                returning a.answered_count
            )
            select d.*, cardinality(d.question_ids) as total, q.id as question_id,
                array_position(d.question_ids, q.id) as question_number, q.text, q.options, q.correct, q.explanation,
                coalesce(stored.chosen, before.chosen) as chosen,
                coalesce(counted.answered_count, d.answered_before) as answered_count
            from door d left join questions q on q.id = $3 and q.id = any (d.question_ids)
            left join answers before on before.attempt_id = d.attempt_id and before.question_id = q.id
            left join stored on true left join counted on true
            """,
            user_id,
            attempt_id,
            question_id,
            option,
            now,
        )
        if row is None:
            return None
        return Answered(admission=_admission(row), feedback=_feedback(row) if row["chosen"] is not None else None)

    async def feedback(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId) -> Feedback | None:
        row = await self._connection.fetchrow(
            """
            select a.id as attempt_id, a.answered_count, cardinality(a.question_ids) as total, l.id as lesson_id,
                l.title as lesson_title, q.id as question_id, array_position(a.question_ids, q.id) as question_number,
                q.text, q.options, q.correct, q.explanation, x.chosen
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join answers x on x.attempt_id = a.id join questions q on q.id = x.question_id
            where a.user_id = $1 and a.id = $2 and q.id = $3
            """,
            user_id,
            attempt_id,
            question_id,
        )
        return _feedback(row) if row else None

    async def result(self, user_id: UserId, attempt_id: AttemptId) -> Result | None:
        row = await self._connection.fetchrow(
            """
            select a.id, a.number, a.correct_count, cardinality(a.question_ids) as total, a.started_at, a.finished_at,
                l.id as lesson_id, l.title as lesson_title, c.title as course_title, given.mistakes, given.moments,
                (select n.id from lessons n join sections ns on ns.id = n.section_id
                    where n.course_id = c.id and n.is_published and (ns.position, n.position) > (s.position, l.position)
                    order by ns.position, n.position limit 1) as next_lesson_id
            from attempts a join quizzes z on z.id = a.quiz_id join lessons l on l.id = z.lesson_id
            join sections s on s.id = l.section_id join courses c on c.id = l.course_id
            cross join lateral (
                select array_agg(x.answered_at) as moments,
                    jsonb_agg(jsonb_build_object('number', array_position(a.question_ids, q.id), 'text', q.text,
                            'options', q.options, 'chosen', x.chosen, 'correct', q.correct,
                            'explanation', q.explanation)
                        order by array_position(a.question_ids, q.id)) filter (where not x.is_correct) as mistakes
                from answers x join questions q on q.id = x.question_id where x.attempt_id = a.id) given
            where a.user_id = $1 and a.id = $2 and a.finished_at is not null
            """,
            user_id,
            attempt_id,
        )
        return _result(row) if row else None

    async def results(self, user_id: UserId, *, limit: int, offset: int) -> tuple[Sequence[ResultEntry], int]:
        rows = await self._connection.fetch(
            """
            select a.id, a.number, a.answered_count, a.correct_count, cardinality(a.question_ids) as total,
                a.started_at, a.finished_at, l.id as lesson_id, l.title as lesson_title, c.title as course_title,
                count(*) over () as attempt_count
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


def _admission(row: asyncpg.Record) -> Admission:
    course = course_of(row)
    return Admission(
        course=course,
        lesson=lesson_of(orjson.loads(row["lesson"]), course),
        entitlement=entitlement_on(row),
    )


def _options(raw: str) -> tuple[Text, ...]:
    return tuple(text_of(option) for option in orjson.loads(raw))


def _question(row: asyncpg.Record, number: int) -> QuestionView:
    return QuestionView(
        id=row["question_id"], number=number, text=load_text(row["text"]), options=_options(row["options"])
    )


def _attempt(row: asyncpg.Record) -> AttemptView:
    answered: int = row["answered_count"]
    return AttemptView(
        id=row["attempt_id"],
        number=row["attempt_number"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        total=row["total"],
        answered=answered,
        question=_question(row, answered + 1) if row["question_id"] is not None else None,
    )


def _feedback(row: asyncpg.Record) -> Feedback:
    return Feedback(
        attempt_id=row["attempt_id"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        question=_question(row, row["question_number"]),
        chosen=row["chosen"],
        correct=row["correct"],
        explanation=load_text(row["explanation"]) if row["explanation"] else None,
        total=row["total"],
        answered=row["answered_count"],
    )


def _result(row: asyncpg.Record) -> Result:
    return Result(
        attempt_id=row["id"],
        number=row["number"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        course_title=load_text(row["course_title"]),
        score=Score(row["correct_count"], row["total"]),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        spent=time_spent(row["started_at"], row["moments"]),
        mistakes=tuple(
            Mistake(
                number=mistake["number"],
                text=text_of(mistake["text"]),
                options=tuple(text_of(option) for option in mistake["options"]),
                chosen=mistake["chosen"],
                correct=mistake["correct"],
                explanation=text_of(mistake["explanation"]) if mistake["explanation"] else None,
            )
            for mistake in orjson.loads(row["mistakes"] or "[]")
        ),
        next_lesson_id=row["next_lesson_id"],
    )


def _entry(row: asyncpg.Record) -> ResultEntry:
    return ResultEntry(
        attempt_id=row["id"],
        number=row["number"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]),
        course_title=load_text(row["course_title"]),
        score=Score(row["correct_count"], row["total"]),
        answered=row["answered_count"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
