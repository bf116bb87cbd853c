"""What a reader sees of the catalogue: one statement a screen."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from db.content import (
    COURSE_COLUMNS,
    LESSON_JSON,
    course_of,
    entitlement_of,
    is_staff,
    lesson_of,
    load_text,
    section_of,
    text_of,
)
from db.engine import Connection
from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    CheckQuestion,
    CourseEntry,
    CourseId,
    CoursePage,
    LessonEntry,
    LessonId,
    Link,
    Media,
    Part,
    PartKind,
    SectionEntry,
    lock_of,
)
from domain.courses.ports import LessonFacts
from domain.language import Language, Text

_IS_STAFF = f"{is_staff('$2')} as is_staff"
_OWNS_COURSE = """
    exists (select 1 from access_grants g where g.user_id = $2 and g.product_kind = 'course'
            and g.product_id = c.id and g.revoked_at is null) as owns_course
"""
_DONE_COUNT = """
    (select count(*) from lessons l join lesson_progress p on p.lesson_id = l.id and p.user_id = $1
     where l.course_id = c.id and l.is_published and p.finished_at is not null) as done_count
"""

_LIKELY = """
    with recursive branch (id) as (
        select us.category_id from user_subjects us where us.user_id = $1 union
        select k.id from branch b cross join lateral (select k.id from categories k where k.parent_id = b.id offset 0) k
    ),
    likely (id) as materialized (
        (select c.id from courses c where c.status = 'published' and c.category_id + 0 in (select id from branch)
            order by c.student_count desc, c.id desc limit 8)
        union (select c.id from courses c where c.status = 'published' and c.sale = 'free'
            order by c.student_count desc, c.id desc limit 8)
        union (select c.id from courses c where c.status = 'published'
            order by c.student_count desc, c.id desc limit 8)
    )
"""
"""The courses among which a newcomer's first lesson is looked for: the most popular of their subjects and of all."""


