"""The order of a course: sections and lessons change places, are copied and archived."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, dump_text, lesson_of, section_of
from db.engine import Connection
from db.questions import CONTENT_COLUMNS
from domain.courses.errors import CodeTaken
from domain.courses.model import Course, CourseId, Lesson, LessonId, Section, SectionId
from domain.language import Text

_SECTION = "jsonb_build_object('id', s.id, 'position', s.position, 'title', s.title)"
_COPY_PARTS = """
    with pair as (select * from unnest($1::bigint[], $2::bigint[]) as pair (old, new)),
    copied as (
        insert into parts (lesson_id, position, kind, text, duration_seconds, link, question)
        select pair.new, p.position, p.kind, p.text, p.duration_seconds, p.link, p.question
        from pair join parts p on p.lesson_id = pair.old
        returning id, lesson_id, position
    )
    insert into part_media (part_id, language, media_id)
    select copied.id, m.language, m.media_id
    from pair join parts p on p.lesson_id = pair.old
    join copied on copied.lesson_id = pair.new and copied.position = p.position
    join part_media m on m.part_id = p.id
"""
_COPY_FILES = """
    insert into lesson_resources (lesson_id, position, media_id)
    select pair.new, f.position, f.media_id
    from unnest($1::bigint[], $2::bigint[]) as pair (old, new) join lesson_resources f on f.lesson_id = pair.old
"""
_COPY_QUESTIONS = f"""
    with pair as (select * from unnest($1::bigint[], $2::bigint[]) as pair (old, new)),
    kept as (
        select pair.new, q.* from pair join quizzes z on z.lesson_id = pair.old
        join questions q on q.quiz_id = z.id and q.retired_at is null
    ),
    copied as (
        insert into quizzes (lesson_id, created_at) select distinct new, $4::timestamptz from kept
        returning id, lesson_id
    )
    insert into questions (quiz_id, position, created_by, created_at, {CONTENT_COLUMNS})
    select copied.id, kept.position, $3, $4, {CONTENT_COLUMNS}
    from kept join copied on copied.lesson_id = kept.new
"""
_LESSON_VALUES = """
    is_preview, price_tiyin, price_stars, opens_at, opens_after_days, is_gate, pass_percent
