"""Banks of questions. A statement reads one bank at most, and a bank has its limit."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from db.desk import in_latin, latin
from db.engine import Connection
from db.questions import CONTENT_COLUMNS, content_of, content_values, question_of
from domain.courses.model import CourseId
from domain.language import Language
from domain.quizzes.bank_model import Bank, BankGone, BankTitleTaken, Custody, Labels, QuestionKnown, Sieve
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.model import Question, QuestionId
from domain.quizzes.settings import BankId
from domain.users.model import Role, UserId

_CUSTODY = """
    c.id as course_id, c.language, u.id as actor_id, u.role, c.owner_id = u.id
        or exists (select from course_teachers t where t.course_id = c.id and t.user_id = u.id) as is_teacher
"""
_BANK = """
    b.id, b.course_id, b.title, b.archived_at is not null as is_archived,
    (select count(*) from questions q where q.bank_id = b.id and q.retired_at is null) as question_count
"""
_SIEVED = f"""
    q.bank_id = $1 and q.retired_at is null
        and ($2::varchar is null or q.topic = $2) and ($3::int is null or q.difficulty = $3)
        and ($4::varchar is null or q.kind = $4)
        and ($5 = '' or strpos({latin("jsonb_path_query_array(q.text, '$.*')::text")}, $5) > 0)
"""
_VERSION = """
    bank_id, position, version, replaces_id, created_by, created_at, kind, text, options, key, explanation, points,
        picture, fingerprint
"""
_NEXT = """
    bank_id, position, version + 1, id, $1, $3, kind, text, options, key, explanation, points, picture, fingerprint
