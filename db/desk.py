"""What staff reads about everybody's orders, in PostgreSQL."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from db.engine import Connection
from db.order_rows import ORDER, load_order
from domain.payments.desk_ports import (
    DeskLine,
    DeskReceipt,
    Dossier,
    ExportLine,
    HistoryLine,
    Movements,
    Numbers,
    PaymentId,
    Person,
    RefundUnderWay,
    Wanted,
)
from domain.payments.errors import OrderGone
from domain.payments.model import EntryKind, OrderCode, OrderId, Rail, parse_code

_LATIN = str.maketrans("абвгдежзийклмнопрстуўфхцыэқғҳ", "abvgdejziyklmnoprstuofxsieqgh", "ъь'`´‘’ʻʼ")
_LATIN_FROM = "абвгдежзийклмнопрстуўфхцыэқғҳъь''`´‘’ʻʼ"
_LATIN_TO = "abvgdejziyklmnoprstuofxsieqgh"
_LONG_LETTERS = {"ё": "yo", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "yu", "я": "ya"}
_MIN_DIGITS = 5
"""Fewer digits of a phone number would find half of the centre."""


def latin(expression: str) -> str:
    """Names are found in either alphabet and with any apostrophe: the column's side of `in_latin`."""
    folded = f"translate(lower({expression}), '{_LATIN_FROM}', '{_LATIN_TO}')"
    for letter, letters in _LONG_LETTERS.items():
        folded = f"replace({folded}, '{letter}', '{letters}')"
    return folded


def in_latin(text: str) -> str:
    folded = text.lower().translate(_LATIN)
    for letter, letters in _LONG_LETTERS.items():
        folded = folded.replace(letter, letters)
    return folded


_PERSON = "u.full_name, u.username"
_NAME = latin("u.full_name")
_LINES = f"select {ORDER}, {_PERSON} from orders o join users u on u.id = o.user_id"
_EXPORT = f"""
    select {ORDER}, {_PERSON},
        coalesce((select e.external_id from payment_entries e where e.order_id = o.id and e.kind = 'payment'), '')
            as external_id,
        coalesce((select -e.amount_tiyin from payment_entries e where e.order_id = o.id and e.kind = 'refund'), 0)
            as refunded
    from orders o join users u on u.id = o.user_id
"""
_MOVEMENTS = """
    select e.rail, e.kind, count(*) as count, sum(abs(e.amount_tiyin))::bigint as amount,
        coalesce(sum(e.stars), 0)::bigint as stars
    from payment_entries e join orders o on o.id = e.order_id
    where e.created_at >= $1 and e.created_at < $2 and not o.is_test
    group by e.rail, e.kind
"""
_WAITING = """
    select
        (select count(*) from orders where state = 'open' and not is_test and expires_at > $1) as open_orders,
        (select count(*) from payment_proofs where state = 'waiting') as waiting_proofs,
        (select count(*) from refund_requests where state = 'requested') as refunds_under_way
"""
_DOSSIER = f"""
    select {ORDER}, {_PERSON},
        (
            select jsonb_agg(jsonb_build_object('rail', p.rail, 'id', p.id, 'is_returned', p.is_returned) order by p.n)
            from (
                select 1 as n, 'payme' as rail, t.payme_id as id, t.state = -2 as is_returned
                from payme_transactions t where t.order_id = o.id and t.state in (2, -2)
                union all
                select 2, 'stars', s.charge_id, s.refunded_at is not null
                from star_payments s where s.order_id = o.id
                union all
                select 3, 'cash', e.external_id, o.state = 'refunded'
                from payment_entries e where e.order_id = o.id and e.rail = 'cash' and e.kind = 'payment'
            ) p
        ) as payments,
        (
            select jsonb_agg(jsonb_build_object('is_refund', r.kind = 'CANCEL', 'id', r.receipt_id, 'url',
                case when r.qr_code_url ~ '^https?://' then r.qr_code_url else '' end) order by r.kind desc)
            from fiscal_receipts r join payme_transactions t on t.id = r.transaction_id
            where t.order_id = o.id and r.status_code = 0
        ) as receipts,
        q.reason as refund_reason, q.requested_at as refund_at, a.id as asker_id, a.full_name as asker_name,
        a.username as asker_username,
        exists (select from access_grants g where g.order_id = o.id and g.revoked_at is null) as is_open,
        (select count(*) from payment_history h where h.order_id = o.id) as history_length
    from orders o
    join users u on u.id = o.user_id
    left join refund_requests q on q.order_id = o.id and q.state = 'requested'
    left join users a on a.id = q.requested_by
    where o.code = $1
"""
_HISTORY = """
    select h.at, h.event, h.data, a.full_name as actor
    from payment_history h join orders o on o.id = h.order_id
    left join users a on a.id = coalesce(h.actor_id, (
        select substring(e.external_id from '^desk:([0-9]+):')::bigint from payment_entries e
        where h.event = 'paid' and e.order_id = h.order_id and e.rail = 'cash' and e.kind = 'payment'
    ))
    where o.code = $1 order by h.id offset $2 limit $3
"""


