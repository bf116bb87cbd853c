"""Where the questions of a test go: into a quiz or a bank, and the way back."""

from collections.abc import Collection, Sequence
from datetime import datetime

import orjson

from db.content import load_text
from db.engine import Connection
from db.questions import CONTENT_COLUMNS, content_of
from domain.courses.model import CourseId
from domain.identity import UserId
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.encoding import text_of_data
from domain.quizzes.importing.imports import Destination, QuestionImportId, Target
from domain.quizzes.keys import Ordering
from domain.quizzes.model import QuestionId
from domain.quizzes.settings import BankId, QuizSettings, settings_of_data, settings_to_data
from domain.users.model import Role

_CONTENT_TYPES = (
    "varchar", "jsonb", "jsonb", "jsonb", "jsonb", "varchar", "smallint", "smallint", "varchar", "jsonb", "varchar",
)  # fmt: skip


_DESTINATION = """
    c.id as course_id, c.language, u.role, c.owner_id = u.id
        or exists (select from course_teachers t where t.course_id = c.id and t.user_id = u.id) as is_teacher
"""
_TITLE_TRIES = 100
_LONGEST_TITLE = 74
"""Characters that leave room for a number."""


class SqlImportedQuestions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def destination(self, actor_id: UserId, target: Target) -> Destination | None:
        if target.bank_id is not None:
            row = await self._connection.fetchrow(
                f"""
                select jsonb_build_object(c.language, b.title) as title, false as is_public, {_DESTINATION}
                from question_banks b join courses c on c.id = b.course_id cross join users u
                where b.id = $1 and b.archived_at is null and u.id = $2
                """,
                target.bank_id,
                actor_id,
            )
        else:
            row = await self._connection.fetchrow(
                f"""
                select l.title, l.is_published and c.status = 'published' as is_public, {_DESTINATION}
                from lessons l join courses c on c.id = l.course_id cross join users u
                where l.id = $1 and u.id = $2
                """,
                target.lesson_id,
                actor_id,
            )
        if row is None:
            return None
        return Destination(
            target=target,
            course_id=row["course_id"],
            title=load_text(row["title"]),
            language=Language(row["language"]),
            is_public=row["is_public"],
            actor_role=Role(row["role"]),
            teaches_course=row["is_teacher"],
        )

    async def lock_place(self, target: Target, now: datetime) -> int | None:
        if target.bank_id is not None:
            return await self._connection.fetchval(
                "select id from question_banks where id = $1 and archived_at is null for update", target.bank_id
            )
        return await self._connection.fetchval(
            """
            insert into quizzes (lesson_id, created_at) values ($1, $2)
            on conflict (lesson_id) do update set lesson_id = excluded.lesson_id
            returning id
            """,
            target.lesson_id,
            now,
        )

    async def present(self, target: Target, fingerprints: Collection[str]) -> tuple[frozenset[str], int]:
        if target.bank_id is not None:
            row = await self._connection.fetchrow(
                """
                select count(*) as in_use, array_agg(fingerprint) filter (where fingerprint = any ($2)) as known
                from questions where bank_id = $1 and retired_at is null
                """,
                target.bank_id,
                list(fingerprints),
            )
            return (frozenset(row["known"] or ()), row["in_use"]) if row else (frozenset(), 0)
        # Questions from before fingerprints were kept are few, and have theirs made here.
        rows = await self._connection.fetch(
            """
            select q.fingerprint, case when q.fingerprint is null then q.text end as text,
                case when q.fingerprint is null then q.options end as options
            from quizzes z join questions q on q.quiz_id = z.id where z.lesson_id = $1 and q.retired_at is null
            """,
            target.lesson_id,
        )
        known = {row["fingerprint"] or _fingerprint(row["text"], row["options"]) for row in rows}
        return frozenset(known & set(fingerprints)), len(rows)

    async def insert(
        self, actor_id: UserId, target: Target, place_id: int, drafts: Sequence[QuestionDraft], now: datetime
    ) -> Sequence[QuestionId]:
        columns = list(zip(*map(content_of, drafts), strict=True))
        arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(_CONTENT_TYPES, start=6))
        rows = await self._connection.fetch(
            f"""
            insert into questions (quiz_id, bank_id, position, created_by, created_at, {CONTENT_COLUMNS})
            select $1, $2, case when $1::bigint is null then 0 else d.number + (
                select coalesce(max(position), 0) from questions where quiz_id = $1 and retired_at is null
            ) end, $3, $4, {CONTENT_COLUMNS}
            from unnest({arrays}) with ordinality as d ({CONTENT_COLUMNS}, number)
            order by d.number limit $5
            on conflict (bank_id, fingerprint) where retired_at is null and bank_id is not null do nothing
            returning id
            """,
            None if target.bank_id is not None else place_id,
            target.bank_id,
            actor_id,
            now,
            len(drafts),
            *map(list, columns),
        )
        return [row["id"] for row in rows]

    async def make_bank(self, actor_id: UserId, course_id: CourseId, title: str, now: datetime) -> BankId:
        for number in range(1, _TITLE_TRIES):
            made = await self._connection.fetchval(
                """
                insert into question_banks (course_id, title, created_by, created_at) values ($1, $2, $3, $4)
                on conflict (course_id, title) where archived_at is null do nothing returning id
                """,
                course_id,
                title if number == 1 else f"{title[:_LONGEST_TITLE]} ({number})",
                actor_id,
                now,
            )
            if made is not None:
                return made
        raise LookupError("no free title for a bank")

    async def settings(self, quiz_id: int) -> QuizSettings:
        settings = await self._connection.fetchval("select settings from quizzes where id = $1", quiz_id)
        return settings_of_data(orjson.loads(settings))

    async def set_settings(self, quiz_id: int, settings: QuizSettings) -> None:
        await self._connection.execute(
            "update quizzes set settings = $2::jsonb where id = $1",
            quiz_id,
            orjson.dumps(settings_to_data(settings)).decode(),
        )

    async def note_added(
        self, import_id: QuestionImportId, question_ids: Sequence[QuestionId], made_bank_id: BankId | None = None
    ) -> None:
        await self._connection.execute(
            "update question_imports set question_ids = $2, made_bank_id = $3, test = null, text = null where id = $1",
            import_id,
            list(question_ids),
            made_bank_id,
        )

    async def take_back(self, import_id: QuestionImportId, now: datetime) -> int | None:
        count = await self._connection.fetchval(
            """
            with undone as (
                update question_imports set state = 'undone' where id = $1 and state = 'added' returning question_ids
            ),
            retired as (
                update questions set retired_at = $2
                where id in (select unnest(question_ids) from undone) and retired_at is null returning id
            )
            select (select count(*) from retired) from undone
            """,
            import_id,
            now,
        )
        # Whoever adds to the bank meanwhile is waited for: the next statement sees that it is not empty.
        await self._connection.execute(
            """
            select from question_banks b join question_imports i on i.made_bank_id = b.id
            where i.id = $1 for no key update of b
            """,
            import_id,
        )
        await self._connection.execute(
            """
            with emptied as (
                update question_banks b set archived_at = $2 from question_imports i
                where i.id = $1 and i.state = 'undone' and b.id = i.made_bank_id and b.archived_at is null
                    and not exists (select from questions q where q.bank_id = b.id and q.retired_at is null)
                returning b.id, b.course_id
            )
            update quizzes z set settings = jsonb_set(z.settings, '{pools}', (
                select coalesce(jsonb_agg(p), '[]') from jsonb_array_elements(z.settings -> 'pools') p
                where (p ->> 'bank_id')::bigint <> e.id
            ))
            from emptied e join lessons l on l.course_id = e.course_id
            where z.lesson_id = l.id and z.settings ? 'pools'
            """,
            import_id,
            now,
        )
        return count


def _fingerprint(text: str, options: str) -> str:
    draft = QuestionDraft(text=load_text(text), options=tuple(map(text_of_data, orjson.loads(options))), key=Ordering())
    return draft.fingerprint
