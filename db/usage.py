"""The ledger of model calls, the purses they are paid from, and the budgets."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import asyncpg
import orjson

from db.engine import Connection
from domain.usage.model import (
    Budgets,
    BudgetSheet,
    BudgetVersion,
    CallEnd,
    CallId,
    CallOutcome,
    Feature,
    Full,
    Limit,
    NewCall,
    Period,
    Whose,
)
from domain.usage.ports import PURSES, Place, Spender, Spent, Total
from domain.users.model import UserId

_CENTRE = 0
"""No user has this id."""
_FAILURES = [CallOutcome.BUSY, CallOutcome.FAILED, CallOutcome.LOST]


class SqlUsage:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def budgets(self) -> BudgetSheet | None:
        row = await self._connection.fetchrow(
            "select version, budgets from usage_budgets order by version desc limit 1"
        )
        return BudgetSheet(version=BudgetVersion(row["version"]), budgets=_budgets(row["budgets"])) if row else None

    async def version(self, version: BudgetVersion) -> Budgets | None:
        kept = await self._connection.fetchval("select budgets from usage_budgets where version = $1", version)
        return _budgets(kept) if kept is not None else None

    async def set_budgets(self, budgets: Budgets, replaces: BudgetVersion, actor: UserId, now: datetime) -> bool:
        is_set = await self._connection.fetchval(
            """
            insert into usage_budgets (version, budgets, set_by, set_at) values ($1, $2::jsonb, $3, $4)
            on conflict (version) do nothing returning true
            """,
            replaces + 1,
            orjson.dumps(asdict(budgets)).decode(),
            actor,
            now,
        )
        return is_set is not None

    async def reserve(self, call: NewCall, budgets: Budgets) -> CallId | Full:
        for whose, period in PURSES:
            payer = _CENTRE if whose is Whose.CENTRE else call.payer.user_id
            if payer is None:
                continue
            limit = budgets.limit(whose, period)
            fits = await self._connection.fetchval(
                """
                insert into usage_purses as purse (payer, period, starts_on, tokens, micros)
                select $1, $2, $3, $4::bigint, $5::bigint
                where ($6::bigint is null or $4::bigint <= $6) and ($7::bigint is null or $5::bigint <= $7)
                on conflict (payer, period, starts_on) do update
                    set tokens = purse.tokens + excluded.tokens, micros = purse.micros + excluded.micros
                    where ($6::bigint is null or purse.tokens + excluded.tokens <= $6)
                    and ($7::bigint is null or purse.micros + excluded.micros <= $7)
                returning true
                """,
                payer,
                period,
                period.start(call.day),
                call.at_most.tokens,
                call.micros,
                limit.tokens,
                limit.micros,
            )
            if fits is None:
                return Full(whose=whose, period=period)
        call_id = await self._connection.fetchval(
            """
            insert into model_calls
                (feature, user_id, course_id, model, day, reserved_tokens, reserved_micros, started_at)
            values ($1, $2, (select course_id from lessons where id = $3), $4, $5, $6, $7, $8) returning id
            """,
            call.payer.feature,
            call.payer.user_id,
            call.payer.lesson_id,
            call.model,
            call.day,
            call.at_most.tokens,
            call.micros,
            call.started_at,
        )
        return CallId(call_id)

    async def settle(self, call_id: CallId, end: CallEnd) -> bool:
        row = await self._connection.fetchrow(
            """
            update model_calls set outcome = $2, tokens_in = $3, tokens_out = $4, seconds = $5, micros = $6,
                is_counted = $7, latency_ms = $8, ended_at = $9
            where id = $1 and outcome = 'open'
            returning feature, user_id, day, reserved_tokens, reserved_micros
            """,
            call_id,
            end.outcome,
            end.used.tokens_in,
            end.used.tokens_out,
            end.used.seconds,
            end.micros,
            end.is_counted,
            end.latency_ms,
            end.ended_at,
        )
        if row is None:
            return False
        # In the order in which they were reserved, one by one.
        for whose, period in PURSES:
            await self._connection.execute(
                """
                update usage_purses set tokens = greatest(tokens + $4::bigint, 0),
                    micros = greatest(micros + $5::bigint, 0)
                where payer = $1 and period = $2 and starts_on = $3
                """,
                _CENTRE if whose is Whose.CENTRE else row["user_id"],
                period,
                period.start(row["day"]),
                end.used.tokens - row["reserved_tokens"],
                end.micros - row["reserved_micros"],
            )
        await self._connection.execute(
            """
            insert into usage_totals as total
                (day, feature, calls, failures, tokens_in, tokens_out, seconds, micros)
            values ($1, $2, 1, $3, $4, $5, $6, $7)
            on conflict (day, feature) do update set calls = total.calls + 1,
                failures = total.failures + excluded.failures, tokens_in = total.tokens_in + excluded.tokens_in,
                tokens_out = total.tokens_out + excluded.tokens_out, seconds = total.seconds + excluded.seconds,
                micros = total.micros + excluded.micros
            """,
            row["day"],
            row["feature"],
            int(end.outcome in _FAILURES),
            end.used.tokens_in,
            end.used.tokens_out,
            end.used.seconds,
            end.micros,
        )
        return True

    async def close_lost(self, before: datetime, now: datetime, limit: int) -> int:
        closed = await self._connection.fetchval(
            """
            with lost as (
                select id from model_calls where outcome = 'open' and started_at < $1
                order by started_at limit $3 for update skip locked
            ),
            closed as (
                update model_calls c set outcome = 'lost', tokens_in = reserved_tokens, tokens_out = 0, seconds = 0,
                    micros = reserved_micros, is_counted = false, ended_at = $2,
                    latency_ms = (extract(epoch from $2 - started_at) * 1000)::bigint
                from lost where c.id = lost.id
                returning c.day, c.feature, c.tokens_in, c.micros
            ),
            summed as (
                insert into usage_totals as total
                    (day, feature, calls, failures, tokens_in, tokens_out, seconds, micros)
                select day, feature, count(*), count(*), sum(tokens_in), 0, 0, sum(micros)
                from closed group by day, feature order by day, feature
                on conflict (day, feature) do update set calls = total.calls + excluded.calls,
                    failures = total.failures + excluded.failures, tokens_in = total.tokens_in + excluded.tokens_in,
                    micros = total.micros + excluded.micros
            )
            select count(*) from closed
            """,
            before,
            now,
            limit,
        )
        return closed or 0

    async def spent(self, payer: UserId | None, day: date) -> dict[Period, Spent]:
        rows = await self._connection.fetch(
            """
            select period, tokens, micros from usage_purses
            where payer = $1 and (period, starts_on) in (('day', $2::date), ('month', $3::date))
            """,
            _CENTRE if payer is None else payer,
            day,
            Period.MONTH.start(day),
        )
        return {Period(row["period"]): _spent(row) for row in rows}

    async def totals(self, since: date, until: date) -> Sequence[Total]:
        rows = await self._connection.fetch(
            """
            select day, feature, calls, failures, tokens_in, tokens_out, seconds, micros from usage_totals
            where day between $1 and $2 order by day desc, micros desc, feature
            """,
            since,
            until,
        )
        return [
            Total(
                day=row["day"],
                feature=Feature(row["feature"]),
                calls=row["calls"],
                failures=row["failures"],
                tokens_in=row["tokens_in"],
                tokens_out=row["tokens_out"],
                seconds=row["seconds"],
                micros=row["micros"],
            )
            for row in rows
        ]

    async def spenders(self, month: date, *, limit: int, after: Place | None) -> Sequence[Spender]:
        rows = await self._connection.fetch(
            """
            select p.payer, p.tokens, p.micros, coalesce(u.full_name, '') as name
            from usage_purses p left join users u on u.id = p.payer
            where p.period = 'month' and p.payer <> 0 and p.starts_on = $1
            and ($2::bigint is null or (p.micros, p.tokens, p.payer) < ($2, $3::bigint, $4::bigint))
            order by p.micros desc, p.tokens desc, p.payer desc limit $5
            """,
            month,
            *(after or (None, None, None)),
            limit,
        )
        return [Spender(user_id=UserId(row["payer"]), name=row["name"], spent=_spent(row)) for row in rows]


def _spent(row: asyncpg.Record) -> Spent:
    return Spent(tokens=row["tokens"], micros=row["micros"])


def _budgets(kept: str) -> Budgets:
    numbers: dict[str, dict[str, Any]] = orjson.loads(kept)
    return Budgets(**{name: Limit(**limit) for name, limit in numbers.items()})