class SqlDesk:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def numbers(self, since: datetime, until: datetime, now: datetime) -> Numbers:
        movements = await self._connection.fetch(_MOVEMENTS, since, until)
        waiting = await self._connection.fetchrow(_WAITING, now)
        return Numbers(
            movements=[
                Movements(
                    rail=Rail(row["rail"]),
                    kind=EntryKind(row["kind"]),
                    count=row["count"],
                    amount=row["amount"],
                    stars=row["stars"],
                )
                for row in movements
            ],
            open_orders=waiting["open_orders"] if waiting else 0,
            waiting_proofs=waiting["waiting_proofs"] if waiting else 0,
            refunds_under_way=waiting["refunds_under_way"] if waiting else 0,
        )

    async def lines(self, wanted: Wanted, before: OrderId | None, limit: int) -> Sequence[DeskLine]:
        rows = await self._found(_LINES, wanted, before, limit)
        return [DeskLine(order=load_order(row), student=_person(row)) for row in rows]

    async def export(self, wanted: Wanted, before: OrderId | None, limit: int) -> Sequence[ExportLine]:
        rows = await self._found(_EXPORT, wanted, before, limit)
        return [
            ExportLine(
                order=load_order(row),
                student_id=row["user_id"],
                student_name=row["full_name"],
                refunded=row["refunded"],
                external_id=row["external_id"],
            )
            for row in rows
        ]

    async def _found(self, select: str, wanted: Wanted, before: OrderId | None, limit: int) -> Sequence[asyncpg.Record]:
        arguments: list[Any] = []
        conditions = _conditions(wanted, arguments)
        if before is not None:
            conditions.append(f"o.id < {_place(arguments, before)}")
        where = " and ".join(conditions)
        # Only fixed pieces of text are put together; what people typed travels as arguments.
        statement = f"{select} where {where} order by o.id desc limit {_place(arguments, limit)}"
        return await self._connection.fetch(statement, *arguments)

    async def dossier(self, code: OrderCode) -> Dossier | None:
        row = await self._connection.fetchrow(_DOSSIER, code)
        if row is None:
            return None
        payments: list[dict[str, Any]] = orjson.loads(row["payments"] or "[]")
        receipts: list[dict[str, Any]] = orjson.loads(row["receipts"] or "[]")
        refund: RefundUnderWay | None = None
        if row["refund_at"] is not None:
            asker = Person(id=row["asker_id"], full_name=row["asker_name"], username=row["asker_username"])
            refund = RefundUnderWay(asked_by=asker, reason=row["refund_reason"], asked_at=row["refund_at"])
        return Dossier(
            order=load_order(row),
            student=_person(row),
            payments=[
                PaymentId(rail=Rail(one["rail"]), external_id=one["id"], is_returned=one["is_returned"])
                for one in payments
            ],
            receipts=[
                DeskReceipt(is_refund=one["is_refund"], receipt_id=one["id"], url=one["url"]) for one in receipts
            ],
            refund=refund,
            is_open=row["is_open"],
            history_length=row["history_length"],
        )

    async def history(self, code: OrderCode, skip: int, limit: int) -> Sequence[HistoryLine]:
        rows = await self._connection.fetch(_HISTORY, code, skip, limit)
        return [
            HistoryLine(at=row["at"], event=row["event"], actor=row["actor"], data=orjson.loads(row["data"]))
            for row in rows
        ]

    async def payment_id(self, order_id: OrderId) -> str | None:
        return await self._connection.fetchval(
            "select external_id from payment_entries where order_id = $1 and kind = 'payment'", order_id
        )


def _person(row: asyncpg.Record) -> Person:
    return Person(id=row["user_id"], full_name=row["full_name"], username=row["username"])


def _place(arguments: list[Any], value: object) -> str:
    arguments.append(value)
    return f"${len(arguments)}"


def _conditions(wanted: Wanted, arguments: list[Any]) -> list[str]:
    conditions = ["not o.is_test"]
    if wanted.state is not None:
        conditions.append(f"o.state = {_place(arguments, wanted.state)}")
    if wanted.rail is not None:
        conditions.append(f"coalesce(o.paid_by, o.reserved_by) = {_place(arguments, wanted.rail)}")
    if wanted.since is not None and wanted.until is not None:
        since, until = _place(arguments, wanted.since), _place(arguments, wanted.until)
        # Nothing happens to an order before it is made.
        conditions.append(f"o.created_at < {until}")
        happened = (f"(o.{at} >= {since} and o.{at} < {until})" for at in ("created_at", "paid_at", "closed_at"))
        conditions.append(f"({' or '.join(happened)})")
    if wanted.has_refund_under_way:
        conditions.append("exists (select from refund_requests q where q.order_id = o.id and q.state = 'requested')")
    if wanted.student is not None:
        conditions.append(_of_student(wanted.student, arguments))
    return conditions


def _of_student(text: str, arguments: list[Any]) -> str:
    """By code, Telegram id or phone where it can be one; else every word is looked for in the names."""
    if text.startswith("@"):
        name = _place(arguments, text[1:].lower())
        return _made_by(f"starts_with(lower(u.username), {name})")
    people: list[str] = []
    digits = re.sub(r"[\s()+-]", "", text)
    if digits.isascii() and digits.isdigit():
        place = _place(arguments, digits)
        people.append(f"u.id::text = {place}")
        if len(digits) >= _MIN_DIGITS:
            people.append(f"strpos(u.phone, {place}) > 0")
    words = _place(arguments, [in_latin(word) for word in text.split()])
    people.append(
        f"not exists (select from unnest({words}::text[]) w"
        f" where strpos({_NAME}, w) = 0 and strpos(lower(coalesce(u.username, '')), w) = 0)"
    )
    choices = [_made_by(" or ".join(people))]
    with suppress(OrderGone):
        choices.append(f"o.code = {_place(arguments, parse_code(text.upper()))}")
    return f"({' or '.join(choices)})"


def _made_by(people: str) -> str:
    """As an array, so that names are folded once for each person, not for each order, and orders come by an index."""
    return f"o.user_id = any (array(select u.id from users u where {people}))"