"""


def swap(table: str, above: str, *, up: bool, among: str = "true") -> str:
    """A row $1 changes places with its neighbour (`among`: a condition on `n`), both in one statement."""
    side, order = ("<", "desc") if up else (">", "asc")
    return f"""
        with this as (select id, {above}, position from {table} where id = $1),
        neighbour as (
            select n.id, n.position from {table} n join this on n.{above} = this.{above}
            where n.position {side} this.position and {among} order by n.position {order} limit 1
        )
        update {table} moved set position = case moved.id when this.id then neighbour.position else this.position end
        from this, neighbour where moved.id in (this.id, neighbour.id)
    """


class SqlStructure:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock_section(self, section_id: SectionId) -> tuple[Course, Section] | None:
        row = await self._connection.fetchrow(
            f"select {COURSE_COLUMNS}, {_SECTION} as section from sections s join courses c on c.id = s.course_id"
            " where s.id = $1 for no key update of c, s",
            section_id,
        )
        if row is None:
            return None
        course = course_of(row)
        return course, section_of(orjson.loads(row["section"]), course)

    async def rename_section(self, section_id: SectionId, title: Text) -> None:
        await self._connection.execute(
            "update sections set title = $2::jsonb where id = $1", section_id, dump_text(title)
        )

    async def move_section(self, section_id: SectionId, *, up: bool) -> bool:
        return _touched(await self._connection.execute(swap("sections", "course_id", up=up), section_id))

    async def remove_section(self, section_id: SectionId) -> bool:
        return _touched(
            await self._connection.execute(
                "delete from sections s where s.id = $1"
                " and not exists (select from lessons l where l.section_id = s.id)",
                section_id,
            )
        )

    async def neighbour(self, section_id: SectionId) -> Section | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, {_SECTION} as section
            from sections this join sections s on s.course_id = this.course_id and s.id <> this.id
            join courses c on c.id = s.course_id
            where this.id = $1
            order by s.position > this.position, abs(s.position - this.position) limit 1
            """,
            section_id,
        )
        return section_of(orjson.loads(row["section"]), course_of(row)) if row else None

    async def pour(self, section_id: SectionId, into: SectionId) -> None:
        await self._connection.execute(
            """
            update lessons l set section_id = $2, position = placed.position
            from (
                select id, row_number() over (order by position)
                    + (select coalesce(max(position), 0) from lessons where section_id = $2) as position
                from lessons where section_id = $1
            ) placed where placed.id = l.id
            """,
            section_id,
            into,
        )

    async def move_lesson(self, lesson_id: LessonId, *, up: bool) -> bool:
        within = swap("lessons", "section_id", up=up, among="n.archived_at is null")
        if _touched(await self._connection.execute(within, lesson_id)):
            return True
        side, order = ("<", "desc") if up else (">", "asc")
        over = await self._connection.fetchval(
            f"""
            select n.id from lessons l join sections s on s.id = l.section_id
            join sections n on n.course_id = s.course_id and n.position {side} s.position
            where l.id = $1 order by n.position {order} limit 1
            """,
            lesson_id,
        )
        if over is None:
            return False
        if up:
            await self.put_lesson(lesson_id, over)
        else:
            await self._connection.execute(
                """
                update lessons l set section_id = $2, position = case l.id when $1 then 1 else l.position + 1 end
                where l.id = $1 or l.section_id = $2
                """,
                lesson_id,
                over,
            )
        return True

    async def put_lesson(self, lesson_id: LessonId, section_id: SectionId) -> None:
        await self._connection.execute(
            """
            update lessons set section_id = $2,
                position = (select coalesce(max(position), 0) + 1 from lessons where section_id = $2)
            where id = $1 and section_id <> $2
            """,
            lesson_id,
            section_id,
        )

    async def archive_lesson(self, lesson_id: LessonId, now: datetime) -> None:
        await self._connection.execute(
            """
            update lessons set archived_at = $2, was_published = is_published, is_published = false
            where id = $1 and archived_at is null
            """,
            lesson_id,
            now,
        )

    async def bring_back(self, lesson_id: LessonId) -> None:
        await self._connection.execute(
            """
            update lessons set is_published = was_published, archived_at = null, was_published = false
            where id = $1 and archived_at is not null
            """,
            lesson_id,
        )

    async def archived(self, course_id: CourseId) -> Sequence[Lesson]:
        rows = await self._connection.fetch(
            f"""
            select {COURSE_COLUMNS}, {LESSON_JSON} as lesson from lessons l join courses c on c.id = l.course_id
            where l.course_id = $1 and l.archived_at is not null order by l.archived_at desc, l.id desc
            """,
            course_id,
        )
        return [lesson_of(orjson.loads(row["lesson"]), course_of(row)) for row in rows]

    async def copied_since(self, lesson_id: LessonId, title: Text, since: datetime) -> LessonId | None:
        return await self._connection.fetchval(
            """
            select copy.id from lessons l join lessons copy on copy.section_id = l.section_id
            where l.id = $1 and copy.title = $2::jsonb and not copy.is_published and copy.archived_at is null
                and copy.created_at >= $3 and copy.position > l.position
            order by copy.position limit 1
            """,
            lesson_id,
            dump_text(title),
            since,
        )

    async def copy_lesson(self, lesson_id: LessonId, title: Text, actor_id: int, now: datetime) -> LessonId:
        await self._connection.execute(
            """
            update lessons l set position = l.position + 1 from lessons this
            where this.id = $1 and l.section_id = this.section_id and l.position > this.position
            """,
            lesson_id,
        )
        copy_id: LessonId = await self._connection.fetchval(
            f"""
            insert into lessons (course_id, section_id, position, title, created_at, {_LESSON_VALUES})
            select course_id, section_id, position + 1, $2::jsonb, $3, {_LESSON_VALUES} from lessons where id = $1
            returning id
            """,
            lesson_id,
            dump_text(title),
            now,
        )
        await self._fill([lesson_id], [copy_id], actor_id, now)
        return copy_id

    async def course_copied_since(self, owner_id: int, title: Text, since: datetime) -> CourseId | None:
        return await self._connection.fetchval(
            """
            select id from courses where owner_id = $1 and title = $2::jsonb and status = 'draft' and created_at >= $3
            order by id desc limit 1
            """,
            owner_id,
            dump_text(title),
            since,
        )

    async def copy_course(
        self, course_id: CourseId, *, code: str, title: Text, search: str, owner_id: int, now: datetime
    ) -> CourseId:
        copy_id: CourseId | None = await self._connection.fetchval(
            """
            insert into courses (code, owner_id, title, search, status, created_at, category_id, language, description,
                level, sale, price_tiyin, currency, cover_id, has_certificate, certificate_percent, price_stars, fiscal)
            select $2, $3, $4::jsonb, $5, 'draft', $6, category_id, language, description,
                level, sale, price_tiyin, currency, cover_id, has_certificate, certificate_percent, price_stars, fiscal
            from courses where id = $1
            on conflict (code) do nothing returning id
            """,
            course_id,
            code,
            owner_id,
            dump_text(title),
            search,
            now,
        )
        if copy_id is None:
            raise CodeTaken(code)
        await self._connection.execute(
            "insert into course_prerequisites select $2, required_id from course_prerequisites where course_id = $1",
            course_id,
            copy_id,
        )
        await self._connection.execute(
            "insert into sections (course_id, position, title)"
            " select $2, position, title from sections where course_id = $1",
            course_id,
            copy_id,
        )
        rows = await self._connection.fetch(
            f"""
            with source as (
                select l.*, copy.id as new_section from lessons l join sections s on s.id = l.section_id
                join sections copy on copy.course_id = $2 and copy.position = s.position
                where l.course_id = $1 and l.archived_at is null
            ),
            copied as (
                insert into lessons (course_id, section_id, position, title, created_at, {_LESSON_VALUES})
                select $2, new_section, position, title, $3, {_LESSON_VALUES} from source
                returning id, section_id, position
            )
            select source.id as old, copied.id as new
            from copied join source on source.new_section = copied.section_id and source.position = copied.position
            """,
            course_id,
            copy_id,
            now,
        )
        await self._fill([row["old"] for row in rows], [row["new"] for row in rows], owner_id, now)
        return copy_id

    async def set_opening(self, lesson_id: LessonId, opens_at: datetime | None, after_days: int | None) -> None:
        await self._connection.execute(
            "update lessons set opens_at = $2, opens_after_days = $3 where id = $1", lesson_id, opens_at, after_days
        )

    async def set_gate(self, lesson_id: LessonId, *, is_gate: bool) -> None:
        await self._connection.execute("update lessons set is_gate = $2 where id = $1", lesson_id, is_gate)

    async def set_pass_percent(self, lesson_id: LessonId, percent: int | None) -> None:
        await self._connection.execute("update lessons set pass_percent = $2 where id = $1", lesson_id, percent)

    async def _fill(self, old: Sequence[int], new: Sequence[int], actor_id: int, now: datetime) -> None:
        """Parts, files and the questions that are not retired; pairs of lessons in the same order."""
        await self._connection.execute(_COPY_PARTS, old, new)
        await self._connection.execute(_COPY_FILES, old, new)
        await self._connection.execute(_COPY_QUESTIONS, old, new, actor_id, now)


def _touched(status: str) -> bool:
    """asyncpg answers `UPDATE 2`."""
    return not status.endswith(" 0")