"""
"""The next version of a row `old`, by the actor $1 at the moment $3, but for its labels."""


class SqlBanks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def custody(self, actor_id: UserId, course_id: CourseId) -> Custody | None:
        row = await self._connection.fetchrow(
            f"""
            select {_CUSTODY}, false as is_archived from courses c cross join users u
            where c.id = $1 and u.id = $2
            """,
            course_id,
            actor_id,
        )
        return _custody(row) if row else None

    async def custody_of(self, actor_id: UserId, bank_id: BankId) -> Custody | None:
        row = await self._connection.fetchrow(
            f"""
            select {_CUSTODY}, b.archived_at is not null as is_archived
            from question_banks b join courses c on c.id = b.course_id cross join users u
            where b.id = $1 and u.id = $2
            """,
            bank_id,
            actor_id,
        )
        return _custody(row) if row else None

    async def bank_of(self, question_id: QuestionId) -> BankId | None:
        return await self._connection.fetchval("select bank_id from questions where id = $1", question_id)

    async def banks(self, course_id: CourseId) -> Sequence[Bank]:
        rows = await self._connection.fetch(
            f"""
            select {_BANK} from question_banks b where b.course_id = $1 and b.archived_at is null
            order by b.title, b.id
            """,
            course_id,
        )
        return [Bank(**row) for row in rows]

    async def bank(self, bank_id: BankId) -> Bank | None:
        row = await self._connection.fetchrow(f"select {_BANK} from question_banks b where b.id = $1", bank_id)
        return Bank(**row) if row else None

    async def add_bank(
        self, actor_id: UserId, course_id: CourseId, title: str, now: datetime, *, limit: int
    ) -> Bank | None:
        # Whoever adds a bank to the same course meanwhile waits for the commit, and then counts this one too.
        await self._connection.execute("select from courses where id = $1 for no key update", course_id)
        try:
            row = await self._connection.fetchrow(
                """
                insert into question_banks (course_id, title, created_by, created_at)
                select $1, $2, $3, $4 from question_banks b where b.course_id = $1 and b.archived_at is null
                having count(*) < $5
                returning id
                """,
                course_id,
                title,
                actor_id,
                now,
                limit,
            )
        except asyncpg.UniqueViolationError as error:
            raise BankTitleTaken(title) from error
        return Bank(id=row["id"], course_id=course_id, title=title, question_count=0) if row else None

    async def rename_bank(self, bank_id: BankId, title: str) -> bool:
        return await self._title("update question_banks set title = $2 where id = $1 returning true", bank_id, title)

    async def archive_bank(self, bank_id: BankId, now: datetime) -> bool:
        archived = await self._connection.fetchval(
            "update question_banks set archived_at = $2 where id = $1 and archived_at is null returning true",
            bank_id,
            now,
        )
        return archived is not None

    async def restore_bank(self, bank_id: BankId) -> bool:
        return await self._title("update question_banks set archived_at = null where id = $1 returning true", bank_id)

    async def topics(self, bank_id: BankId) -> Sequence[tuple[str, int]]:
        rows = await self._connection.fetch(
            """
            select topic, count(*) as count from questions
            where bank_id = $1 and retired_at is null and topic is not null
            group by topic order by topic
            """,
            bank_id,
        )
        return [(row["topic"], row["count"]) for row in rows]

    async def page(self, bank_id: BankId, sieve: Sieve, before: QuestionId | None, limit: int) -> Sequence[Question]:
        rows = await self._connection.fetch(
            f"""
            select to_jsonb(q) as question from questions q
            where {_SIEVED} and ($6::bigint is null or q.id < $6)
            order by q.id desc limit $7
            """,
            *_sieved(bank_id, sieve),
            before,
            limit,
        )
        return [_question(row) for row in rows]

    async def found(self, bank_id: BankId, sieve: Sieve, limit: int) -> Sequence[QuestionId]:
        rows = await self._connection.fetch(
            f"select q.id from questions q where {_SIEVED} order by q.id desc limit $6",
            *_sieved(bank_id, sieve),
            limit,
        )
        return [row["id"] for row in rows]

    async def question(self, question_id: QuestionId) -> Question | None:
        row = await self._connection.fetchrow(
            """
            select to_jsonb(q) as question from questions q
            where q.id = $1 and q.bank_id is not null and q.retired_at is null
            """,
            question_id,
        )
        return _question(row) if row else None

    async def add_to_bank(
        self, actor_id: UserId, bank_id: BankId, draft: QuestionDraft, now: datetime, *, limit: int
    ) -> Question | None:
        await self._lock(bank_id)
        return await self._kept(
            f"""
            with q as (
                insert into questions (bank_id, position, created_by, created_at, {CONTENT_COLUMNS})
                select $1, 0, $2, $3, {content_values(5)}
                from questions n where n.bank_id = $1 and n.retired_at is null
                having count(*) < $4
                returning *
            )
            select to_jsonb(q) as question from q
            """,
            bank_id,
            actor_id,
            now,
            limit,
            *content_of(draft),
        )

    async def replace_in_bank(
        self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft, now: datetime
    ) -> Question | None:
        return await self._kept(
            f"""
            with old as (
                update questions set retired_at = $2 where id = $1 and retired_at is null and bank_id is not null
                returning *
            ),
            q as (
                insert into questions (bank_id, position, version, replaces_id, created_by, created_at,
                    {CONTENT_COLUMNS})
                select bank_id, position, version + 1, id, $3, $2, {content_values(4)} from old
                returning *
            )
            select to_jsonb(q) as question from q
            """,
            question_id,
            now,
            actor_id,
            *content_of(draft),
        )

    async def relabel(
        self, actor_id: UserId, bank_id: BankId, question_ids: Sequence[QuestionId], labels: Labels, now: datetime
    ) -> Sequence[QuestionId]:
        rows = await self._connection.fetch(
            f"""
            with old as (
                update questions set retired_at = $3
                where id = any ($4::bigint[]) and bank_id = $2 and retired_at is null
                    and (topic is distinct from coalesce($5, topic)
                        or difficulty is distinct from coalesce($6, difficulty)
                        or source is distinct from coalesce($7, source))
                returning *
            )
            insert into questions ({_VERSION}, topic, difficulty, source)
            select {_NEXT}, coalesce($5, topic), coalesce($6, difficulty), coalesce($7, source)
            from old order by id
            returning id
            """,
            actor_id,
            bank_id,
            now,
            list(question_ids),
            labels.topic,
            labels.difficulty,
            labels.source,
        )
        return [row["id"] for row in rows]

    async def unlabel(self, actor_id: UserId, bank_id: BankId, versions: Sequence[QuestionId], now: datetime) -> int:
        rows = await self._connection.fetch(
            f"""
            with old as (
                update questions q set retired_at = $3 from questions p
                where q.id = any ($4::bigint[]) and q.bank_id = $2 and q.retired_at is null and p.id = q.replaces_id
                returning q.*, p.topic as topic_before, p.difficulty as difficulty_before, p.source as source_before
            )
            insert into questions ({_VERSION}, topic, difficulty, source)
            select {_NEXT}, topic_before, difficulty_before, source_before from old order by id
            returning id
            """,
            actor_id,
            bank_id,
            now,
            list(versions),
        )
        return len(rows)

    async def retire_from_bank(self, question_id: QuestionId, now: datetime) -> bool:
        retired = await self._connection.fetchval(
            """
            update questions set retired_at = $2 where id = $1 and bank_id is not null and retired_at is null
            returning true
            """,
            question_id,
            now,
        )
        return retired is not None

    async def put_back(self, question_id: QuestionId, *, limit: int) -> bool:
        try:
            back = await self._connection.fetchval(
                """
                update questions q set retired_at = null
                where q.id = $1 and q.bank_id is not null
                    and not exists (select from questions n where n.replaces_id = q.id)
                    and (select count(*) from questions n where n.bank_id = q.bank_id and n.retired_at is null) < $2
                returning true
                """,
                question_id,
                limit,
            )
        except asyncpg.UniqueViolationError as error:
            raise QuestionKnown(question_id) from error
        return back is not None

    async def _lock(self, bank_id: BankId) -> None:
        """Until the commit, so that the next one who adds counts this question too. Raises BankGone."""
        found = await self._connection.fetchval(
            "select true from question_banks where id = $1 and archived_at is null for no key update", bank_id
        )
        if found is None:
            raise BankGone(bank_id)

    async def _kept(self, statement: str, *values: object) -> Question | None:
        try:
            row = await self._connection.fetchrow(statement, *values)
        except asyncpg.UniqueViolationError as error:
            raise QuestionKnown from error
        return _question(row) if row else None

    async def _title(self, statement: str, *values: object) -> bool:
        try:
            return await self._connection.fetchval(statement, *values) is not None
        except asyncpg.UniqueViolationError as error:
            raise BankTitleTaken from error


def _custody(row: asyncpg.Record) -> Custody:
    return Custody(
        course_id=row["course_id"],
        language=Language(row["language"]),
        actor_id=row["actor_id"],
        actor_role=Role(row["role"]),
        teaches_course=row["is_teacher"],
        is_archived=row["is_archived"],
    )


def _sieved(bank_id: BankId, sieve: Sieve) -> tuple[object, ...]:
    """The parameters of _SIEVED."""
    return (
        bank_id,
        sieve.topic,
        sieve.difficulty,
        sieve.kind.value if sieve.kind else None,
        in_latin(" ".join(sieve.words.split())[:100]),
    )


def _question(row: asyncpg.Record) -> Question:
    return question_of(orjson.loads(row["question"]), None)
