"""A whole course at once, written with one COPY for each table."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.content import dump_text
from db.engine import Connection
from db.questions import CONTENT_COLUMNS, content_of
from domain.courses.exchange.model import CourseDraft, SectionDraft
from domain.courses.exchange.ports import StoredFile
from domain.courses.model import CheckQuestion, CourseId, Link, MediaId, PartKind
from domain.identity import UserId
from domain.language import Text
from domain.quizzes.exchange import draft_of

COPY_SECONDS = 60.0
"""The largest course that may be imported takes a few."""


class SqlCourseWriting:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
            ("quiz_id", "position", "created_by", "created_at", *CONTENT_COLUMNS.replace(",", " ").split()),
            [
                (quiz_ids[number], place, owner_id, now, *content_of(draft_of(item)))
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
