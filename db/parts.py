"""Single parts of lessons, and the files beside lessons."""

from collections.abc import Mapping, Sequence

from db.catalogue import media_of, part_of
from db.content import dump_link, dump_question, dump_text
from db.engine import Connection
from db.structure import swap
from domain.courses.model import CheckQuestion, LessonId, Link, MediaId, Part, PartId
from domain.courses.structure_ports import Resource
from domain.language import Language, Text

_MEDIA = """
    jsonb_build_object('id', m.id, 'kind', m.kind, 'name', m.name, 'mime', m.mime, 'size', m.size, 'sha256', m.sha256,
        'telegram_file_id', m.telegram_file_id, 'bot_id', m.bot_id, 'duration_seconds', m.duration_seconds)
"""


class SqlParts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, part_id: PartId) -> Part | None:
        row = await self._connection.fetchrow(
            f"""
            select p.id, p.lesson_id, p.position, p.kind, p.text, p.version, p.duration_seconds, p.link, p.question, (
                select jsonb_object_agg(pm.language, {_MEDIA})
                from part_media pm join media m on m.id = pm.media_id where pm.part_id = p.id) as media
            from parts p where p.id = $1
            """,
            part_id,
        )
        return part_of(row, row["lesson_id"]) if row else None

    async def move(self, part_id: PartId, *, up: bool) -> bool:
        status = await self._connection.execute(swap("parts", "lesson_id", up=up), part_id)
        return not status.endswith(" 0")

    async def rewrite(self, part_id: PartId, version: int, text: Text | None, duration_seconds: int) -> bool:
        written = await self._connection.fetchval(
            """
            update parts set text = $3::jsonb, duration_seconds = $4, version = version + 1
            where id = $1 and version = $2 returning true
            """,
            part_id,
            version,
            dump_text(text),
            duration_seconds,
        )
        return written is not None

    async def replace_media(self, part_id: PartId, language: Language, media_id: MediaId, kind: str) -> None:
        await self._connection.execute(
            """
            insert into part_media (part_id, language, media_id) values ($1, $2, $3)
            on conflict (part_id, language) do update set media_id = excluded.media_id
            """,
            part_id,
            language,
            media_id,
        )
        await self._connection.execute("update parts set kind = $2 where id = $1", part_id, kind)

    async def set_link(self, part_id: PartId, link: Link) -> None:
        await self._connection.execute(
            """
            update parts set link = $2::jsonb, duration_seconds = $3, version = version + 1 where id = $1
            """,
            part_id,
            dump_link(link),
            link.duration_seconds or 0,
        )

    async def set_question(self, part_id: PartId, question: CheckQuestion | None) -> None:
        await self._connection.execute(
            "update parts set question = $2::jsonb, version = version + 1 where id = $1",
            part_id,
            dump_question(question),
        )

    async def put_back(self, part: Part, media: Mapping[Language, MediaId]) -> bool:
        if await self._connection.fetchval("select true from parts where id = $1", part.id):
            return False
        await self._connection.execute(
            """
            update parts set position = position + 1 where lesson_id = $1 and position >= $2
                and exists (select from parts taken where taken.lesson_id = $1 and taken.position = $2)
            """,
            part.lesson_id,
            part.position,
        )
        await self._connection.execute(
            """
            insert into parts (id, lesson_id, position, kind, text, version, duration_seconds, link, question)
            values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8::jsonb, $9::jsonb)
            """,
            part.id,
            part.lesson_id,
            part.position,
            part.kind,
            dump_text(part.text),
            part.version,
            part.duration_seconds,
            dump_link(part.link),
            dump_question(part.question),
        )
        await self._connection.executemany(
            "insert into part_media (part_id, language, media_id) values ($1, $2, $3)",
            [(part.id, language, media_id) for language, media_id in media.items()],
        )
        return True


class SqlResources:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of_lesson(self, lesson_id: LessonId) -> Sequence[Resource]:
        rows = await self._connection.fetch(
            f"""
            select f.id, {_MEDIA} as media from lesson_resources f join media m on m.id = f.media_id
            where f.lesson_id = $1 order by f.position
            """,
            lesson_id,
        )
        return [Resource(id=row["id"], lesson_id=lesson_id, media=media_of(row["media"])) for row in rows]

    async def add(self, lesson_id: LessonId, media_id: MediaId) -> int:
        return await self._connection.fetchval(
            """
            insert into lesson_resources (lesson_id, position, media_id)
            select $1, coalesce(max(position), 0) + 1, $2 from lesson_resources where lesson_id = $1 returning id
            """,
            lesson_id,
            media_id,
        )

    async def remove(self, resource_id: int) -> bool:
        status = await self._connection.execute("delete from lesson_resources where id = $1", resource_id)
        return not status.endswith(" 0")
