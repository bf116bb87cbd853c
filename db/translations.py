"""The texts and files of a course, language by language."""

from collections.abc import Mapping, Sequence

import asyncpg
import orjson

from db.authoring import searched
from db.content import load_text, text_of
from db.course_settings import MEDIA_COLUMNS, media_of
from db.engine import Connection
from domain.courses.model import CourseId, Media, MediaId, PartId, PartKind
from domain.courses.translation_ports import CourseText, FilePart, Share, TextKey, TextKind
from domain.language import Language

_TEXTS = """
    texts (kind, id, rank, section, lesson, part, text, version, lesson_id, lesson_title, part_kind) as (
        select 't', c.id, 0, 0, 0, 0, c.title, c.version, null::bigint, null::jsonb, null::varchar
        from courses c where c.id = $1
        union all select 'd', c.id, 1, 0, 0, 0, c.description, c.version, null, null, null
        from courses c where c.id = $1 and c.description is not null
        union all select 's', s.id, 2, s.position, 0, 0, s.title, hashtext(s.title::text), null, null, null
        from sections s where s.course_id = $1
        union all select 'l', l.id, 2, s.position, l.position, 0, l.title, l.version, l.id, null, null
        from lessons l join sections s on s.id = l.section_id where l.course_id = $1 and l.archived_at is null
        union all select 'p', p.id, 2, s.position, l.position, p.position, p.text, p.version, l.id, l.title, p.kind
        from parts p join lessons l on l.id = p.lesson_id join sections s on s.id = l.section_id
        where l.course_id = $1 and l.archived_at is null and p.text is not null
    )
"""
"""All texts of the course `$1` in the order in which they are read. Sections have no version: what they say is one."""
_PLACE = "rank, section, lesson, part"
_FILES = """
    select p.id, p.kind, p.version, p.lesson_id, l.title as lesson_title,
        (select jsonb_object_agg(f.language, m.name) from part_media f join media m on m.id = f.media_id
         where f.part_id = p.id) as names
    from parts p join lessons l on l.id = p.lesson_id join sections s on s.id = l.section_id
    where l.course_id = $1 and l.archived_at is null and p.kind not in ('text', 'link')
"""
_SAVE = {
    TextKind.TITLE: """
        update courses set title = title || jsonb_build_object($3::text, $4::text), version = version + 1
        where id = $1 and id = $2 and version = $5 returning title, description
    """,
    TextKind.DESCRIPTION: """
        update courses set description = coalesce(description, '{}') || jsonb_build_object($3::text, $4::text),
            version = version + 1
        where id = $1 and id = $2 and version = $5 returning title, description
    """,
    TextKind.SECTION: """
        update sections set title = title || jsonb_build_object($3::text, $4::text)
        where course_id = $1 and id = $2 and hashtext(title::text) = $5 returning title
    """,
    TextKind.LESSON: """
        update lessons set title = title || jsonb_build_object($3::text, $4::text), version = version + 1
        where course_id = $1 and id = $2 and version = $5 returning title
    """,
    TextKind.PART: """
        update parts p set text = p.text || jsonb_build_object($3::text, $4::text), version = p.version + 1
        from lessons l
        where l.id = p.lesson_id and l.course_id = $1 and p.id = $2 and p.text is not null and p.version = $5
        returning p.text
    """,
}
_RAISE_VERSION = "update parts set version = version + 1 where id = $1 and version = $2 returning true"


