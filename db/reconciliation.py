"""Both sides of the books, and what comparing them found, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.engine import Connection
from domain.learning.model import Product, ProductKind
from domain.payments.model import EntryKind, OrderId, OrderState, Rail
from domain.payments.payme import TransactionState, milliseconds
from domain.payments.reconciliation import (
    Books,
    Difference,
    DifferenceKind,
    Grant,
    LedgerEntry,
    PaymeRecord,
    Reconciliation,
    ReconciliationId,
    StarRecord,
    Tally,
)

_TOUCHED = """
    select id from (
        select id from orders where created_at >= $1 and created_at < $2
        union select order_id from payme_transactions where time >= $3 and time < $4
        union select order_id from payment_entries where created_at >= $1 and created_at < $2
        union select order_id from star_payments
            where (paid_at >= $1 and paid_at < $2 or refunded_at >= $1 and refunded_at < $2) and order_id is not null
        union select order_id from payment_proofs where decided_at >= $1 and decided_at < $2
    ) touched
    where id > $5 order by id limit $6
"""
_BOOKS = """
    select o.id, o.code, o.user_id, o.product_kind, o.product_id, o.state, o.price_tiyin, o.stars, o.paid_by,
        greatest(o.created_at, o.paid_at, o.closed_at, t.changed_at, s.changed_at, p.changed_at, e.changed_at,
            g.changed_at) as changed_at,
        t.items as payme, s.items as star_payments, p.items as proofs, e.items as entries, g.items as grants
    from orders o
    left join lateral (
        select to_timestamp(max(greatest(create_time, perform_time, cancel_time)) / 1000.0) as changed_at,
            jsonb_agg(jsonb_build_object('payme_id', payme_id, 'time', time, 'amount', amount, 'state', state)
                order by id) as items
        from payme_transactions where order_id = o.id
    ) t on true
    left join lateral (
        select max(greatest(paid_at, refunded_at)) as changed_at,
            jsonb_agg(jsonb_build_object('charge_id', charge_id, 'stars', stars, 'is_surplus', is_surplus,
                'paid_at', paid_at, 'is_refunded', refunded_at is not null) order by paid_at, charge_id) as items
        from star_payments where order_id = o.id
    ) s on true
    left join lateral (
        select max(decided_at) as changed_at, jsonb_agg(id order by id) as items
        from payment_proofs where order_id = o.id and state = 'confirmed'
    ) p on true
    left join lateral (
        select max(created_at) as changed_at,
            jsonb_agg(jsonb_build_object('kind', kind, 'rail', rail, 'amount', amount_tiyin, 'external_id',
                external_id, 'stars', stars) order by id) as items
        from payment_entries where order_id = o.id
    ) e on true
    left join lateral (
        select max(greatest(granted_at, revoked_at)) as changed_at,
            jsonb_agg(jsonb_build_object('user_id', user_id, 'kind', product_kind, 'id', product_id, 'is_open',
                revoked_at is null) order by id) as items
        from access_grants where order_id = o.id
    ) g on true
    where o.id = any($1::bigint[]) order by o.id
"""
_RESULT = "id, slot, at, since, until, counted, tallies, differences, difference_count"
_KEEP = """
    insert into reconciliations (slot, at, since, until, counted, tallies, differences, difference_count)
    values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8) on conflict (slot) do nothing returning id
"""
_GET = f"select {_RESULT} from reconciliations where id = $1"
_NEWEST = f"select {_RESULT} from reconciliations order by id desc limit 1"


class SqlBooks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begins_at(self) -> datetime | None:
        return await self._connection.fetchval("select min(created_at) from orders")

    async def touched(self, since: datetime, until: datetime, after: OrderId, limit: int) -> Sequence[OrderId]:
        rows = await self._connection.fetch(
            _TOUCHED, since, until, milliseconds(since), milliseconds(until), after, limit
        )
        return [OrderId(row["id"]) for row in rows]

    async def books(self, order_ids: Sequence[OrderId]) -> Sequence[Books]:
        return [_books(row) for row in await self._connection.fetch(_BOOKS, order_ids)]

    async def stray_stars(self, before: datetime) -> Sequence[int]:
        rows = await self._connection.fetch(
            "select stars from star_payments where order_id is null and refunded_at is null and paid_at < $1"
            " order by paid_at",
            before,
        )
        return [row["stars"] for row in rows]

    async def keep(self, result: Reconciliation) -> Reconciliation | None:
        result_id = await self._connection.fetchval(
            _KEEP,
            result.slot,
            result.at,
            result.since,
            result.until,
            result.counted,
            orjson.dumps(list(result.tallies)).decode(),
            orjson.dumps(list(result.differences)).decode(),
            result.difference_count,
        )
        return None if result_id is None else replace(result, id=result_id)

    async def get(self, reconciliation_id: ReconciliationId | None) -> Reconciliation | None:
        if reconciliation_id is None:
            row = await self._connection.fetchrow(_NEWEST)
        else:
            row = await self._connection.fetchrow(_GET, reconciliation_id)
        return None if row is None else _result(row)


def _items(raw: str | None) -> list[dict[str, Any]]:
    return orjson.loads(raw) if raw is not None else []


def _books(row: asyncpg.Record) -> Books:
    paid_by: str | None = row["paid_by"]
    return Books(
        order_id=row["id"],
        code=row["code"],
        user_id=row["user_id"],
        product=Product(ProductKind(row["product_kind"]), row["product_id"]),
        state=OrderState(row["state"]),
        price=row["price_tiyin"],
        stars=row["stars"],
        paid_by=None if paid_by is None else Rail(paid_by),
        changed_at=row["changed_at"],
        payme=tuple(
            PaymeRecord(
                payme_id=item["payme_id"],
                time=item["time"],
                amount=item["amount"],
                state=TransactionState(item["state"]),
            )
            for item in _items(row["payme"])
        ),
        star_payments=tuple(
            StarRecord(
                charge_id=item["charge_id"],
                stars=item["stars"],
                is_surplus=item["is_surplus"],
                paid_at=datetime.fromisoformat(item["paid_at"]),
                is_refunded=item["is_refunded"],
            )
            for item in _items(row["star_payments"])
        ),
        confirmed_proofs=tuple(orjson.loads(row["proofs"] or "[]")),
        entries=tuple(
            LedgerEntry(
                kind=EntryKind(item["kind"]),
                rail=Rail(item["rail"]),
                amount=item["amount"],
                external_id=item["external_id"],
                stars=item["stars"],
            )
            for item in _items(row["entries"])
        ),
        grants=tuple(
            Grant(
                user_id=item["user_id"], product=Product(ProductKind(item["kind"]), item["id"]), is_open=item["is_open"]
            )
            for item in _items(row["grants"])
        ),
    )


def _result(row: asyncpg.Record) -> Reconciliation:
    return Reconciliation(
        id=row["id"],
        slot=row["slot"],
        at=row["at"],
        since=row["since"],
        until=row["until"],
        counted=row["counted"],
        tallies=tuple(
            Tally(rail=Rail(item["rail"]), recorded=item["recorded"], entered=item["entered"])
            for item in _items(row["tallies"])
        ),
        differences=tuple(_difference(item) for item in _items(row["differences"])),
        difference_count=row["difference_count"],
    )


def _difference(item: dict[str, Any]) -> Difference:
    rail: str | None = item["rail"]
    return Difference(
        kind=DifferenceKind(item["kind"]),
        code=item["code"],
        rail=None if rail is None else Rail(rail),
        expected=item["expected"],
        found=item["found"],
    )
