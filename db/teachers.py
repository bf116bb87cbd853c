from collections.abc import Sequence

import asyncpg

from db.content import COURSE_COLUMNS, course_of
from db.engine import Connection
from domain.courses.model import Course, CourseId
from domain.identity import UserId
from domain.learning.teachers import TeacherEntry

_TAUGHT = """
    select c.id, c.student_count, c.rating_count, c.rating_sum
    from courses c where c.owner_id = u.id and c.status = 'published'
    union
    select c.id, c.student_count, c.rating_count, c.rating_sum
    from course_teachers t join courses c on c.id = t.course_id and c.status = 'published'
    where t.user_id = u.id and u.role in ('teacher', 'admin')
"""
"""The published courses of a user `u`, by the indexes of owners and of co-teachers."""
_ENTRY = f"""
    u.id, u.full_name, s.course_count, s.student_count, s.rating_count, s.rating_sum
    from users u cross join lateral (
        select count(*) as course_count, coalesce(sum(k.student_count), 0) as student_count,
            coalesce(sum(k.rating_count), 0) as rating_count, coalesce(sum(k.rating_sum), 0) as rating_sum
        from ({_TAUGHT}) k
    ) s
"""
_NEXT = """
    (select min(n.id) from (
        (select c.owner_id as id from courses c where c.status = 'published' and c.owner_id > {place}
            order by c.owner_id limit 1)
        union all
        (select t.user_id from course_teachers t
            join courses c on c.id = t.course_id and c.status = 'published'
            join users u on u.id = t.user_id and u.role in ('teacher', 'admin')
            where t.user_id > {place} order by t.user_id limit 1)
    ) n)
"""
"""From one teacher to the next by two looks into indexes: nothing grows with the number of users."""


class SqlTeachers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def page(self, after: UserId | None, limit: int) -> Sequence[TeacherEntry]:
        rows = await self._connection.fetch(
            f"""
            with recursive people (id, number) as (
                select {_NEXT.format(place="$1::bigint")}, 1
                union all
                select {_NEXT.format(place="p.id")}, p.number + 1 from people p where p.id is not null and p.number < $2
            )
            select {_ENTRY} join people p on p.id = u.id order by u.id
            """,
            after or 0,
            limit,
        )
        return [_entry(row) for row in rows]

    async def some(self, user_ids: Sequence[int]) -> Sequence[TeacherEntry]:
        rows = await self._connection.fetch(
            f"select {_ENTRY} where u.id = any($1::bigint[]) and s.course_count > 0", list(user_ids)
        )
        return [_entry(row) for row in rows]

    async def courses(self, teacher_id: UserId, before: CourseId | None, limit: int) -> Sequence[Course]:
        rows = await self._connection.fetch(
            f"""
            select {COURSE_COLUMNS} from courses c
            where c.id in (select k.id from users u cross join lateral ({_TAUGHT}) k where u.id = $1)
                and ($2::bigint is null or c.id < $2)
            order by c.id desc limit $3
            """,
            teacher_id,
            before,
            limit,
        )
        return [course_of(row) for row in rows]


def _entry(row: asyncpg.Record) -> TeacherEntry:
    return TeacherEntry(
        id=row["id"],
        name=row["full_name"],
        course_count=row["course_count"],
        student_count=int(row["student_count"]),
        rating_count=int(row["rating_count"]),
        rating_sum=int(row["rating_sum"]),
    )
