"""A whole course at once, read with a statement for each kind of thing."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, lesson_of, load_text, section_of, text_of
from db.course_writing import SqlCourseWriting
from db.questions import question_of
from domain.courses.exchange.model import QuizItem
from domain.courses.exchange.ports import CourseContent, LessonContent
from domain.courses.model import CheckQuestion, CourseId, LessonId, Link, Media, Part, PartKind
from domain.language import Language
from domain.quizzes.exchange import item_of

_MEDIA = """
    jsonb_build_object('id', m.id, 'kind', m.kind, 'name', m.name, 'mime', m.mime, 'size', m.size, 'sha256', m.sha256,
        'telegram_file_id', m.telegram_file_id, 'bot_id', m.bot_id, 'duration_seconds', m.duration_seconds)
"""


class SqlCourseContents(SqlCourseWriting):
    async def content(self, course_id: CourseId) -> CourseContent | None:
        row = await self._connection.fetchrow(
            f"""
            select {COURSE_COLUMNS}, k.slug as category,
                array(select r.code from course_prerequisites p join courses r on r.id = p.required_id
                    where p.course_id = c.id order by r.code) as prerequisites,
                (select {_MEDIA} from media m where m.id = c.cover_id) as cover,
                (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'position', s.position, 'title', s.title,
                    'lessons', (select coalesce(jsonb_agg({LESSON_JSON} order by l.position), '[]') from lessons l
                        where l.section_id = s.id and l.archived_at is null)) order by s.position), '[]')
                    from sections s where s.course_id = c.id) as sections
            from courses c join categories k on k.id = c.category_id where c.id = $1
            """,
            course_id,
        )
        if row is None:
            return None
        course = course_of(row)
        parts = await self._parts(course_id)
        questions = await self._questions(course_id)
        resources = await self._resources(course_id)
        return CourseContent(
            course=course,
            category=row["category"],
            prerequisites=tuple(row["prerequisites"]),
            cover=_media(orjson.loads(row["cover"])) if row["cover"] else None,
            sections=tuple(
                (
                    section_of(section, course),
                    tuple(
                        LessonContent(
                            lesson=lesson_of(lesson, course),
                            parts=tuple(parts[lesson["id"]]),
                            questions=tuple(questions[lesson["id"]]),
                            resources=tuple(resources[lesson["id"]]),
                        )
                        for lesson in section["lessons"]
                    ),
                )
                for section in orjson.loads(row["sections"])
            ),
        )

    async def _parts(self, course_id: CourseId) -> Mapping[LessonId, list[Part]]:
        rows = await self._connection.fetch(
            f"""
            select p.lesson_id, p.id, p.position, p.kind, p.text, p.version, p.duration_seconds, p.link, p.question,
                (select jsonb_object_agg(pm.language, {_MEDIA})
                    from part_media pm join media m on m.id = pm.media_id where pm.part_id = p.id) as media
            from lessons l join parts p on p.lesson_id = l.id
            where l.course_id = $1 and l.archived_at is null order by p.lesson_id, p.position
            """,
            course_id,
        )
        parts: dict[LessonId, list[Part]] = defaultdict(list)
        for row in rows:
            parts[row["lesson_id"]].append(_part(row))
        return parts

    async def _questions(self, course_id: CourseId) -> Mapping[LessonId, list[QuizItem]]:
        rows = await self._connection.fetch(
            """
            select z.lesson_id, to_jsonb(q) as question
            from lessons l join quizzes z on z.lesson_id = l.id join questions q on q.quiz_id = z.id
            where l.course_id = $1 and q.retired_at is null order by z.lesson_id, q.position
            """,
            course_id,
        )
        questions: dict[LessonId, list[QuizItem]] = defaultdict(list)
        for row in rows:
            question = question_of(orjson.loads(row["question"]), row["lesson_id"])
            questions[row["lesson_id"]].append(item_of(question.draft))
        return questions

    async def _resources(self, course_id: CourseId) -> Mapping[LessonId, list[Media]]:
        rows = await self._connection.fetch(
            f"""
            select r.lesson_id, {_MEDIA} as media from lessons l join lesson_resources r on r.lesson_id = l.id
            join media m on m.id = r.media_id where l.course_id = $1 order by r.lesson_id, r.position
            """,
            course_id,
        )
        resources: dict[LessonId, list[Media]] = defaultdict(list)
        for row in rows:
            resources[row["lesson_id"]].append(_media(orjson.loads(row["media"])))
        return resources


def _part(row: asyncpg.Record) -> Part:
    files: dict[str, dict[str, Any]] = orjson.loads(row["media"]) if row["media"] else {}
    return Part(
        id=row["id"],
        lesson_id=row["lesson_id"],
        position=row["position"],
        kind=PartKind(row["kind"]),
        text=load_text(row["text"]) if row["text"] else None,
        media={language: _media(files[language]) for language in Language if language in files},
        version=row["version"],
        duration_seconds=row["duration_seconds"],
        link=Link(**orjson.loads(row["link"])) if row["link"] else None,
        question=_question(orjson.loads(row["question"])) if row["question"] else None,
    )


def _question(data: Mapping[str, Any]) -> CheckQuestion:
    options = tuple(text_of(option) for option in data["options"])
    return CheckQuestion(text=text_of(data["text"]), options=options, correct=data["correct"])


def _media(data: Mapping[str, Any]) -> Media:
    kind = PartKind(data["kind"])
    return Media(**{name: value for name, value in data.items() if name != "kind"}, kind=kind)
