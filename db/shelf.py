"""A student's own courses: one statement a screen, paged by keys."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, course_of, load_text, text_of
from db.engine import Connection
from db.opening import waits
from db.progress import done_count, is_finished
from domain.learning.model import EnrolmentStatus
from domain.learning.shelf_model import Place, SectionProgress, ShelfEntry, ShelfKey
from domain.users.model import UserId

_COURSES = f"""
    select {COURSE_COLUMNS}, e.enrolled_at, {done_count("$1")} as done_count
    from enrolments e join courses c on c.id = e.course_id
    where e.user_id = $1 and e.status = $2
"""
_PROGRESS = f"""
    select {COURSE_COLUMNS}, e.enrolled_at, parts.list as sections
    from enrolments e join courses c on c.id = e.course_id
    cross join lateral (
        select jsonb_agg(jsonb_build_object('title', s.title, 'done_count', x.done, 'lesson_count', x.total,
            'seconds', x.seconds) order by s.position) as list
        from sections s cross join lateral (
            select count(*) as total, count(p.finished_at) as done, coalesce(sum(p.seconds), 0) as seconds
            from lessons l left join lateral (
                select * from lesson_progress p where p.user_id = $1 and p.lesson_id = l.id offset 0) p on true
            where l.section_id = s.id and l.is_published) x
        where s.course_id = c.id and x.total > 0
    ) parts
    where e.user_id = $1 and e.status <> 'cancelled'
"""
MOST_STUDIED = 50
"""Courses, the last ones that were studied, among which one with something left is looked for."""
MOST_TRIED = 200
"""Courses in all: behind the studied ones those that somebody takes, which seldom have nothing left."""
PLACE = f"""
    with recursive walk (course_id, at, tried, lesson_id) as (
        select null::bigint, 'infinity'::timestamptz, '{{}}'::bigint[], null::bigint
        union all
        select nearest.course_id, nearest.at, walk.tried || nearest.course_id, following.id
        from walk cross join lateral (
            (select l.course_id, p.seen_at as at
                from lesson_progress p cross join lateral (
                    select l.course_id from lessons l where l.id = p.lesson_id offset 0) l
                where p.user_id = $1 and p.seen_at <= walk.at and l.course_id <> all (walk.tried)
                    and cardinality(walk.tried) < $3
                order by p.seen_at desc limit 1)
            union all
            (select e.course_id, e.enrolled_at from enrolments e
                where e.user_id = $1 and e.status = 'active' and e.enrolled_at <= walk.at
                    and e.course_id <> all (walk.tried)
                order by e.enrolled_at desc limit 1)
            order by at desc limit 1
        ) nearest
        left join lateral (
            select l.id
            from courses c join lessons l on l.course_id = c.id join sections s on s.id = l.section_id
            cross join lateral (
                select max(p.seen_at) as seen_at from lesson_progress p
                where p.user_id = $1 and p.lesson_id = l.id) seen
            where c.id = nearest.course_id and c.status <> 'draft' and l.is_published
                and not {is_finished("$1", "l.id")}
                and not exists (select from enrolments e
                    where e.user_id = $1 and e.course_id = c.id and e.status = 'cancelled' offset 0)
                and (c.status = 'published' or exists (
                    select from access_grants g where g.user_id = $1 and g.revoked_at is null
                        and (g.product_kind, g.product_id) in (('course', c.id), ('lesson', l.id))))
            order by {waits("$1", "$2", "s.position")}, seen.seen_at desc nulls last, s.position, l.position limit 1
        ) following on true
        where walk.lesson_id is null and cardinality(walk.tried) < $4
    )
    select l.id, l.title, c.title as course_title, stopped.number, stopped.position_seconds
    from walk join lessons l on l.id = walk.lesson_id join courses c on c.id = l.course_id
    left join lateral (
        select g.position_seconds, (
            select count(*) from parts o where o.lesson_id = l.id and o.position <= n.position) as number
        from parts n cross join lateral (
            select * from part_progress g where g.user_id = $1 and g.part_id = n.id offset 0) g
        where n.lesson_id = l.id and g.position_seconds is not null and g.done_at is null
        order by g.stopped_at desc, n.id desc limit 1
    ) stopped on true
"""
"""From one course to the one studied or joined before it, until one has something left: nothing is sorted whole."""
_ORDER = " order by e.enrolled_at desc, e.course_id desc limit "


class SqlShelf:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def courses(
        self, user_id: UserId, status: EnrolmentStatus, behind: ShelfKey | None, *, limit: int
    ) -> Sequence[ShelfEntry]:
        if behind is None:
            rows = await self._connection.fetch(f"{_COURSES}{_ORDER}$3", user_id, status, limit)
        else:
            page = f"{_COURSES} and (e.enrolled_at, e.course_id) < ($4, $5) {_ORDER}$3"
            rows = await self._connection.fetch(page, user_id, status, limit, behind.enrolled_at, behind.course_id)
        return [
            ShelfEntry(course=course_of(row), enrolled_at=row["enrolled_at"], done_count=row["done_count"])
            for row in rows
        ]

    async def progress(self, user_id: UserId, behind: ShelfKey | None, *, limit: int) -> Sequence[ShelfEntry]:
        if behind is None:
            rows = await self._connection.fetch(f"{_PROGRESS}{_ORDER}$2", user_id, limit)
        else:
            page = f"{_PROGRESS} and (e.enrolled_at, e.course_id) < ($3, $4) {_ORDER}$2"
            rows = await self._connection.fetch(page, user_id, limit, behind.enrolled_at, behind.course_id)
        return [_with_sections(row) for row in rows]

    async def place(self, user_id: UserId, now: datetime) -> Place | None:
        """In the course that was studied or joined last and has something left that its reader may still see."""
        row = await self._connection.fetchrow(PLACE, user_id, now, MOST_STUDIED, MOST_TRIED)
        return None if row is None else place_of(row)


def place_of(row: asyncpg.Record) -> Place:
    """Of a row of PLACE."""
    return Place(
        lesson_id=row["id"],
        lesson_title=load_text(row["title"]),
        course_title=load_text(row["course_title"]),
        part_number=row["number"],
        position_seconds=row["position_seconds"],
    )


def _with_sections(row: asyncpg.Record) -> ShelfEntry:
    sections = orjson.loads(row["sections"] or "[]")
    return ShelfEntry(
        course=course_of(row),
        enrolled_at=row["enrolled_at"],
        done_count=sum(section["done_count"] for section in sections),
        seconds=sum(section["seconds"] for section in sections),
        sections=tuple(
            SectionProgress(
                title=text_of(section["title"]),
                done_count=section["done_count"],
                lesson_count=section["lesson_count"],
            )
            for section in sections
        ),
    )
