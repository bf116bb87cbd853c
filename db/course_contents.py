"""A whole course at once: read with a statement for each kind of thing, written with one COPY for each table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import COURSE_COLUMNS, LESSON_JSON, course_of, dump_text, lesson_of, load_text, section_of, text_of
from db.engine import Connection
from domain.courses.exchange.model import CourseDraft, QuizItem, SectionDraft
from domain.courses.exchange.ports import CourseContent, LessonContent, StoredFile
from domain.courses.model import CheckQuestion, CourseId, LessonId, Link, Media, MediaId, Part, PartKind
from domain.identity import UserId
from domain.language import Language, Text

_MEDIA = """
    jsonb_build_object('id', m.id, 'kind', m.kind, 'name', m.name, 'mime', m.mime, 'size', m.size, 'sha256', m.sha256,
        'telegram_file_id', m.telegram_file_id, 'bot_id', m.bot_id, 'duration_seconds', m.duration_seconds)
"""
COPY_SECONDS = 60.0
"""The largest course that may be imported takes a few."""


class SqlCourseContents:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
            select z.lesson_id, q.text, q.options, q.correct, q.explanation
            from lessons l join quizzes z on z.lesson_id = l.id join questions q on q.quiz_id = z.id
            where l.course_id = $1 and q.retired_at is null order by z.lesson_id, q.position
            """,
            course_id,
        )
        questions: dict[LessonId, list[QuizItem]] = defaultdict(list)
        for row in rows:
            questions[row["lesson_id"]].append(
                QuizItem(
                    text=load_text(row["text"]),
                    options=tuple(text_of(option) for option in orjson.loads(row["options"])),
                    correct=row["correct"],
                    explanation=load_text(row["explanation"]) if row["explanation"] else None,
                )
            )
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

    async def set_details(self, course_id: CourseId, draft: CourseDraft, slug: str | None) -> bool:
        try:
            # A savepoint: somebody else may commit the same slug at this moment.
            async with self._connection.transaction():
                await self._connection.execute(
                    "update courses set slug = $2, has_certificate = $3, certificate_percent = $4 where id = $1",
                    course_id,
                    slug,
                    draft.has_certificate,
                    draft.certificate_percent,
                )
        except asyncpg.UniqueViolationError:
            return False
        return True

    async def add_prerequisites(self, course_id: CourseId, required: Iterable[CourseId]) -> None:
        await self._connection.execute(
            "insert into course_prerequisites (course_id, required_id)"
            " select $1, unnest($2::bigint[]) on conflict do nothing",
            course_id,
            list(required),
        )

    async def add_files(
        self,
        draft: CourseDraft,
        stored: Mapping[str, StoredFile],
        wanted: Iterable[tuple[str, PartKind]],
        owner_id: UserId,
        now: datetime,
    ) -> Mapping[tuple[str, PartKind], MediaId]:
        files = list(wanted)
        ids = await self._new_ids("media", len(files))
        await self._copy(
            "media",
            ("id", "owner_id", "kind", "name", "mime", "size", "sha256", "created_at", "duration_seconds"),
            [
                (
                    media_id,
                    owner_id,
                    kind.value,
                    draft.files[path].name,
                    draft.files[path].mime,
                    stored[path].size,
                    stored[path].sha256,
                    now,
                    draft.files[path].duration_seconds,
                )
                for media_id, (path, kind) in zip(ids, files, strict=True)
            ],
        )
        return {file: MediaId(media_id) for media_id, file in zip(ids, files, strict=True)}

    async def add_sections(
        self,
        course_id: CourseId,
        sections: Sequence[SectionDraft],
        media: Mapping[tuple[str, PartKind], MediaId],
        owner_id: UserId,
        now: datetime,
    ) -> None:
        await self._connection.execute("select from courses where id = $1 for no key update", course_id)
        last: int = await self._connection.fetchval(
            "select coalesce(max(position), 0) from sections where course_id = $1", course_id
        )
        lessons = [lesson for section in sections for lesson in section.lessons]
        parts = [part for lesson in lessons for part in lesson.parts]
        section_ids = await self._new_ids("sections", len(sections))
        lesson_ids = await self._new_ids("lessons", len(lessons))
        part_ids = await self._new_ids("parts", len(parts))
        with_quiz = [number for number, lesson in enumerate(lessons) if lesson.questions]
        quiz_ids = dict(zip(with_quiz, await self._new_ids("quizzes", len(with_quiz)), strict=True))
        await self._copy(
            "sections",
            ("id", "course_id", "position", "title"),
            [
                (section_id, course_id, last + place, dump_text(section.title))
                for place, (section_id, section) in enumerate(zip(section_ids, sections, strict=True), start=1)
            ],
        )
        places = [
            (section_id, place)
            for section_id, section in zip(section_ids, sections, strict=True)
            for place in range(1, len(section.lessons) + 1)
        ]
        await self._copy(
            "lessons",
            (
                "id", "course_id", "section_id", "position", "title", "is_preview", "price_tiyin", "created_at",
                "price_stars", "opens_at", "opens_after_days", "is_gate", "pass_percent",
            ),
            [
                (
                    lesson_id,
                    course_id,
                    section_id,
                    place,
                    dump_text(lesson.title),
                    lesson.is_preview,
                    lesson.price.tiyin if lesson.price else None,
                    now,
                    lesson.stars,
                    lesson.opens_at,
                    lesson.opens_after_days,
                    lesson.is_gate,
                    lesson.pass_percent,
                )
                for lesson_id, (section_id, place), lesson in zip(lesson_ids, places, lessons, strict=True)
            ],
        )  # fmt: skip
        homes = [
            (lesson_id, place)
            for lesson_id, lesson in zip(lesson_ids, lessons, strict=True)
            for place in range(1, len(lesson.parts) + 1)
        ]
        await self._copy(
            "parts",
            ("id", "lesson_id", "position", "kind", "duration_seconds", "text", "link", "question"),
            [
                (
                    part_id,
                    lesson_id,
                    place,
                    part.kind.value,
                    part.duration_seconds,
                    dump_text(part.text),
                    _dump_link(part.link),
                    _dump_question(part.question),
                )
                for part_id, (lesson_id, place), part in zip(part_ids, homes, parts, strict=True)
            ],
        )
        await self._copy(
            "part_media",
            ("part_id", "language", "media_id"),
            [
                (part_id, language.value, media[path, part.kind])
                for part_id, part in zip(part_ids, parts, strict=True)
                for language, path in part.files.items()
            ],
        )
        await self._copy(
            "quizzes",
            ("id", "lesson_id", "created_at"),
            [(quiz_id, lesson_ids[number], now) for number, quiz_id in quiz_ids.items()],
        )
        await self._copy(
            "questions",
            ("quiz_id", "position", "text", "options", "correct", "explanation", "created_by", "created_at"),
            [
                (
                    quiz_ids[number],
                    place,
                    dump_text(item.text),
                    _dump([_variants(option) for option in item.options]),
                    item.correct,
                    dump_text(item.explanation),
                    owner_id,
                    now,
                )
                for number in with_quiz
                for place, item in enumerate(lessons[number].questions, start=1)
            ],
        )
        await self._copy(
            "lesson_resources",
            ("lesson_id", "position", "media_id"),
            [
                (lesson_id, place, media[resource.path, resource.kind])
                for lesson_id, lesson in zip(lesson_ids, lessons, strict=True)
                for place, resource in enumerate(lesson.resources, start=1)
            ],
        )

    async def _new_ids(self, table: str, count: int) -> list[int]:
        """Ids that nobody else gets: so each table is written at once, with what refers to it."""
        if count == 0:
            return []
        rows = await self._connection.fetch(
            "select nextval(pg_get_serial_sequence($1, 'id')) as id from generate_series(1, $2)", table, count
        )
        return [row["id"] for row in rows]

    async def _copy(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            await self._connection.copy_records_to_table(table, columns=columns, records=rows, timeout=COPY_SECONDS)


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


def _dump(content: object) -> str:
    return orjson.dumps(content).decode()


def _variants(text: Text) -> dict[str, str]:
    return {language.value: variant for language, variant in text.variants.items()}


def _dump_link(link: Link | None) -> str | None:
    return None if link is None else _dump(link)


def _dump_question(question: CheckQuestion | None) -> str | None:
    if question is None:
        return None
    return _dump(
        {
            "text": _variants(question.text),
            "options": [_variants(option) for option in question.options],
            "correct": question.correct,
        }
    )
