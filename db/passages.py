"""What the lessons say: put into the index, and found there."""

from collections.abc import Sequence
from datetime import datetime

from db.content import load_text
from db.engine import Connection
from db.passage_index import SqlPassageIndex, note_words, vector_text
from domain.courses.model import CourseId, LessonId
from domain.tutor.model import IndexEntry, LessonSource, Passage, SearchQuery
from domain.tutor.retrieval_model import Asked, LessonPlace, Scope, Shelf
from domain.users.model import UserId


class SqlPassages:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock_source(self, lesson_id: LessonId) -> LessonSource | None:
        row = await self._connection.fetchrow(
            """
            select l.title, l.is_published and c.status <> 'draft' as is_published
            from lessons l join courses c on c.id = l.course_id
            where l.id = $1 for no key update of l
            """,
            lesson_id,
        )
        if row is None:
            return None
        parts = await self._connection.fetch(
            "select text from parts where lesson_id = $1 and text is not null order by position", lesson_id
        )
        return LessonSource(
            lesson_id=lesson_id,
            is_published=row["is_published"],
            title=load_text(row["title"]),
            texts=tuple(load_text(part["text"]) for part in parts),
        )

    async def replace(self, lesson_id: LessonId, entries: Sequence[IndexEntry]) -> None:
        await note_words(self._connection, [entry.folded for entry in entries])
        # A passage that has not changed is left alone, with the vector that a model gave it.
        await self._connection.executemany(
            """
            insert into passages (lesson_id, language, position, heading, text, folded, vector)
            values ($1, $2, $3, $4, $5, $6, $7::text::halfvec)
            on conflict (lesson_id, language, position) do update set heading = excluded.heading,
                text = excluded.text, folded = excluded.folded, vector = excluded.vector,
                embedding = case when passages.folded = excluded.folded then passages.embedding end,
                embedded_by = case when passages.folded = excluded.folded then passages.embedded_by else '' end
            where (passages.heading, passages.text, passages.folded)
                is distinct from (excluded.heading, excluded.text, excluded.folded)
            """,
            [
                (
                    lesson_id,
                    entry.language,
                    entry.position,
                    entry.heading,
                    entry.text,
                    entry.folded,
                    vector_text(entry.vector),
                )
                for entry in entries
            ],
        )
        await self._connection.execute(
            """
            delete from passages p where p.lesson_id = $1 and not exists (
                select from unnest($2::text[], $3::int[]) as kept (language, position)
                where kept.language = p.language and kept.position = p.position)
            """,
            lesson_id,
            [entry.language for entry in entries],
            [entry.position for entry in entries],
        )

    async def search(
        self,
        user_id: UserId,
        query: SearchQuery,
        *,
        course_id: CourseId | None,
        limit: int,
        now: datetime,
    ) -> Sequence[Passage]:
        found = await SqlPassageIndex(self._connection).find(
            user_id,
            Asked(query=query),
            Scope(shelf=Shelf.LESSONS),
            near=course_id,
            limit=limit,
            now=now,
            per_source=1,
        )
        return [
            Passage(
                lesson_id=passage.place.lesson_id,
                lesson_title=passage.place.title,
                course_id=passage.place.course_id,
                course_title=passage.place.course_title,
                language=passage.language,
                heading=passage.heading,
                text=passage.text,
            )
            for passage in found
            if isinstance(passage.place, LessonPlace) and passage.language is not None
        ]

    async def unindexed(self, limit: int) -> Sequence[LessonId]:
        rows = await self._connection.fetch(
            """
            select l.id from lessons l join courses c on c.id = l.course_id
            where l.is_published and c.status <> 'draft'
            and not exists (select from passages p where p.lesson_id = l.id)
            order by l.id limit $1
            """,
            limit,
        )
        return [LessonId(row["id"]) for row in rows]