class SqlTranslations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def progress(self, course_id: CourseId) -> Mapping[Language, Share]:
        row = await self._connection.fetchrow(
            f"""
            with {_TEXTS}
            select count(*) as total, count(*) filter (where text ? 'uz') as uz,
                count(*) filter (where text ? 'ru') as ru, count(*) filter (where text ? 'en') as en
            from texts
            """,
            course_id,
        )
        return {language: Share(row[language.value], row["total"]) if row else Share(0, 0) for language in Language}

    async def texts(
        self, course_id: CourseId, *, missing_in: Language | None, after: TextKey | None, limit: int
    ) -> Sequence[CourseText]:
        rows = await self._connection.fetch(
            f"""
            with {_TEXTS}
            select kind, id, text, version, lesson_id, lesson_title, part_kind from texts
            where ($2::text is null or not text ? $2)
                and ($3::text is null or ({_PLACE}) > (select {_PLACE} from texts where kind = $3 and id = $4))
            order by {_PLACE} limit $5
            """,
            course_id,
            missing_in,
            after.kind if after else None,
            after.id if after else None,
            limit,
        )
        return [_text(row) for row in rows]

    async def text(self, course_id: CourseId, key: TextKey) -> CourseText | None:
        row = await self._connection.fetchrow(
            f"""
            with {_TEXTS}
            select kind, id, text, version, lesson_id, lesson_title, part_kind from texts where kind = $2 and id = $3
            """,
            course_id,
            key.kind,
            key.id,
        )
        return _text(row) if row else None

    async def save(self, course_id: CourseId, key: TextKey, language: Language, words: str, version: int) -> bool:
        row = await self._connection.fetchrow(_SAVE[key.kind], course_id, key.id, language, words, version)
        if row is None:
            return False
        if key.kind in (TextKind.TITLE, TextKind.DESCRIPTION):
            description = load_text(row["description"]) if row["description"] else None
            await self._connection.execute(
                "update courses set search = $2 where id = $1",
                course_id,
                searched(load_text(row["title"]), description),
            )
        return True

    async def files(self, course_id: CourseId, *, after: PartId | None, limit: int) -> Sequence[FilePart]:
        rows = await self._connection.fetch(
            f"""
            {_FILES} and ($2::bigint is null or (s.position, l.position, p.position) > (
                select s2.position, l2.position, p2.position
                from parts p2 join lessons l2 on l2.id = p2.lesson_id join sections s2 on s2.id = l2.section_id
                where p2.id = $2))
            order by s.position, l.position, p.position limit $3
            """,
            course_id,
            after,
            limit,
        )
        return [_file(row) for row in rows]

    async def file(self, course_id: CourseId, part_id: PartId) -> FilePart | None:
        row = await self._connection.fetchrow(f"{_FILES} and p.id = $2", course_id, part_id)
        return _file(row) if row else None

    async def media(self, part_id: PartId, language: Language) -> Media | None:
        row = await self._connection.fetchrow(
            f"""
            select {MEDIA_COLUMNS}
            from part_media f join media m on m.id = f.media_id where f.part_id = $1 and f.language = $2
            """,
            part_id,
            language,
        )
        return media_of(row) if row else None

    async def set_file(self, part_id: PartId, language: Language, media_id: MediaId, version: int) -> bool:
        if not await self._connection.fetchval(_RAISE_VERSION, part_id, version):
            return False
        await self._connection.execute(
            """
            insert into part_media (part_id, language, media_id) values ($1, $2, $3)
            on conflict (part_id, language) do update set media_id = excluded.media_id
            """,
            part_id,
            language,
            media_id,
        )
        return True

    async def drop_file(self, part_id: PartId, language: Language, version: int) -> bool:
        if not await self._connection.fetchval(_RAISE_VERSION, part_id, version):
            return False
        dropped = await self._connection.execute(
            """
            delete from part_media f where f.part_id = $1 and f.language = $2
                and exists (select from part_media o where o.part_id = $1 and o.language <> $2)
            """,
            part_id,
            language,
        )
        return dropped == "DELETE 1"


def _text(row: asyncpg.Record) -> CourseText:
    return CourseText(
        key=TextKey(TextKind(row["kind"]), row["id"]),
        text=load_text(row["text"]),
        version=row["version"],
        lesson_id=row["lesson_id"],
        lesson_title=load_text(row["lesson_title"]) if row["lesson_title"] else None,
        part_kind=PartKind(row["part_kind"]) if row["part_kind"] else None,
    )


def _file(row: asyncpg.Record) -> FilePart:
    names: dict[str, str] = orjson.loads(row["names"]) if row["names"] else {}
    return FilePart(
        part_id=row["id"],
        kind=PartKind(row["kind"]),
        version=row["version"],
        lesson_id=row["lesson_id"],
        lesson_title=text_of(orjson.loads(row["lesson_title"])),
        names={language: names[language] for language in Language if language in names},
    )
