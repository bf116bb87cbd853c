"""One index of what lessons and materials say, searched within what its reader may open."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.content import load_text
from db.engine import Connection
from db.passage_sql import EXACT, WIDE, WORDS_LIKE
from domain.courses.model import CourseId, LessonId
from domain.folding import words_in
from domain.language import Language
from domain.tutor.retrieval_model import (
    Asked,
    Evidence,
    FoundPassage,
    LessonPlace,
    MaterialEntry,
    MaterialPlace,
    PassageId,
    Scope,
    Unembedded,
    worth_showing,
)
from domain.users.model import UserId

EXACT_MOST = 10_000
"""Passages in the whole index up to which all that a reader may open are compared one by one."""
SHORTEST_TYPO = 5
_NEAR = 0.45
"""Trigrams that two spellings share, of those that either has."""
_NEAR_WORDS = 3
_PER_SOURCE = 3
"""Passages of one lesson or material, so that a long one leaves room for others."""
_CANDIDATES = 3
"""So many times what is asked for is looked at, because weak ones are left out."""


class SqlPassageIndex:
    def __init__(self, connection: Connection, *, exact_most: int = EXACT_MOST) -> None:
        self._connection = connection
        self._exact_most = exact_most

    async def find(
        self,
        reader_id: UserId,
        asked: Asked,
        scope: Scope,
        *,
        near: CourseId | None,
        limit: int,
        now: datetime,
        per_source: int = _PER_SOURCE,
    ) -> Sequence[FoundPassage]:
        query, meaning = asked.query, asked.meaning
        if not query.words:
            return []
        likes = await self._connection.fetch(WORDS_LIKE, list(query.words), SHORTEST_TYPO, _NEAR, _NEAR_WORDS)
        # Stems of words are their beginnings, in their order; two words may share one.
        groups = [_any_of([_stem_of(row["word"], query.stems), *row["near"]]) for row in likes]
        is_wide = scope.shelf in WIDE and likes[0]["size"] > self._exact_most
        rows = await self._connection.fetch(
            (WIDE if is_wide else EXACT)[scope.shelf],
            reader_id,
            " | ".join(groups),
            vector_text(query.vector),
            vector_text(meaning.vector) if meaning else None,
            meaning.model if meaning else "",
            now,
            scope.course_id,
            scope.material_id,
            near,
            groups,
            meaning.floor if meaning else 1.0,
            _CANDIDATES * limit,
            per_source,
            " & ".join(f"({group})" for group in groups),
        )
        found = [_found(row, reader_id) for row in rows]
        return worth_showing(found, meaning.floor if meaning else None)[:limit]

    async def replace_material(
        self, material_id: int, owner_id: UserId, entries: Sequence[MaterialEntry], courses: Sequence[CourseId]
    ) -> None:
        await self._lock(material_id)
        await note_words(self._connection, [entry.folded for entry in entries])
        await self._connection.executemany(
            """
            insert into passages (material_id, owner_id, position, page_from, page_to, heading, text, folded, vector)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::halfvec)
            on conflict (material_id, position) do update set owner_id = excluded.owner_id,
                page_from = excluded.page_from, page_to = excluded.page_to, heading = excluded.heading,
                text = excluded.text, folded = excluded.folded, vector = excluded.vector,
                embedding = case when passages.folded = excluded.folded then passages.embedding end,
                embedded_by = case when passages.folded = excluded.folded then passages.embedded_by else '' end
            where (passages.owner_id, passages.page_from, passages.page_to, passages.heading, passages.text)
                is distinct from
                (excluded.owner_id, excluded.page_from, excluded.page_to, excluded.heading, excluded.text)
            """,
            [
                (
                    material_id,
                    owner_id,
                    entry.position,
                    entry.page_from,
                    entry.page_to,
                    entry.heading,
                    entry.text,
                    entry.folded,
                    vector_text(entry.vector),
                )
                for entry in entries
            ],
        )
        await self._connection.execute(
            "delete from passages where material_id = $1 and position >= $2", material_id, len(entries)
        )
        await self.share_material(material_id, owner_id, courses)

    async def share_material(self, material_id: int, owner_id: UserId, courses: Sequence[CourseId]) -> None:
        await self._connection.execute(
            "delete from passage_shares where material_id = $1 and course_id <> all($2::bigint[])",
            material_id,
            list(courses),
        )
        await self._connection.execute(
            """
            insert into passage_shares (course_id, material_id, owner_id)
            select distinct course_id, $1::bigint, $2::bigint from unnest($3::bigint[]) as course_id order by course_id
            on conflict (course_id, material_id) do update set owner_id = excluded.owner_id
            """,
            material_id,
            owner_id,
            list(courses),
        )

    async def drop_material(self, material_id: int) -> None:
        await self._lock(material_id)
        await self._connection.execute(
            """
            with shares as (delete from passage_shares where material_id = $1)
            delete from passages where material_id = $1
            """,
            material_id,
        )

    async def _lock(self, material_id: int) -> None:
        """Changes of one material wait for each other, so that the later one wins as a whole."""
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended('passages', $1))", material_id)

    async def unembedded(self, model: str, limit: int) -> Sequence[Unembedded]:
        # Two ranges of the index: "other than" would read all of it.
        rows = await self._connection.fetch(
            """
            select id, heading, text, md5(folded) as stamp from (
                (select * from passages where embedded_by < $1 order by embedded_by, id limit $2)
                union all
                (select * from passages where embedded_by > $1 order by embedded_by, id limit $2)
            ) waiting
            limit $2
            """,
            model,
            limit,
        )
        return [
            Unembedded(id=PassageId(row["id"]), text=f"{row['heading']}\n{row['text']}", stamp=row["stamp"])
            for row in rows
        ]

    async def note_embeddings(self, model: str, embedded: Sequence[tuple[Unembedded, tuple[float, ...]]]) -> int:
        # Locked in the order of their ids, so that two runs wait for each other in one direction only.
        rows = await self._connection.fetch(
            """
            with told as (
                select * from unnest($2::bigint[], $3::text[], $4::text[]) as t (id, stamp, vector)
            ),
            same as materialized (
                select p.id, t.vector from passages p join told t on t.id = p.id and t.stamp = md5(p.folded)
                order by p.id for no key update of p
            )
            update passages p set embedding = s.vector::halfvec, embedded_by = $1 from same s where p.id = s.id
            returning p.id
            """,
            model,
            [passage.id for passage, _ in embedded],
            [passage.stamp for passage, _ in embedded],
            [vector_text(vector) for _, vector in embedded],
        )
        return len(rows)


async def note_words(connection: Connection, folded: Sequence[str]) -> None:
    """Longer words of these texts, for typing mistakes to be read as."""
    words = {word for text in folded for word in words_in(text) if len(word) >= SHORTEST_TYPO}
    # Sorted, so that two texts that are indexed at once wait for each other in one direction only.
    await connection.execute(
        "insert into passage_words (word) select unnest($1::text[]) on conflict do nothing", sorted(words)
    )


def vector_text(numbers: Sequence[float]) -> str:
    return "[" + ",".join(f"{number:.6g}" for number in numbers) + "]"


def _stem_of(word: str, stems: Sequence[str]) -> str:
    return max((stem for stem in stems if word.startswith(stem)), key=len, default=word)


def _any_of(words: Sequence[str]) -> str:
    # Folded words hold letters and digits only, so the quotes cannot be left.
    return " | ".join(f"'{word}':*" for word in dict.fromkeys(words))


def _found(row: asyncpg.Record, reader_id: UserId) -> FoundPassage:
    return FoundPassage(
        id=PassageId(row["id"]),
        place=_lesson(row) if row["lesson_id"] is not None else _material(row, reader_id),
        heading=row["heading"],
        text=row["text"],
        language=Language(row["language"]) if row["language"] else None,
        evidence=Evidence(words=row["share"], spelling=row["spelling"], meaning=row["meaning"]),
    )


def _lesson(row: asyncpg.Record) -> LessonPlace:
    return LessonPlace(
        lesson_id=LessonId(row["lesson_id"]),
        title=load_text(row["title"]),
        course_id=CourseId(row["course_id"]),
        course_title=load_text(row["course_title"]),
    )


def _material(row: asyncpg.Record, reader_id: UserId) -> MaterialPlace:
    return MaterialPlace(
        material_id=row["material_id"],
        page_from=row["page_from"],
        page_to=row["page_to"],
        is_own=row["owner_id"] == reader_id,
    )