class SqlCatalogue:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def subjects(self) -> Sequence[CategoryEntry]:
        rows = await self._connection.fetch(
            """
            select id, slug, emoji, title, parent_id, course_count
            from categories where parent_id is null order by position, id
            """
        )
        return [CategoryEntry(category=_category(row), course_count=row["course_count"]) for row in rows]

    async def category(self, category_id: CategoryId) -> Category | None:
        row = await self._connection.fetchrow(
            "select id, slug, emoji, title, parent_id from categories where id = $1", category_id
        )
        return _category(row) if row else None

    async def course_page(self, course_id: CourseId, user_id: int) -> CoursePage | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, {_IS_STAFF}, {_OWNS_COURSE},
                k.id as k_id, k.slug, k.emoji, k.title as k_title, k.parent_id,
                t.full_name as teacher_name,
                exists (select 1 from enrolments e where e.course_id = c.id and e.user_id = $2
                        and e.status = 'active') as is_enrolled,
                (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'position', s.position, 'title', s.title,
                    'lessons', (
                        select coalesce(jsonb_agg({LESSON_JSON} || jsonb_build_object(
                            'is_done', exists (select 1 from lesson_progress p where p.lesson_id = l.id
                                and p.user_id = $2 and p.finished_at is not null),
                            'is_owned', exists (select 1 from access_grants g where g.user_id = $2
                                and g.product_kind = 'lesson' and g.product_id = l.id and g.revoked_at is null)
                        ) order by l.position), '[]') from lessons l where l.section_id = s.id))
                    order by s.position), '[]') from sections s where s.course_id = c.id) as outline
            from courses c join categories k on k.id = c.category_id join users t on t.id = c.owner_id
            where c.id = $1
            """,
            course_id,
            user_id,
        )
        return _course_page(row) if row else None

    async def course_with_code(self, code: str) -> CourseId | None:
        return await self._connection.fetchval("select id from courses where code = $1", code)

    async def lesson_facts(self, lesson_id: LessonId, user_id: int) -> LessonFacts | None:
        row = await self._connection.fetchrow(
            f"""
            with this as (select id, course_id from lessons where id = $1),
            staff as (select {_IS_STAFF} from this join courses c on c.id = this.course_id),
            ordered as (
                select l.id, row_number() over w as number, count(*) over () as total,
                    lag(l.id) over w as previous_id, lead(l.id) over w as next_id
                from this join lessons l on l.course_id = this.course_id
                join sections s on s.id = l.section_id cross join staff
                where l.is_published or staff.is_staff
                window w as (order by s.position, l.position)
            )
            select {COURSE_COLUMNS}, {LESSON_JSON} as lesson, {_OWNS_COURSE}, staff.is_staff,
                jsonb_build_object('id', s.id, 'position', s.position, 'title', s.title) as section,
                o.number, o.total, o.previous_id, o.next_id, p.finished_at,
                exists (select 1 from access_grants g where g.user_id = $2 and g.product_kind = 'lesson'
                    and g.product_id = l.id and g.revoked_at is null) as owns_lesson,
                exists (select 1 from quizzes q join questions n on n.quiz_id = q.id
                    where q.lesson_id = l.id and n.retired_at is null) as has_quiz
            from ordered o join lessons l on l.id = o.id join sections s on s.id = l.section_id
            join courses c on c.id = l.course_id cross join staff
            left join lesson_progress p on p.lesson_id = l.id and p.user_id = $2
            where o.id = $1
            """,
            lesson_id,
            user_id,
        )
        return _lesson_facts(row) if row else None

    async def parts(self, lesson_id: LessonId) -> Sequence[Part]:
        rows = await self._connection.fetch(
            """
            select p.id, p.position, p.kind, p.text, p.version, p.duration_seconds, p.link, p.question, (
                select jsonb_object_agg(pm.language, jsonb_build_object('id', m.id, 'kind', m.kind, 'name', m.name,
                    'mime', m.mime, 'size', m.size, 'sha256', m.sha256, 'telegram_file_id', m.telegram_file_id,
                    'bot_id', m.bot_id, 'duration_seconds', m.duration_seconds))
                from part_media pm join media m on m.id = pm.media_id where pm.part_id = p.id) as media
            from parts p where p.lesson_id = $1 order by p.position
            """,
            lesson_id,
        )
        return [_part(row, lesson_id) for row in rows]

    async def my_courses(self, user_id: int, *, limit: int, offset: int) -> tuple[Sequence[CourseEntry], int]:
        rows = await self._connection.fetch(
            f"""
            select {COURSE_COLUMNS}, {_DONE_COUNT}, true as is_enrolled, count(*) over () as total
            from enrolments e join courses c on c.id = e.course_id
            where e.user_id = $1 and e.status <> 'cancelled'
            order by e.enrolled_at desc, c.id limit $2 offset $3
            """,
            user_id,
            limit,
            offset,
        )
        return [_course_entry(row) for row in rows], rows[0]["total"] if rows else 0

    async def first_open_lesson(self, user_id: int) -> LessonId | None:
        return await self._connection.fetchval(
            f"""
            {_LIKELY}
            select l.id from likely cross join lateral (select * from courses c where c.id = likely.id offset 0) c
            join users u on u.id = $1
            cross join lateral (
                select l.id from sections s join lessons l on l.section_id = s.id
                where s.course_id = c.id and l.is_published
                    and (l.is_preview or c.sale = 'free' or (c.sale = 'lessons' and l.price_tiyin is null))
                order by s.position, l.position limit 1
            ) l
            order by c.category_id in (select id from branch) desc, c.title ? u.language desc,
                c.sale = 'free' desc, c.id
            limit 1
            """,
            user_id,
        )

    async def lesson_to_continue(self, user_id: int) -> tuple[LessonId, Text] | None:
        row = await self._connection.fetchrow(
            """
            with last as (
                select l.course_id from lesson_progress p join lessons l on l.id = p.lesson_id
                where p.user_id = $1 order by greatest(p.opened_at, p.finished_at) desc limit 1
            )
            select l.id, l.title from last join courses c on c.id = last.course_id
            join sections s on s.course_id = c.id join lessons l on l.section_id = s.id and l.is_published
            where c.status <> 'draft' and not exists (
                select 1 from lesson_progress p
                where p.user_id = $1 and p.lesson_id = l.id and p.finished_at is not null)
            order by s.position, l.position limit 1
            """,
            user_id,
        )
        return (row["id"], load_text(row["title"])) if row else None


def _category(row: asyncpg.Record) -> Category:
    return Category(
        id=row["id"],
        slug=row["slug"],
        emoji=row["emoji"],
        title=load_text(row["title"]),
        parent_id=row["parent_id"],
    )


def _course_entry(row: asyncpg.Record) -> CourseEntry:
    return CourseEntry(
        course=course_of(row),
        lesson_count=row["published_count"],
        is_enrolled=bool(row["is_enrolled"]),
        done_count=row["done_count"],
    )


def _course_page(row: asyncpg.Record) -> CoursePage:
    course = course_of(row)
    sections: list[SectionEntry] = []
    for raw in orjson.loads(row["outline"]):
        entries: list[LessonEntry] = []
        for data in raw["lessons"]:
            lesson = lesson_of(data, course)
            if not lesson.is_published and not row["is_staff"]:
                continue
            lock = lock_of(course, lesson, entitlement_of(row, owns_lesson=data["is_owned"]))
            entries.append(LessonEntry(lesson=lesson, lock=lock, is_done=data["is_done"]))
        if entries or row["is_staff"]:
            sections.append(SectionEntry(section=section_of(raw, course), lessons=tuple(entries)))
    return CoursePage(
        course=course,
        category=Category(
            id=row["k_id"],
            slug=row["slug"],
            emoji=row["emoji"],
            title=load_text(row["k_title"]),
            parent_id=row["parent_id"],
        ),
        teacher_name=row["teacher_name"],
        sections=tuple(sections),
        entitlement=entitlement_of(row),
        is_enrolled=row["is_enrolled"],
    )


def _lesson_facts(row: asyncpg.Record) -> LessonFacts:
    course = course_of(row)
    return LessonFacts(
        course=course,
        section=section_of(orjson.loads(row["section"]), course),
        lesson=lesson_of(orjson.loads(row["lesson"]), course),
        entitlement=entitlement_of(row, owns_lesson=row["owns_lesson"]),
        number=row["number"],
        lesson_count=row["total"],
        previous_id=row["previous_id"],
        next_id=row["next_id"],
        finished_at=row["finished_at"],
        has_quiz=row["has_quiz"],
    )


def _part(row: asyncpg.Record, lesson_id: LessonId) -> Part:
    files: dict[str, dict[str, Any]] = orjson.loads(row["media"]) if row["media"] else {}
    return Part(
        id=row["id"],
        lesson_id=lesson_id,
        position=row["position"],
        kind=PartKind(row["kind"]),
        text=text_of(orjson.loads(row["text"])) if row["text"] else None,
        media={Language(language): _media(file) for language, file in files.items()},
        version=row["version"],
        duration_seconds=row["duration_seconds"],
        link=Link(**orjson.loads(row["link"])) if row["link"] else None,
        question=_question(orjson.loads(row["question"])) if row["question"] else None,
    )


def _question(data: dict[str, Any]) -> CheckQuestion:
    options = tuple(text_of(option) for option in data["options"])
    return CheckQuestion(text=text_of(data["text"]), options=options, correct=data["correct"])


def _media(file: dict[str, Any]) -> Media:
    return Media(
        id=file["id"],
        kind=PartKind(file["kind"]),
        name=file["name"],
        mime=file["mime"],
        size=file["size"],
        sha256=file["sha256"],
        telegram_file_id=file["telegram_file_id"],
        bot_id=file["bot_id"],
        duration_seconds=file["duration_seconds"],
    )
