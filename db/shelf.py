"""A student's own courses: one statement a screen, paged by keys."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, course_of, load_text, text_of
from db.engine import Connection
from db.opening import waits
from domain.learning.model import EnrolmentStatus
from domain.learning.shelf_model import Place, SectionProgress, ShelfEntry, ShelfKey
from domain.users.model import UserId

_COURSES = f"""
    select {COURSE_COLUMNS}, e.enrolled_at,
        (select count(*) from lessons l join lesson_progress p on p.lesson_id = l.id and p.user_id = $1
         where l.course_id = c.id and l.is_published and p.finished_at is not null) as done_count
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
            from lessons l left join lesson_progress p on p.lesson_id = l.id and p.user_id = $1
            where l.section_id = s.id and l.is_published) x
        where s.course_id = c.id and x.total > 0
    ) parts
    where e.user_id = $1 and e.status <> 'cancelled'
"""
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
        row = await self._connection.fetchrow(
            f"""
            with studied as materialized (
                select course_id, max(at) as seen_at from (
                    select l.course_id, p.seen_at as at
                    from lesson_progress p join lessons l on l.id = p.lesson_id where p.user_id = $1
                    union all
                    select e.course_id, e.enrolled_at from enrolments e where e.user_id = $1 and e.status = 'active'
                ) x group by course_id
            )
            select l.id, l.title, c.title as course_title, stopped.number, stopped.position_seconds
            from studied join courses c on c.id = studied.course_id
            left join enrolments e on e.user_id = $1 and e.course_id = c.id
            cross join lateral (
                select l.id, l.title
                from lessons l join sections s on s.id = l.section_id
                left join lesson_progress p on p.user_id = $1 and p.lesson_id = l.id
                where l.course_id = c.id and l.is_published and p.finished_at is null
                    and (c.status = 'published' or exists (
                        select from access_grants g where g.user_id = $1 and g.revoked_at is null
                            and (g.product_kind, g.product_id) in (('course', c.id), ('lesson', l.id))))
                order by {waits("$1", "$2", "s.position")}, p.seen_at desc nulls last, s.position, l.position limit 1
            ) l
            left join lateral (
                select g.position_seconds, (
                    select count(*) from parts o where o.lesson_id = l.id and o.position <= n.position) as number
                from parts n join part_progress g on g.part_id = n.id and g.user_id = $1
                where n.lesson_id = l.id and g.position_seconds is not null and g.done_at is null
                order by g.stopped_at desc, n.id desc limit 1
            ) stopped on true
            where c.status <> 'draft' and e.status is distinct from 'cancelled'
            order by studied.seen_at desc limit 1
            """,
            user_id,
            now,
        )
        if row is None:
            return None
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
