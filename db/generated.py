"""Questions that a model proposes, and the tokens that it costs."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import orjson

from db.content import load_text
from db.engine import Connection
from db.questions import question_of
from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.encoding import draft_of_data, draft_to_data
from domain.quizzes.generation_model import (
    Decision,
    Generation,
    GenerationId,
    GenerationState,
    Order,
    Proposal,
    ProposalId,
    Scope,
    Tally,
    Trouble,
    Verdict,
)
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import QuestionId
from domain.users.model import UserId

_CENTRE = 0
_PROPOSAL = """
    p.id, p.generation_id, g.lesson_id, p.number, p.draft, p.verdict, p.remark, p.decision, p.question_id
"""
_UNCHECKED = "p.verdict is null and not p.is_own and p.decision = 'waiting'"


class SqlSpending:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def reserve(self, user_id: UserId, day: date, tokens: int, *, own_cap: int, centre_cap: int) -> bool:
        # The person first, then the centre: all wait for each other in one direction.
        for payer, cap in ((user_id, own_cap), (_CENTRE, centre_cap)):
            reserved = await self._connection.fetchval(
                """
                insert into model_spending (payer, day, tokens) select $1, $2, $3::bigint where $3::bigint <= $4::bigint
                on conflict (payer, day) do update set tokens = model_spending.tokens + excluded.tokens
                where model_spending.tokens + excluded.tokens <= $4::bigint
                returning true
                """,
                payer,
                day,
                tokens,
                cap,
            )
            if reserved is None:
                return False
        return True

    async def settle(self, user_id: UserId, day: date, difference: int) -> None:
        for payer in (user_id, _CENTRE):
            await self._connection.execute(
                "update model_spending set tokens = greatest(tokens + $3::bigint, 0) where payer = $1 and day = $2",
                payer,
                day,
                difference,
            )


class SqlGenerations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def source_texts(self, lesson_id: LessonId, scope: Scope, language: Language) -> Sequence[str]:
        rows = await self._connection.fetch(
            """
            select p.text from lessons here join lessons l on l.section_id = here.section_id
            join parts p on p.lesson_id = l.id
            where here.id = $1 and (l.id = here.id or $2) and l.archived_at is null and p.text is not null
            order by l.position, p.position
            """,
            lesson_id,
            scope is Scope.SECTION,
        )
        return [load_text(row["text"]).read_in(language) for row in rows]

    async def add(
        self, actor_id: UserId, lesson_id: LessonId, order: Order, text: str, now: datetime
    ) -> GenerationId | None:
        return await self._connection.fetchval(
            """
            insert into generations (lesson_id, asked_by, scope, text, language, kinds, difficulty, wanted, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (asked_by) where state = 'working' do nothing
            returning id
            """,
            lesson_id,
            actor_id,
            order.scope,
            text,
            order.language,
            [kind.value for kind in order.kinds],
            order.difficulty,
            order.count,
            now,
        )

    async def working_of(self, actor_id: UserId) -> GenerationId | None:
        return await self._connection.fetchval(
            "select id from generations where asked_by = $1 and state = 'working'", actor_id
        )

    async def get(self, generation_id: GenerationId) -> Generation | None:
        row = await self._connection.fetchrow("select * from generations where id = $1", generation_id)
        return _generation(row) if row else None

    async def latest(self, lesson_id: LessonId) -> GenerationId | None:
        return await self._connection.fetchval(
            """
            select g.id from generations g where g.lesson_id = $1 and (g.state = 'working' or exists (
                select from proposals p where p.generation_id = g.id and p.decision = 'waiting'
                    and p.verdict is distinct from 'wrong'))
            order by g.id desc limit 1
            """,
            lesson_id,
        )

    async def end(
        self, generation_id: GenerationId, state: GenerationState, trouble: Trouble | None, now: datetime
    ) -> bool:
        ended = await self._connection.fetchval(
            """
            update generations set state = $2, trouble = $3, ended_at = $4 where id = $1 and state = 'working'
            returning true
            """,
            generation_id,
            state,
            trouble,
            now,
        )
        return ended is not None

    async def note_tokens(self, generation_id: GenerationId, tokens: int) -> None:
        await self._connection.execute(
            "update generations set tokens = tokens + $2 where id = $1", generation_id, tokens
        )

    async def note_progress(self, generation_id: GenerationId, message_id: int | None) -> None:
        await self._connection.execute(
            "update generations set progress_id = $2 where id = $1", generation_id, message_id
        )

    async def store_batch(
        self, generation_id: GenerationId, drafts: Sequence[QuestionDraft], *, batches_before: int
    ) -> bool:
        # The counter is the guard: of two runs that have written the same batch, one moves it on.
        moved = await self._connection.fetchval(
            """
            with moved as (
                update generations set batches = batches + 1 where id = $1 and batches = $2 and state = 'working'
                returning id
            ),
            stored as (
                insert into proposals (generation_id, number, draft, fingerprint)
                select m.id, n.place + coalesce((select max(number) from proposals where generation_id = $1), 0),
                    n.draft::jsonb, n.fingerprint
                from moved m cross join unnest($3::text[], $4::text[]) with ordinality n (draft, fingerprint, place)
            )
            select true from moved
            """,
            generation_id,
            batches_before,
            [orjson.dumps(draft_to_data(draft)).decode() for draft in drafts],
            [draft.fingerprint for draft in drafts],
        )
        return moved is not None

    async def unchecked(self, generation_id: GenerationId, limit: int) -> Sequence[Proposal]:
        rows = await self._connection.fetch(
            f"""
            select {_PROPOSAL} from proposals p join generations g on g.id = p.generation_id
            where p.generation_id = $1 and {_UNCHECKED} order by p.number limit $2
            """,
            generation_id,
            limit,
        )
        return [_proposal(row) for row in rows]

    async def set_verdicts(self, verdicts: Sequence[tuple[ProposalId, Verdict, str | None]]) -> None:
        await self._connection.execute(
            """
            update proposals p set verdict = v.verdict, remark = v.remark
            from unnest($1::bigint[], $2::text[], $3::text[]) v (id, verdict, remark)
            where p.id = v.id and p.verdict is null and not p.is_own
            """,
            [proposal_id for proposal_id, _verdict, _remark in verdicts],
            [verdict.value for _id, verdict, _remark in verdicts],
            [remark for _id, _verdict, remark in verdicts],
        )

    async def tally(self, generation_id: GenerationId) -> Tally:
        row = await self._connection.fetchrow(
            f"""
            select g.wanted, count(p.id) filter (where p.verdict is distinct from 'wrong') as offered,
                count(p.id) filter (where {_UNCHECKED}) as unchecked,
                count(p.id) filter (where p.verdict = 'wrong') as left_out
            from generations g left join proposals p on p.generation_id = g.id where g.id = $1 group by g.id
            """,
            generation_id,
        )
        if row is None:
            return Tally(wanted=0, offered=0, unchecked=0, left_out=0)
        return Tally(**dict(row))

    async def proposals(self, generation_id: GenerationId) -> Sequence[Proposal]:
        rows = await self._connection.fetch(
            f"""
            select {_PROPOSAL} from proposals p join generations g on g.id = p.generation_id
            where p.generation_id = $1 order by p.number
            """,
            generation_id,
        )
        return [_proposal(row) for row in rows]

    async def known(self, lesson_id: LessonId, limit: int) -> Sequence[QuestionDraft]:
        rows = await self._connection.fetch(
            """
            (select to_jsonb(q) as question from quizzes z join questions q on q.quiz_id = z.id
                where z.lesson_id = $1 and q.retired_at is null)
            union all
            (select to_jsonb(q) from lessons l join question_banks b on b.course_id = l.course_id
                join questions q on q.bank_id = b.id
                where l.id = $1 and q.retired_at is null order by q.id desc limit $2)
            """,
            lesson_id,
            limit,
        )
        return [question_of(orjson.loads(row["question"]), lesson_id).draft for row in rows]

    async def lock_proposal(self, proposal_id: ProposalId) -> Proposal | None:
        row = await self._connection.fetchrow(
            f"""
            select {_PROPOSAL} from proposals p join generations g on g.id = p.generation_id
            where p.id = $1 for update of p
            """,
            proposal_id,
        )
        return _proposal(row) if row else None

    async def decide(
        self, proposal_id: ProposalId, decision: Decision, question_id: QuestionId | None, now: datetime
    ) -> None:
        await self._connection.execute(
            "update proposals set decision = $2, question_id = $3, decided_at = $4 where id = $1",
            proposal_id,
            decision,
            question_id,
            now,
        )

    async def rewrite(self, proposal_id: ProposalId, draft: QuestionDraft) -> None:
        await self._connection.execute(
            """
            update proposals set draft = $2::jsonb, fingerprint = $3, verdict = null, remark = null, is_own = true
            where id = $1
            """,
            proposal_id,
            orjson.dumps(draft_to_data(draft)).decode(),
            draft.fingerprint,
        )


def _generation(row: asyncpg.Record) -> Generation:
    return Generation(
        id=row["id"],
        lesson_id=row["lesson_id"],
        asked_by=row["asked_by"],
        order=Order(
            scope=Scope(row["scope"]),
            count=row["wanted"],
            kinds=tuple(QuestionKind(kind) for kind in row["kinds"]),
            difficulty=row["difficulty"],
            language=Language(row["language"]),
        ),
        text=row["text"],
        state=GenerationState(row["state"]),
        trouble=Trouble(row["trouble"]) if row["trouble"] else None,
        batches=row["batches"],
        tokens=row["tokens"],
        progress_id=row["progress_id"],
        created_at=row["created_at"],
    )


def _proposal(row: asyncpg.Record) -> Proposal:
    return Proposal(
        id=row["id"],
        generation_id=row["generation_id"],
        lesson_id=row["lesson_id"],
        number=row["number"],
        draft=draft_of_data(orjson.loads(row["draft"])),
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        remark=row["remark"],
        decision=Decision(row["decision"]),
        question_id=row["question_id"],
    )
