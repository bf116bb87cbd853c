"""Students' notebooks in PostgreSQL. Every condition begins with the owner, and so does every index."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import asyncpg

from db.content import load_text
from db.engine import Connection
from domain.courses.model import CourseId
from domain.learning.model import SentPart
from domain.notes.errors import TooManyNotes
from domain.notes.model import Note, NoteCourse, NoteDraft, NoteFilter, NoteId, Place, Voice, Writing
from domain.users.model import UserId

_NOTE = """
    n.id, n.user_id, n.body, n.beginning, n.voice_file_id, n.bot_id, n.voice_seconds, n.voice_sha256, n.created_at,
    n.edited_at, n.course_id, n.lesson_id, n.part_id, c.title as course_title, l.title as lesson_title
"""
_TITLES = "left join courses c on c.id = n.course_id left join lessons l on l.id = n.lesson_id"
_ADD = """
    insert into notes (user_id, bot_id, message_id, course_id, lesson_id, part_id, body, beginning, folded,
        voice_file_id, voice_seconds, created_at)
    values ($1, $2, $3, (select course_id from lessons where id = $4), $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (user_id, bot_id, message_id) do nothing returning id
"""
_OF_MESSAGE = f"select {_NOTE} from notes n {_TITLES} where n.user_id = $1 and n.bot_id = $2 and n.message_id = $3"
_GET = f"select {_NOTE} from notes n {_TITLES} where n.id = $2 and n.user_id = $1 and n.deleted_at is null"
_REWRITE = """
    update notes set body = $3, beginning = $4, folded = $5, edited_at = $6
    where id = $2 and user_id = $1 and deleted_at is null returning true
"""
_DELETE = "update notes set deleted_at = coalesce(deleted_at, $3) where id = $2 and user_id = $1 returning true"
_RESTORE = "update notes set deleted_at = null where id = $2 and user_id = $1 returning true"
_OLDEST = f"""
    select {_NOTE} from notes n {_TITLES}
    where n.user_id = $1 and n.deleted_at is null and n.id > $2 and ($3::bigint is null or n.course_id = $3)
    order by n.id limit $4
"""
_COURSES = """
    select c.id, c.title from courses c
    where c.id in (select n.course_id from notes n where n.user_id = $1 and n.deleted_at is null)
    order by c.id desc
"""
_WORDS_LIKE = """
    with vocabulary as materialized (
        select distinct word
        from (
            select n.folded from notes n where n.user_id = $1 and n.deleted_at is null order by n.id desc limit $7
        ) newest cross join lateral unnest(string_to_array(newest.folded, ' ')) as word
        where char_length(word) >= $3
    )
    select asked.word as asked, near.word
    from unnest($2::text[]) as asked (word) cross join lateral (
        select v.word, similarity(v.word, asked.word) as likeness from vocabulary v
        where abs(char_length(v.word) - char_length(asked.word)) <= $4 and similarity(v.word, asked.word) >= $5
        order by likeness desc, v.word limit $6
    ) near
    order by near.likeness desc, near.word
"""
_SHORTEST_TYPO = 5
"""Letters; shorter words are like too many others."""
_LENGTHS_APART = 3
_NEAR = 0.4
"""Trigrams that two spellings share, of those that either has."""
_NEAR_WORDS = 5
_NEWEST = 1_000
"""Notes in which a misspelt word is looked for: the words of five thousand full ones would take seconds to compare."""


@lru_cache(maxsize=32)
def _newest(*, has_course: bool, word_count: int) -> str:
    """One text for each shape of a filter: asyncpg keeps a prepared statement for each text and connection.

    Words are looked for in the owner's notes one by one: at most 5,000, found by an index that begins with the owner.
    """
    conditions = ["n.user_id = $1", "n.deleted_at is null", "n.id < $2"]
    if has_course:
        conditions.append("n.course_id = $4")
    first = 5 if has_course else 4
    conditions += [f"n.folded like any(${number}::text[])" for number in range(first, first + word_count)]
    return f"""
        select t.total, n.*
        from (select (select note_count from notebooks where user_id = $1) as total) t left join lateral (
            select {_NOTE} from notes n {_TITLES} where {" and ".join(conditions)} order by n.id desc limit $3
        ) n on true
        order by n.id desc
    """


class SqlNotes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self, user_id: UserId, draft: NoteDraft, writing: Writing, about: SentPart | None, now: datetime
    ) -> tuple[Note, bool]:
        voice = draft.voice
        try:
            added = await self._connection.fetchval(
                _ADD,
                user_id,
                draft.bot_id,
                draft.message_id,
                about.lesson_id if about else None,
                about.part_id if about else None,
                writing.markdown,
                writing.beginning,
                writing.folded,
                voice.file_id if voice else None,
                voice.duration_seconds if voice else None,
                now,
            )
        except asyncpg.CheckViolationError as error:
            raise _refusal(error) from error
        row = await self._connection.fetchrow(_OF_MESSAGE, user_id, draft.bot_id, draft.message_id)
        if row is None:
            raise LookupError("a note that was added is not there")
        return _note(row), added is not None

    async def get(self, user_id: UserId, note_id: NoteId) -> Note | None:
        row = await self._connection.fetchrow(_GET, user_id, note_id)
        return None if row is None else _note(row)

    async def rewrite(self, user_id: UserId, note_id: NoteId, writing: Writing, now: datetime) -> bool:
        changed = await self._connection.fetchval(
            _REWRITE, user_id, note_id, writing.markdown, writing.beginning, writing.folded, now
        )
        return changed is not None

    async def delete(self, user_id: UserId, note_id: NoteId, now: datetime) -> bool:
        return await self._connection.fetchval(_DELETE, user_id, note_id, now) is not None

    async def restore(self, user_id: UserId, note_id: NoteId) -> bool:
        try:
            return await self._connection.fetchval(_RESTORE, user_id, note_id) is not None
        except asyncpg.CheckViolationError as error:
            raise _refusal(error) from error

    async def newest(
        self, user_id: UserId, wanted: NoteFilter, *, before: NoteId | None, limit: int
    ) -> tuple[int, Sequence[Note]]:
        course = () if wanted.course_id is None else (wanted.course_id,)
        # Folded words hold letters and digits only, so a pattern has no other signs than its own.
        patterns = [[f"%{word}%" for word in group] for group in wanted.words]
        rows = await self._connection.fetch(
            _newest(has_course=bool(course), word_count=len(patterns)),
            user_id,
            _HIGHEST if before is None else before,
            limit,
            *course,
            *patterns,
        )
        return rows[0]["total"] or 0, [_note(row) for row in rows if row["id"] is not None]

    async def words_like(self, user_id: UserId, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        like: dict[str, list[str]] = {}
        longer = [word for word in words if len(word) >= _SHORTEST_TYPO]
        if not longer:
            return like
        for row in await self._connection.fetch(
            _WORDS_LIKE, user_id, longer, _SHORTEST_TYPO - 1, _LENGTHS_APART, _NEAR, _NEAR_WORDS, _NEWEST
        ):
            like.setdefault(row["asked"], []).append(row["word"])
        return like

    async def oldest(self, user_id: UserId, wanted: NoteFilter, *, after: NoteId | None, limit: int) -> Sequence[Note]:
        rows = await self._connection.fetch(_OLDEST, user_id, after or 0, wanted.course_id, limit)
        return [_note(row) for row in rows]

    async def courses(self, user_id: UserId) -> Sequence[NoteCourse]:
        return [
            NoteCourse(id=CourseId(row["id"]), title=load_text(row["title"]))
            for row in await self._connection.fetch(_COURSES, user_id)
        ]

    async def unkept_voice(self, note_id: NoteId) -> Voice | None:
        row = await self._connection.fetchrow(
            "select voice_file_id, bot_id, voice_seconds, voice_sha256 from notes"
            " where id = $1 and deleted_at is null and voice_file_id is not null and voice_sha256 is null",
            note_id,
        )
        return None if row is None else _voice(row)

    async def note_kept(self, note_id: NoteId, sha256: str) -> None:
        await self._connection.execute("update notes set voice_sha256 = $2 where id = $1", note_id, sha256)


_HIGHEST = 2**63 - 1


def _refusal(error: asyncpg.CheckViolationError) -> Exception:
    return TooManyNotes() if error.constraint_name == "ck_notebooks_note_count" else error


def _note(row: asyncpg.Record) -> Note:
    return Note(
        id=row["id"],
        user_id=row["user_id"],
        markdown=row["body"],
        beginning=row["beginning"],
        voice=None if row["voice_file_id"] is None else _voice(row),
        place=_place(row),
        created_at=row["created_at"],
        edited_at=row["edited_at"],
    )


def _voice(row: asyncpg.Record) -> Voice:
    return Voice(
        file_id=row["voice_file_id"],
        bot_id=row["bot_id"],
        duration_seconds=row["voice_seconds"],
        sha256=row["voice_sha256"],
    )


def _place(row: asyncpg.Record) -> Place | None:
    if row["course_id"] is None:
        return None
    lesson_title = row["lesson_title"]
    return Place(
        course_id=row["course_id"],
        course_title=load_text(row["course_title"]),
        lesson_id=row["lesson_id"],
        lesson_title=None if lesson_title is None else load_text(lesson_title),
        part_id=row["part_id"],
    )
