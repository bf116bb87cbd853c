"""Questions in use of a quiz or a bank, read many at a time; a bank has at most 10,000."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.engine import Connection
from db.questions import question_of
from domain.quizzes.importing.imports import Target
from domain.quizzes.model import Question, QuestionId
from domain.quizzes.shelf_ports import Contents

_BANK = "q.bank_id = $1"
_QUIZ = "q.quiz_id = (select z.id from quizzes z where z.lesson_id = $1)"


class SqlQuestionShelf:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def contents(self, place: Target) -> Contents:
        where, place_id = _where(place)
        drawn = "0"
        if place.bank_id is None:
            drawn = """coalesce((
                select sum((p ->> 'count')::int) from quizzes z cross join jsonb_array_elements(z.settings -> 'pools') p
                where z.lesson_id = $1
            ), 0)"""
        row = await self._connection.fetchrow(
            f"""
            select count(*) as count, count(q.picture) as pictures,
                count(*) filter (where (select count(*) from jsonb_object_keys(q.text)) > 1) as translated,
                count(*) filter (where q.kind = 'ordering') as orderings, {drawn} as drawn
            from questions q where {where} and q.retired_at is null
            """,
            place_id,
        )
        if row is None:
            raise LookupError("a count has a row")
        return Contents(**row)

    async def following(self, place: Target, after: Question | None, limit: int) -> Sequence[Question]:
        where, place_id = _where(place)
        rows = await self._connection.fetch(
            f"""
            select to_jsonb(q) as question from questions q
            where {where} and q.retired_at is null
                and ($2::bigint is null or (q.position, q.id) > ($3::int, $2::bigint))
            order by q.position, q.id limit $4
            """,
            place_id,
            after.id if after is not None else None,
            after.position if after is not None else None,
            limit,
        )
        return [_question(row, place) for row in rows]

    async def chosen(self, place: Target, question_ids: Sequence[QuestionId]) -> Sequence[Question]:
        where, place_id = _where(place)
        rows = await self._connection.fetch(
            f"""
            select to_jsonb(q) as question from questions q
            where q.id = any ($2::bigint[]) and {where} and q.retired_at is null order by q.position, q.id
            """,
            place_id,
            list(question_ids),
        )
        return [_question(row, place) for row in rows]

    async def retire(self, place: Target, question_ids: Sequence[QuestionId], now: datetime) -> int:
        where, place_id = _where(place)
        rows = await self._connection.fetch(
            f"""
            update questions q set retired_at = $3
            where q.id = any ($2::bigint[]) and {where} and q.retired_at is null returning q.id
            """,
            place_id,
            list(question_ids),
            now,
        )
        return len(rows)


def _where(place: Target) -> tuple[str, int | None]:
    return (_BANK, place.bank_id) if place.bank_id is not None else (_QUIZ, place.lesson_id)


def _question(row: asyncpg.Record, place: Target) -> Question:
    return question_of(orjson.loads(row["question"]), place.lesson_id)
