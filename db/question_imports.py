"""Tests on their way into a quiz or a bank: kept until they are added, and added once."""

import asyncio
from datetime import datetime

import asyncpg
import orjson

from db.imported_questions import SqlImportedQuestions
from domain.courses.model import PartId
from domain.identity import UserId
from domain.quizzes.importing.import_encoding import question_to_data, test_of_data, test_to_data
from domain.quizzes.importing.imports import (
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

_IMPORT = """
    i.*, cardinality(i.question_ids) as added_count, (
        select jsonb_agg(to_jsonb(p) order by p.message_id) from question_import_polls p where p.import_id = i.id
    ) as polls
"""
_LARGE = 200_000
"""Characters of a test that is read in a thread."""


class SqlQuestionImports(SqlImportedQuestions):
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

    async def join(
        self, owner_id: UserId, target: Target, sent: SentTest, since: datetime, shortest: int
    ) -> QuestionImport | None:
        known = await self._connection.fetchval(
            "select id from question_imports where owner_id = $1 and pieces @> array[$2::bigint]",
            owner_id,
            sent.message_id,
        )
        joined = known or await self._connection.fetchval(
            """
            update question_imports set text = text || chr(10) || $5, markdown = markdown || chr(10) || $6,
                pieces = pieces || $7::bigint, size = $8, state = 'waiting', refusal = null, test = null
            where id = (
                select id from question_imports where owner_id = $1 and source = 'text' and created_at >= $4
                    and lesson_id is not distinct from $2 and bank_id is not distinct from $3
                    and state in ('ready', 'refused') and size >= $9 and message_id < $7
                order by id desc limit 1
            ) and state in ('ready', 'refused')
            returning id
            """,
            owner_id,
            target.lesson_id,
            target.bank_id,
            since,
            sent.text,
            sent.markdown,
            sent.message_id,
            sent.size,
            shortest,
        )
        return await self.get(joined) if joined is not None else None

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
        if row is None:
            return None
        # Ten thousand questions take a quarter of a second, which others do not wait for.
        is_large = len(row["test"] or "") > _LARGE
        return await asyncio.to_thread(_import, row) if is_large else _import(row)

    async def note_progress(self, import_id: QuestionImportId, message_id: int | None) -> None:
        await self._connection.execute(
            "update question_imports set progress_id = $2 where id = $1", import_id, message_id
        )

    async def note_read(self, import_id: QuestionImportId, test: ReadTest) -> bool:
        written = await asyncio.to_thread(lambda: orjson.dumps(test_to_data(test)).decode())
        noted = await self._connection.fetchval(
            "update question_imports set test = $2::jsonb, state = 'ready' where id = $1 and state = 'waiting'"
            " returning true",
            import_id,
            written,
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
        made_bank_id=row["made_bank_id"],
        added_count=row["added_count"] or 0,
        progress_id=row["progress_id"],
    )
