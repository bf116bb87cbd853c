"""The index of what the lessons say, searched exactly within what a reader may open."""

from collections.abc import Sequence
from datetime import datetime

from db.content import load_text
from db.engine import Connection
from db.opening import is_open
from domain.courses.model import CourseId, LessonId
from domain.folding import words_in
from domain.language import Language
from domain.tutor.model import IndexEntry, LessonSource, Passage, SearchQuery
from domain.users.model import UserId

_IS_STAFF = """
    (reader.is_admin or reader.teaches and (c.owner_id = $1
        or exists (select from course_teachers t where t.course_id = c.id and t.user_id = $1)))
"""
"""As `is_staff`, for the whole catalogue at once."""
_SEARCH = f"""
with asked as materialized (
    -- Read once: in a prepared statement a cast of a parameter would be worked out again for every row.
    select $2::text::tsquery as words, $3::text::halfvec as spelling
),
reader as (
    select coalesce(bool_or(role = 'admin'), false) as is_admin, coalesce(bool_or(role = 'teacher'), false) as teaches,
        max(language) as language
    from users where id = $1
),
readable as materialized (
    select l.id, l.course_id
    from lessons l join courses c on c.id = l.course_id join sections s on s.id = l.section_id cross join reader
    where l.is_published and c.status <> 'draft' and {is_open("$1", "$11", "s.position", _IS_STAFF)}
),
by_words as (
    select p.id, row_number() over (order by ts_rank(p.tsv, asked.words, 1) desc, p.id) as place
    from asked join passages p on p.tsv @@ asked.words join readable r on r.id = p.lesson_id
    order by place limit $6
),
by_spelling as (
    select p.id, row_number() over (order by p.vector <#> asked.spelling, p.id) as place
    from asked join passages p on p.vector <#> asked.spelling <= -$7::float8 join readable r on r.id = p.lesson_id
    order by place limit $6
),
fused as (
    select id, sum(1.0 / ($8 + place)) as score
    from (select * from by_words union all select * from by_spelling) ranked
    group by id
),
best as (
    select distinct on (p.lesson_id) p.id, f.score * case when r.course_id = $4 then $9::float8 else 1 end
        * case when p.language = reader.language then $10::float8 else 1 end as score
    from fused f join passages p using (id) join readable r on r.id = p.lesson_id cross join reader
    order by p.lesson_id, score desc, p.id
)
select p.lesson_id, p.language, p.heading, p.text, l.title, c.id as course_id, c.title as course_title
from best b join passages p on p.id = b.id join lessons l on l.id = p.lesson_id join courses c on c.id = l.course_id
order by b.score desc, b.id
limit $5
"""

_RANKED = 50
"""Passages that each of the two searches may put forward."""
_LEAST_LIKENESS = 0.2
"""Below it, shared spelling is chance."""
_RANK_OFFSET = 60
"""The usual constant of reciprocal rank fusion."""
_SHORTEST_TYPO = 5
_NEAR = 0.45
"""Trigrams that two spellings share, of those that either has."""
_NEAR_WORDS = 3
_SAME_COURSE = 1.1
"""A passage of the course that the student is in wins among near equals."""
_SAME_LANGUAGE = 1.15
"""So does one in the student's language: the lessons say the same in several."""


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
        await self._connection.execute("delete from passages where lesson_id = $1", lesson_id)
        words = {word for entry in entries for word in words_in(entry.folded) if len(word) >= _SHORTEST_TYPO}
        # Sorted, so that two lessons that are indexed at once wait for each other in one direction only.
        await self._connection.execute(
            "insert into passage_words (word) select unnest($1::text[]) on conflict do nothing", sorted(words)
        )
        await self._connection.executemany(
            """
            insert into passages (lesson_id, language, position, heading, text, folded, vector)
            values ($1, $2, $3, $4, $5, $6, $7::text::halfvec)
            """,
            [
                (
                    lesson_id,
                    entry.language,
                    entry.position,
                    entry.heading,
                    entry.text,
                    entry.folded,
                    _vector(entry.vector),
                )
                for entry in entries
            ],
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
        if not query.words:
            return []
        stems = dict.fromkeys((*query.stems, *await self._words_like(query.words)))
        rows = await self._connection.fetch(
            _SEARCH,
            user_id,
            # Folded words hold letters and digits only, so the quotes cannot be left.
            " | ".join(f"'{word}':*" for word in stems),
            _vector(query.vector),
            course_id,
            limit,
            _RANKED,
            _LEAST_LIKENESS,
            _RANK_OFFSET,
            _SAME_COURSE,
            _SAME_LANGUAGE,
            now,
        )
        return [
            Passage(
                lesson_id=LessonId(row["lesson_id"]),
                lesson_title=load_text(row["title"]),
                course_id=CourseId(row["course_id"]),
                course_title=load_text(row["course_title"]),
                language=Language(row["language"]),
                heading=row["heading"],
                text=row["text"],
            )
            for row in rows
        ]

    async def _words_like(self, words: Sequence[str]) -> Sequence[str]:
        """Words of lessons that are spelt nearly like those of these that no lesson has: what a typo meant."""
        rows = await self._connection.fetch(
            """
            select distinct near.word
            from unnest($1::text[]) as asked (word) cross join lateral (
                select word from passage_words
                where word % asked.word and similarity(word, asked.word) >= $2
                order by similarity(word, asked.word) desc, word limit $3
            ) near
            where not exists (select from passage_words known where known.word = asked.word)
            """,
            [word for word in words if len(word) >= _SHORTEST_TYPO],
            _NEAR,
            _NEAR_WORDS,
        )
        return [row["word"] for row in rows]

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


def _vector(numbers: Sequence[float]) -> str:
    return "[" + ",".join(f"{number:.6g}" for number in numbers) + "]"
