"""Tests on their way into a quiz or a bank: kept until they are added, and added once."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import orjson

from db.content import load_text
from db.engine import Connection
from db.questions import CONTENT_COLUMNS, content_of
from domain.courses.model import PartId
from domain.identity import UserId
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.encoding import text_of_data
from domain.quizzes.importing.import_encoding import question_to_data, test_of_data, test_to_data
from domain.quizzes.importing.imports import (
    Destination,
    ImportRefusal,
    ImportSource,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
    SentPoll,
    SentTest,
    Target,
)
from domain.quizzes.importing.model import ReadQuestion, ReadTest
from domain.quizzes.keys import Ordering
from domain.quizzes.model import QuestionId
from domain.users.model import Role

_IMPORT = """
    i.*, cardinality(i.question_ids) as added_count, (
        select jsonb_agg(to_jsonb(p) order by p.message_id) from question_import_polls p where p.import_id = i.id
    ) as polls
"""
_DESTINATION = """
    c.id as course_id, c.language, u.role, c.owner_id = u.id
        or exists (select from course_teachers t where t.course_id = c.id and t.user_id = u.id) as is_teacher
"""
_CONTENT_TYPES = (
    "varchar", "jsonb", "jsonb", "jsonb", "jsonb", "varchar", "smallint", "smallint", "varchar", "jsonb", "varchar",
)  # fmt: skip


class SqlQuestionImports:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def destination(self, actor_id: UserId, target: Target) -> Destination | None:
        if target.bank_id is not None:
            row = await self._connection.fetchrow(
                f"""
                select jsonb_build_object(c.language, b.title) as title, {_DESTINATION},
                    (select count(*) from questions q where q.bank_id = b.id and q.retired_at is null) as question_count
                from question_banks b join courses c on c.id = b.course_id cross join users u
                where b.id = $1 and b.archived_at is null and u.id = $2
                """,
                target.bank_id,
                actor_id,
            )
        else:
            row = await self._connection.fetchrow(
                f"""
                select l.title, {_DESTINATION},
                    (select count(*) from quizzes z join questions q on q.quiz_id = z.id
                        where z.lesson_id = l.id and q.retired_at is null) as question_count
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
            question_count=row["question_count"],
            actor_role=Role(row["role"]),
            teaches_course=row["is_teacher"],
        )

    async def add(
        self, owner_id: UserId, target: Target, sent: SentTest, now: datetime, *, asks: bool, part_id: PartId | None
    ) -> QuestionImport:
        row = await self._connection.fetchrow(
            f"""
            insert into question_imports as i (owner_id, message_id, lesson_id, bank_id, source, name, mime, size,
                telegram_file_id, bot_id, text, markdown, asks, part_id, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            on conflict (owner_id, message_id) do update set message_id = excluded.message_id
            returning {_IMPORT}
            """,
            owner_id,
            sent.message_id,
            target.lesson_id,
            target.bank_id,
            sent.source,
            sent.name,
            sent.mime,
            sent.size,
            sent.telegram_file_id,
            sent.bot_id,
            sent.text,
            sent.markdown,
            asks,
            part_id,
            now,
        )
        if row is None:
            raise LookupError("an upsert returns its row")
        return _import(row)

    async def collect(self, owner_id: UserId, target: Target, poll: SentPoll, now: datetime) -> QuestionImport:
        import_id = await self._connection.fetchval(
            """
            with known as (
                select import_id from question_import_polls where owner_id = $1 and message_id = $2
            ),
            open as (
                select id from question_imports where owner_id = $1 and source = 'polls' and state = 'ready'
                    and lesson_id is not distinct from $3 and bank_id is not distinct from $4 for update
            ),
            made as (
                insert into question_imports (owner_id, message_id, lesson_id, bank_id, source, name, mime, size,
                    bot_id, asks, state, created_at)
                select $1, $2, $3, $4, 'polls', '', '', 0, 0, false, 'ready', $5
                where not exists (select from known) and not exists (select from open)
                returning id
            )
            select coalesce((select import_id from known), (select id from open), (select id from made))
            """,
            owner_id,
            poll.message_id,
            target.lesson_id,
            target.bank_id,
            now,
        )
        await self._connection.execute(
            """
            insert into question_import_polls (owner_id, message_id, import_id, question, options, explanation, correct)
            values ($1, $2, $3, $4, $5::jsonb, $6, $7) on conflict (owner_id, message_id) do nothing
            """,
            owner_id,
            poll.message_id,
            import_id,
            poll.question,
            orjson.dumps(poll.options).decode(),
            poll.explanation,
            list(poll.correct),
        )
        imported = await self.get(import_id)
        if imported is None:
            raise LookupError("what was just written is there")
        return imported

    async def get(self, import_id: QuestionImportId) -> QuestionImport | None:
        row = await self._connection.fetchrow(f"select {_IMPORT} from question_imports i where i.id = $1", import_id)
        return _import(row) if row else None

    async def note_progress(self, import_id: QuestionImportId, message_id: int | None) -> None:
        await self._connection.execute(
            "update question_imports set progress_id = $2 where id = $1", import_id, message_id
        )

    async def note_read(self, import_id: QuestionImportId, test: ReadTest) -> bool:
        noted = await self._connection.fetchval(
            "update question_imports set test = $2::jsonb, state = 'ready' where id = $1 and state = 'waiting'"
            " returning true",
            import_id,
            orjson.dumps(test_to_data(test)).decode(),
        )
        return noted is not None

    async def refuse(self, import_id: QuestionImportId, refusal: ImportRefusal) -> bool:
        refused = await self._connection.fetchval(
            "update question_imports set refusal = $2, state = 'refused' where id = $1 and state = 'waiting'"
            " returning true",
            import_id,
            refusal,
        )
        return refused is not None

    async def answer_poll(self, import_id: QuestionImportId, message_id: int, correct: int | None) -> bool:
        answered = await self._connection.fetchval(
            """
            update question_import_polls p
            set correct = case when $3::smallint is null then '{}' else array[$3::smallint] end,
                is_skipped = $3::smallint is null
            from question_imports i
            where i.id = $1 and i.state = 'ready' and p.import_id = i.id and p.message_id = $2
                and p.correct = '{}' and not p.is_skipped
            returning true
            """,
            import_id,
            message_id,
            correct,
        )
        return answered is not None

    async def settle_question(self, import_id: QuestionImportId, index: int, question: ReadQuestion) -> bool:
        settled = await self._connection.fetchval(
            """
            update question_imports set test = jsonb_set(test, array['questions', $2::text], $3::jsonb)
            where id = $1 and state = 'ready' and test #> array['questions', $2::text, 'keyless'] <> 'null'
            returning true
            """,
            import_id,
            str(index),
            orjson.dumps(question_to_data(question)).decode(),
        )
        return settled is not None

    async def claim(self, import_id: QuestionImportId) -> bool:
        claimed = await self._connection.fetchval(
            "update question_imports set state = 'added', question_ids = '{}' where id = $1 and state = 'ready'"
            " returning true",
            import_id,
        )
        return claimed is not None

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

    async def note_added(self, import_id: QuestionImportId, question_ids: Sequence[QuestionId]) -> None:
        await self._connection.execute(
            "update question_imports set question_ids = $2, test = null, text = null where id = $1",
            import_id,
            list(question_ids),
        )

    async def take_back(self, import_id: QuestionImportId, now: datetime) -> int | None:
        return await self._connection.fetchval(
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

    async def file_away(self, import_id: QuestionImportId) -> bool:
        return await self._close(import_id, QuestionImportState.FILED)

    async def put_away(self, import_id: QuestionImportId) -> bool:
        return await self._close(import_id, QuestionImportState.EXPIRED)

    async def _close(self, import_id: QuestionImportId, state: QuestionImportState) -> bool:
        closed = await self._connection.fetchval(
            """
            update question_imports set state = $2, test = null, text = null
            where id = $1 and state in ('waiting', 'ready', 'refused') returning true
            """,
            import_id,
            state,
        )
        return closed is not None

    async def expire(self, before: datetime) -> int:
        rows = await self._connection.fetch(
            """
            update question_imports set state = 'expired', test = null, text = null
            where state in ('waiting', 'ready', 'refused') and created_at < $1 returning id
            """,
            before,
        )
        return len(rows)


def _fingerprint(text: str, options: str) -> str:
    draft = QuestionDraft(text=load_text(text), options=tuple(map(text_of_data, orjson.loads(options))), key=Ordering())
    return draft.fingerprint


def _import(row: asyncpg.Record) -> QuestionImport:
    polls = orjson.loads(row["polls"]) if row["polls"] else ()
    return QuestionImport(
        id=row["id"],
        owner_id=row["owner_id"],
        target=Target(lesson_id=row["lesson_id"], bank_id=row["bank_id"]),
        sent=SentTest(
            message_id=row["message_id"],
            source=ImportSource(row["source"]),
            name=row["name"],
            mime=row["mime"],
            size=row["size"],
            telegram_file_id=row["telegram_file_id"],
            bot_id=row["bot_id"],
            text=row["text"],
            markdown=row["markdown"],
        ),
        asks=row["asks"],
        part_id=row["part_id"],
        state=QuestionImportState(row["state"]),
        refusal=ImportRefusal(row["refusal"]) if row["refusal"] else None,
        test=test_of_data(orjson.loads(row["test"])) if row["test"] else None,
        polls=tuple(
            SentPoll(
                message_id=poll["message_id"],
                question=poll["question"],
                options=tuple(poll["options"]),
                explanation=poll["explanation"],
                correct=tuple(poll["correct"]),
                is_skipped=poll["is_skipped"],
            )
            for poll in polls
        ),
        added_count=row["added_count"] or 0,
        progress_id=row["progress_id"],
    )
