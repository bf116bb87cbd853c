"""The index of what is published: full text with beginnings and stems, and the vocabulary for what is misspelt."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, lesson_of
from db.engine import Connection
from db.opening import entitlement_on, facts
from domain.courses.model import CourseEntry, lock_of
from domain.search.model import FoundCourse, FoundLesson, Place, Shelf
from domain.search.query import SHORTEST_TYPO, Near, Query, Spelling, Word
from domain.users.model import UserId

_SPELLINGS = """
select asked.word, known.is_known, coalesce(near.words, '{}') as words, coalesce(near.written, '{}') as written
from unnest($1::text[], $2::text[]) as asked (word, stem)
cross join lateral (
    select exists (select from search_words w where w.word >= asked.word and w.word < asked.word || chr(1114111))
        or exists (select from search_words w where w.word >= asked.stem and w.word < asked.stem || chr(1114111))
        as is_known
    offset 0
) known
left join lateral (
    select array_agg(word) as words, array_agg(written) as written from (
        (select w.word, w.written from search_words w where not known.is_known and w.word % asked.word
            order by similarity(w.word, asked.word) desc, w.word limit 20)
        -- Two letters swapped or one too many leave a short word no trigrams to be known by.
        union (select w.word, w.written from generate_series(1, char_length(asked.word)) as place
            cross join lateral (values
                (overlay(asked.word placing reverse(substr(asked.word, place, 2)) from place for 2)),
                (overlay(asked.word placing '' from place for 1))
            ) as slip (word)
            cross join lateral (select * from search_words w where w.word = slip.word offset 0) w
            where not known.is_known)
    ) candidates
) near on true
"""

_FIND = f"""
with asked as materialized (
    -- Read once: in a prepared statement a cast of a parameter would be worked out again for every row.
    select string_agg('(' || word.forms || stem.words || ')', ' & ')::tsquery as every_word,
        string_agg('(' || word.forms || stem.words || ')', ' | ')::tsquery as any_word,
        string_agg(word.exact, ' & ')::tsquery as plain
    from unnest($2::text[], $3::text[], $4::text[]) as word (exact, forms, written)
    cross join lateral (
        select case when numnode(query) > 0 then ' | (' || query::text || ')' else '' end as words
        from plainto_tsquery('russian', word.written) as query
    ) stem
),
courses_with_all as materialized (
    select e.id from asked join search_entries e on e.tsv @@ asked.every_word
    where e.lesson_id is null and $6 limit $10
),
lessons_with_all as materialized (
    -- Words that fill the list of courses say too little to choose a lesson by: these are asked for by themselves.
    select e.id from asked join search_entries e on e.tsv @@ asked.every_word
    where e.lesson_id is not null and $7 and (not $6 or (select count(*) from courses_with_all) < $10) limit $10
),
candidates (id) as (
    select id from courses_with_all
    union select id from lessons_with_all
    union select id from search_entries where titles @> array[$1::varchar]
    union (select e.id from asked join search_entries e on e.tsv @@ asked.any_word
        where e.lesson_id is null and $6 and not exists (select from courses_with_all) limit $10)
    union (select e.id from asked join search_entries e on e.tsv @@ asked.any_word
        where e.lesson_id is not null and $7 and not exists (select from courses_with_all)
            and not exists (select from lessons_with_all) limit $10)
),
scored as (
    select e.id, e.course_id, e.lesson_id, case
            when e.titles @> array[$1::varchar] then 8
            when exists (select from unnest(e.titles) as title where starts_with(title, $1)) then 4
            when e.tsv @@ asked.plain then 2
            when e.tsv @@ asked.every_word then 1
            else 0
        end::float8 + ts_rank(e.tsv, asked.any_word) + ln(1 + c.student_count) / 100 as score
    from candidates
    -- By its key, however many candidates the planner expects: it would rather read the whole index through.
    cross join lateral (select * from search_entries e where e.id = candidates.id offset 0) e
    cross join lateral (
        select c.student_count from courses c where c.id = e.course_id and c.status = 'published' offset 0
    ) c
    cross join asked
),
best as (
    (select * from scored where lesson_id is null and $6 and (score, -id) < ($8::float8, -$9::bigint)
        order by score desc, id limit $11)
    union all
    (select * from scored where lesson_id is not null and $7 and (score, -id) < ($8::float8, -$9::bigint)
        order by score desc, id limit $11)
)
select {COURSE_COLUMNS}, best.id as place, best.score, {facts("$5")},
    case when l.id is not null then {LESSON_JSON} end as lesson
from best join courses c on c.id = best.course_id left join lessons l on l.id = best.lesson_id
where l.id is null or l.is_published
order by best.score desc, best.id
"""
_CANDIDATES = 60
"""Of each kind that are weighed against one another; more than that match only what says nothing."""
_BEFORE_ALL = Place(1e9, 0)


class SqlSearchIndex:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def spellings(self, words: Sequence[Word]) -> Mapping[str, Spelling]:
        long_ones = [word for word in words if len(word.folded) >= SHORTEST_TYPO]
        rows = await self._connection.fetch(
            _SPELLINGS, [word.folded for word in long_ones], [word.stem for word in long_ones]
        )
        return {
            row["word"]: Spelling(
                is_known=row["is_known"],
                near=[Near(*pair) for pair in zip(row["words"], row["written"], strict=True)],
            )
            for row in rows
        }

    async def find(
        self, query: Query, user_id: UserId, *, shelf: Shelf | None, after: Place | None, limit: int, now: datetime
    ) -> tuple[Sequence[FoundCourse], Sequence[FoundLesson]]:
        place = after or _BEFORE_ALL
        rows = await self._connection.fetch(
            _FIND,
            query.folded,
            list(query.exact),
            list(query.alternatives),
            list(query.written),
            user_id,
            shelf in (None, Shelf.COURSES),
            shelf in (None, Shelf.LESSONS),
            place.score,
            place.id,
            _CANDIDATES,
            limit,
        )
        courses = [_found_course(row) for row in rows if row["lesson"] is None]
        lessons = [_found_lesson(row, now) for row in rows if row["lesson"] is not None]
        return courses, lessons


def _found_course(row: asyncpg.Record) -> FoundCourse:
    course = course_of(row)
    return FoundCourse(
        entry=CourseEntry(course=course, lesson_count=course.lesson_count), place=Place(row["score"], row["place"])
    )


def _found_lesson(row: asyncpg.Record, now: datetime) -> FoundLesson:
    course = course_of(row)
    lesson = lesson_of(orjson.loads(row["lesson"]), course)
    return FoundLesson(
        course=course,
        lesson=lesson,
        lock=lock_of(course, lesson, entitlement_on(row), now),
        place=Place(row["score"], row["place"]),
    )
