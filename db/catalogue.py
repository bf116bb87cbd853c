"""What a reader sees of the catalogue: one statement a screen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, is_staff, lesson_of, load_text, section_of, text_of
from db.engine import Connection
from db.opening import (
    all_named,
    enrolled_at,
    entitlement_on,
    facts,
    has_begun,
    keeps_lesson,
    missing,
    owns_course,
    owns_lesson,
    waits,
)
from domain.courses.model import (
    Category,
    CategoryEntry,
    CategoryId,
    CheckQuestion,
    Course,
    CourseId,
    CoursePage,
    Entitlement,
    Lesson,
    LessonEntry,
    LessonId,
    Link,
    Media,
    Named,
    Part,
    PartKind,
    SectionEntry,
    barrier_of,
)
from domain.courses.ports import LessonFacts
from domain.language import Language

_IS_STAFF = f"{is_staff('$2')} as is_staff"

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

    async def course_page(self, course_id: CourseId, user_id: int, now: datetime) -> CoursePage | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, {_IS_STAFF}, {owns_course("$2")} as owns_course,
                {enrolled_at("$2")} as enrolled_at, {missing("$2")} as missing,
                k.id as k_id, k.slug, k.emoji, k.title as k_title, k.parent_id,
                t.full_name as teacher_name,
                exists (select 1 from enrolments e where e.course_id = c.id and e.user_id = $2
                        and e.status <> 'cancelled') as is_enrolled,
                (select e.completed_at from enrolments e where e.course_id = c.id and e.user_id = $2) as completed_at,
                (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'position', s.position, 'title', s.title,
                    'lessons', (
                        select coalesce(jsonb_agg({LESSON_JSON} || jsonb_build_object(
                            'is_done', exists (select 1 from lesson_progress p where p.lesson_id = l.id
                                and p.user_id = $2 and p.finished_at is not null),
                            'has_begun', {has_begun("$2")}, 'is_owned', {owns_lesson("$2")},
                            'is_kept', {keeps_lesson("$2")}
                        ) order by l.position), '[]') from lessons l where l.section_id = s.id))
                    order by s.position), '[]') from sections s where s.course_id = c.id) as outline
            from courses c join categories k on k.id = c.category_id join users t on t.id = c.owner_id
            where c.id = $1
            """,
            course_id,
            user_id,
        )
        return _course_page(row, now) if row else None

    async def course_with_code(self, code: str) -> CourseId | None:
        return await self._connection.fetchval(
            "select id from courses where code = $1 or slug = $1 order by code = $1 desc limit 1", code
        )

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
                where l.archived_at is null and (l.is_published or staff.is_staff) or l.id = this.id
                window w as (order by s.position, l.position)
            )
            select {COURSE_COLUMNS}, {LESSON_JSON} as lesson, {facts("$2")},
                jsonb_build_object('id', s.id, 'position', s.position, 'title', s.title) as section,
                o.number, o.total, o.previous_id, o.next_id, p.finished_at,
                exists (select 1 from quizzes q where q.lesson_id = l.id and (q.settings ? 'pools'
                    or exists (select 1 from questions n where n.quiz_id = q.id and n.retired_at is null)))
                    as has_quiz,
                (select count(*) from lesson_resources f where f.lesson_id = l.id) as file_count
            from ordered o join lessons l on l.id = o.id join sections s on s.id = l.section_id
            join courses c on c.id = l.course_id
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
        return [part_of(row, lesson_id) for row in rows]

    async def first_open_lesson(self, user_id: int, now: datetime) -> LessonId | None:
        return await self._connection.fetchval(
            f"""
            {_LIKELY}
            select l.id from likely cross join lateral (select * from courses c where c.id = likely.id offset 0) c
            join users u on u.id = $1
            cross join lateral (
                select l.id from sections s join lessons l on l.section_id = s.id
                where s.course_id = c.id and l.is_published
                    and (l.is_preview or c.sale = 'free' or (c.sale = 'lessons' and l.price_tiyin is null))
                    and not {waits("$1", "$2", "s.position")}
                order by s.position, l.position limit 1
            ) l
            order by c.category_id in (select id from branch) desc, c.title ? u.language desc,
                c.sale = 'free' desc, c.id
            limit 1
            """,
            user_id,
            now,
        )


def _category(row: asyncpg.Record) -> Category:
    return Category(
        id=row["id"],
        slug=row["slug"],
        emoji=row["emoji"],
        title=load_text(row["title"]),
        parent_id=row["parent_id"],
    )


def _course_page(row: asyncpg.Record, now: datetime) -> CoursePage:
    course = course_of(row)
    owned = Entitlement(
        is_staff=row["is_staff"],
        owns_course=row["owns_course"],
        enrolled_at=row["enrolled_at"],
        missing=all_named(row["missing"]),
    )
    sections: list[SectionEntry] = []
    gate: Named | None = None
    for raw in orjson.loads(row["outline"]):
        entries: list[LessonEntry] = []
        for data in raw["lessons"]:
            lesson = lesson_of(data, course)
            rights = replace(
                owned,
                owns_lesson=data["is_owned"],
                keeps_lesson=data["is_kept"],
                has_begun=data["has_begun"],
                gate=gate,
            )
            if gate is None and lesson.is_gate and lesson.is_published and not data["is_done"]:
                gate = Named(id=lesson.id, title=lesson.title)
            if not _is_listed(course, lesson, rights):
                continue
            barrier = barrier_of(course, lesson, rights, now)
            lock = barrier.reason if barrier else None
            entries.append(LessonEntry(lesson=lesson, lock=lock, is_done=data["is_done"], barrier=barrier))
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
        entitlement=owned,
        is_enrolled=row["is_enrolled"],
        completed_at=row["completed_at"],
    )


def _is_listed(course: Course, lesson: Lesson, rights: Entitlement) -> bool:
    """What a reader of this page may see of it; its authors have their archived lessons elsewhere."""
    if lesson.archived_at is not None:
        return rights.keeps_lesson and not rights.is_staff
    return lesson.is_published or rights.is_staff


def _lesson_facts(row: asyncpg.Record) -> LessonFacts:
    course = course_of(row)
    return LessonFacts(
        course=course,
        section=section_of(orjson.loads(row["section"]), course),
        lesson=lesson_of(orjson.loads(row["lesson"]), course),
        entitlement=entitlement_on(row),
        number=row["number"],
        lesson_count=row["total"],
        previous_id=row["previous_id"],
        next_id=row["next_id"],
        finished_at=row["finished_at"],
        has_quiz=row["has_quiz"],
        file_count=row["file_count"],
    )


def part_of(row: asyncpg.Record, lesson_id: LessonId) -> Part:
    """From the columns of `parts`, its files in `media`."""
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


def media_of(raw: str) -> Media:
    return _media(orjson.loads(raw))


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
