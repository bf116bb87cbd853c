"""What authors see of their courses, and the locks that keep two of them apart."""

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_FIELDS, LESSON_JSON, course_of, lesson_of, load_text, section_of
from db.engine import Connection
from domain.courses.model import (
    Category,
    CategoryId,
    Course,
    CourseId,
    Lesson,
    LessonId,
    PartId,
    SectionId,
)
from domain.courses.workshop import LessonLine, Outline, SectionLines

_PART_COUNT = "(select count(*) from parts p where p.lesson_id = l.id)"
_QUESTION_COUNT = """
    coalesce((select (select count(*) from questions q where q.quiz_id = z.id and q.retired_at is null)
        + (select coalesce(sum((p ->> 'count')::int), 0) from jsonb_array_elements(z.settings -> 'pools') p)
     from quizzes z where z.lesson_id = l.id), 0)
"""
HAS_CONTENT = f"({_PART_COUNT} > 0 or {_QUESTION_COUNT} > 0)"
"""A condition on lessons `l`; the same rule as `LessonLine.has_content`."""
_OUTLINE = f"""
    select {COURSE_COLUMNS}, k.id as k_id, k.slug, k.emoji, k.title as k_title, k.parent_id,
        (select count(*) from lessons l where l.course_id = c.id and l.archived_at is not null) as archived_count,
        -- Text is written much faster than jsonb is built, and hundreds of lessons may be here.
        (select coalesce(json_agg(json_build_object('id', s.id, 'position', s.position, 'title', s.title, 'lessons', (
            select coalesce(json_agg(json_build_object({LESSON_FIELDS},
                'part_count', {_PART_COUNT}, 'question_count', {_QUESTION_COUNT}) order by l.position), '[]')
            from lessons l where l.section_id = s.id and (l.archived_at is null or l.id = $2)
         )) order by s.position), '[]')
         from sections s where s.course_id = c.id) as outline
    from courses c join categories k on k.id = c.category_id
"""


class SqlWorkshop:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, course_id: CourseId) -> Course | None:
        row = await self._connection.fetchrow(f"select {COURSE_COLUMNS} from courses c where c.id = $1", course_id)
        return course_of(row) if row else None

    async def lock(self, course_id: CourseId) -> Course | None:
        row = await self._connection.fetchrow(
            f"select {COURSE_COLUMNS} from courses c where c.id = $1 for no key update", course_id
        )
        return course_of(row) if row else None

    async def get_lesson(self, lesson_id: LessonId) -> Lesson | None:
        row = await self._connection.fetchrow(
            f"select {COURSE_COLUMNS}, {LESSON_JSON} as lesson from lessons l join courses c on c.id = l.course_id"
            " where l.id = $1",
            lesson_id,
        )
        return lesson_of(orjson.loads(row["lesson"]), course_of(row)) if row else None

    async def lock_lesson(self, lesson_id: LessonId) -> tuple[Course, Lesson] | None:
        row = await self._connection.fetchrow(
            f"select {COURSE_COLUMNS}, {LESSON_JSON} as lesson from lessons l join courses c on c.id = l.course_id"
            " where l.id = $1 for no key update of c, l",
            lesson_id,
        )
        if row is None:
            return None
        course = course_of(row)
        return course, lesson_of(orjson.loads(row["lesson"]), course)

    async def outline(self, course_id: CourseId) -> Outline | None:
        row = await self._connection.fetchrow(f"{_OUTLINE} where c.id = $1", course_id, None)
        return _outline(row) if row else None

    async def outline_around(self, lesson_id: LessonId) -> Outline | None:
        row = await self._connection.fetchrow(
            f"{_OUTLINE} where c.id = (select course_id from lessons where id = $1)", lesson_id, lesson_id
        )
        return _outline(row) if row else None

    async def lesson_with(self, part_id: PartId) -> LessonId | None:
        return await self._connection.fetchval("select lesson_id from parts where id = $1", part_id)

    async def last_section(self, course_id: CourseId) -> SectionId | None:
        return await self._connection.fetchval(
            "select id from sections where course_id = $1 order by position desc limit 1", course_id
        )

    async def category_like(self, slug: str) -> CategoryId | None:
        return await self._connection.fetchval("select id from categories where slug = $1", slug)


def _outline(row: asyncpg.Record) -> Outline:
    course = course_of(row)
    sections: list[SectionLines] = []
    number = 0
    for raw in orjson.loads(row["outline"]):
        lines: list[LessonLine] = []
        for data in raw["lessons"]:
            number += 1
            lines.append(
                LessonLine(
                    lesson=lesson_of(data, course),
                    number=number,
                    part_count=data["part_count"],
                    question_count=data["question_count"],
                )
            )
        sections.append(SectionLines(section=section_of(raw, course), lessons=tuple(lines)))
    return Outline(
        course=course,
        category=Category(
            id=row["k_id"],
            slug=row["slug"],
            emoji=row["emoji"],
            title=load_text(row["k_title"]),
            parent_id=row["parent_id"],
        ),
        sections=tuple(sections),
        archived_count=row["archived_count"],
    )
