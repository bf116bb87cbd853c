"""Tuition in PostgreSQL. An account is one row: its stays and bills come as JSON, its money as the ledger's sum."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
import orjson

from db.engine import Connection
from domain.money import Money
from domain.payments.model import OrderCode, Rail
from domain.tuition.account import Account
from domain.tuition.model import (
    Bill,
    BillId,
    JoinCode,
    Member,
    NewBill,
    NewSchedule,
    PaymentSchedule,
    ScheduleId,
    Stay,
)
from domain.tuition.ports import Debtor, Payment, ScheduleSummary
from domain.users.model import UserId

# Constant texts: asyncpg keeps one prepared statement per text and connection.
_SCHEDULE = """
    s.id, s.name, s.amount_tiyin, s.day_of_month, s.starts_on, s.ends_on, s.join_code, s.created_by, s.created_at
"""
_MONEY = """
    select coalesce(sum(e.amount_tiyin), 0)::bigint
    from orders o join payment_entries e on e.order_id = o.id
    where o.product_kind = 'tuition' and o.product_id = m.schedule_id and o.user_id = m.user_id
"""
_BILLED = """
    select coalesce(sum(b.amount_tiyin), 0)::bigint from bills b
    where b.schedule_id = m.schedule_id and b.user_id = m.user_id and b.voided_at is null
"""
_ACCOUNT = f"""
    select {_SCHEDULE}, m.user_id, u.full_name, u.username, u.timezone, ({_MONEY}) as paid,
        (
            select jsonb_agg(jsonb_build_object('joined_on', x.joined_on, 'left_on', x.left_on) order by x.id)
            from schedule_members x where x.schedule_id = m.schedule_id and x.user_id = m.user_id
        ) as stays,
        (
            select jsonb_agg(to_jsonb(b) order by b.month)
            from bills b where b.schedule_id = m.schedule_id and b.user_id = m.user_id
        ) as bills
    from (select distinct schedule_id, user_id from schedule_members where {{which}}) m
    join payment_schedules s on s.id = m.schedule_id
    join users u on u.id = m.user_id
"""
_ACCOUNTS = _ACCOUNT.format(which="schedule_id = $1") + " order by lower(u.full_name), u.id"
_ACCOUNTS_OF = _ACCOUNT.format(which="user_id = $1") + " order by s.id desc"
_ONE_ACCOUNT = _ACCOUNT.format(which="schedule_id = $1 and user_id = $2")
_STANDINGS = f"""
    select m.schedule_id, m.user_id, m.is_current, greatest(({_BILLED}) - ({_MONEY}), 0) as debt
    from (
        select schedule_id, user_id, bool_or(left_on is null) as is_current
        from schedule_members group by schedule_id, user_id
    ) m
"""
_SUMMARIES = f"""
    select {_SCHEDULE}, count(t.user_id) filter (where t.is_current) as members,
        coalesce(sum(t.debt), 0)::bigint as debt
    from payment_schedules s left join ({_STANDINGS}) t on t.schedule_id = s.id
    group by s.id
    order by lower(s.name), s.id
"""
_DEBTORS = f"""
    select t.schedule_id, s.name, t.user_id, u.full_name, u.username, u.timezone, t.debt
    from ({_STANDINGS}) t
    join payment_schedules s on s.id = t.schedule_id
    join users u on u.id = t.user_id
    where t.debt > 0
    order by t.debt desc, lower(u.full_name), t.user_id, t.schedule_id
    limit $1
"""
_PAYMENTS = """
    select e.created_at, e.amount_tiyin, e.rail, o.code
    from orders o join payment_entries e on e.order_id = o.id
    where o.product_kind = 'tuition' and o.product_id = $1 and o.user_id = $2
    order by e.id desc limit $3
"""
_ADD = f"""
    insert into payment_schedules as s
        (name, amount_tiyin, day_of_month, starts_on, ends_on, join_code, created_by, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning {_SCHEDULE}
"""
_SAVE = """
    update payment_schedules set name = $2, amount_tiyin = $3, day_of_month = $4, ends_on = $5, join_code = $6
    where id = $1
"""
_ISSUE = """
    insert into bills as b (schedule_id, user_id, month, amount_tiyin, due_on, issued_at)
    select x.schedule_id, x.user_id, x.month, x.amount_tiyin, x.due_on, $6
    from unnest($1::bigint[], $2::bigint[], $3::date[], $4::bigint[], $5::date[])
        as x (schedule_id, user_id, month, amount_tiyin, due_on)
    on conflict (schedule_id, user_id, month) do nothing
    returning to_jsonb(b) as bill
"""
_PEOPLE = r"""
    select id as user_id, full_name, username, timezone from users
    where id > 0 and step = 'done' and (
        full_name ilike '%' || $1 || '%' or username ilike ltrim($1, '@') || '%' or phone like '%' || $2
    )
    order by lower(full_name), id limit $3
"""
_PHONE = re.compile(r"\+?[0-9 ()-]{4,20}")


class SqlTuition:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, schedule: NewSchedule) -> PaymentSchedule:
        row = await self._connection.fetchrow(
            _ADD,
            schedule.name,
            schedule.amount.tiyin,
            schedule.day_of_month,
            schedule.starts_on,
            schedule.ends_on,
            schedule.join_code,
            schedule.created_by,
            schedule.created_at,
        )
        if row is None:
            raise LookupError("an insert returns its row")
        return _schedule(row)

    async def get(self, schedule_id: ScheduleId) -> PaymentSchedule | None:
        row = await self._connection.fetchrow(
            f"select {_SCHEDULE} from payment_schedules s where s.id = $1", schedule_id
        )
        return None if row is None else _schedule(row)

    async def lock(self, schedule_id: ScheduleId) -> PaymentSchedule | None:
        row = await self._connection.fetchrow(
            f"select {_SCHEDULE} from payment_schedules s where s.id = $1 for no key update", schedule_id
        )
        return None if row is None else _schedule(row)

    async def by_code(self, code: JoinCode) -> PaymentSchedule | None:
        row = await self._connection.fetchrow(
            f"select {_SCHEDULE} from payment_schedules s where s.join_code = $1", code
        )
        return None if row is None else _schedule(row)

    async def save(self, schedule: PaymentSchedule) -> None:
        await self._connection.execute(
            _SAVE,
            schedule.id,
            schedule.name,
            schedule.amount.tiyin,
            schedule.day_of_month,
            schedule.ends_on,
            schedule.join_code,
        )

    async def ids(self) -> Sequence[ScheduleId]:
        rows = await self._connection.fetch("select id from payment_schedules order by id")
        return [ScheduleId(row["id"]) for row in rows]

    async def summaries(self) -> Sequence[ScheduleSummary]:
        return [
            ScheduleSummary(schedule=_schedule(row), members=row["members"], debt=row["debt"])
            for row in await self._connection.fetch(_SUMMARIES)
        ]

    async def enter(self, schedule_id: ScheduleId, user_id: UserId, day: date) -> bool:
        entered = await self._connection.fetchval(
            "insert into schedule_members (schedule_id, user_id, joined_on) values ($1, $2, $3)"
            " on conflict (schedule_id, user_id) where left_on is null do nothing returning true",
            schedule_id,
            user_id,
            day,
        )
        return entered is not None

    async def leave(self, schedule_id: ScheduleId, user_id: UserId, day: date) -> bool:
        left = await self._connection.fetchval(
            "update schedule_members set left_on = greatest($3::date, joined_on)"
            " where schedule_id = $1 and user_id = $2 and left_on is null returning true",
            schedule_id,
            user_id,
            day,
        )
        return left is not None

    async def accounts(self, schedule_id: ScheduleId) -> Sequence[Account]:
        return [_account(row) for row in await self._connection.fetch(_ACCOUNTS, schedule_id)]

    async def accounts_of(self, user_id: UserId) -> Sequence[Account]:
        return [_account(row) for row in await self._connection.fetch(_ACCOUNTS_OF, user_id)]

    async def account(self, schedule_id: ScheduleId, user_id: UserId) -> Account | None:
        row = await self._connection.fetchrow(_ONE_ACCOUNT, schedule_id, user_id)
        return None if row is None else _account(row)

    async def debtors(self, limit: int) -> Sequence[Debtor]:
        return [
            Debtor(schedule_id=row["schedule_id"], schedule_name=row["name"], member=_member(row), debt=row["debt"])
            for row in await self._connection.fetch(_DEBTORS, limit)
        ]

    async def payments(self, schedule_id: ScheduleId, user_id: UserId, limit: int) -> Sequence[Payment]:
        return [
            Payment(
                at=row["created_at"],
                amount=row["amount_tiyin"],
                rail=Rail(row["rail"]),
                order_code=OrderCode(row["code"]),
            )
            for row in await self._connection.fetch(_PAYMENTS, schedule_id, user_id, limit)
        ]

    async def bill(self, bill_id: BillId) -> Bill | None:
        found = await self._connection.fetchval("select to_jsonb(b) from bills b where b.id = $1", bill_id)
        return None if found is None else _bill(orjson.loads(found))

    async def issue(self, bills: Sequence[NewBill], now: datetime) -> Sequence[Bill]:
        if not bills:
            return []
        rows = await self._connection.fetch(
            _ISSUE,
            [bill.schedule_id for bill in bills],
            [bill.user_id for bill in bills],
            [bill.month for bill in bills],
            [bill.amount.tiyin for bill in bills],
            [bill.due_on for bill in bills],
            now,
        )
        return [_bill(orjson.loads(row["bill"])) for row in rows]

    async def mark_overdue(self, bill_ids: Sequence[BillId], day: date) -> None:
        await self._connection.execute(
            "update bills set overdue_since = $2 where id = any($1::bigint[]) and overdue_since is null"
            " and voided_at is null",
            list(bill_ids),
            day,
        )

    async def void(self, bill_id: BillId, actor_id: UserId, reason: str, now: datetime) -> bool:
        voided = await self._connection.fetchval(
            "update bills set voided_at = $4, voided_by = $2, void_reason = $3"
            " where id = $1 and voided_at is null returning true",
            bill_id,
            actor_id,
            reason,
            now,
        )
        return voided is not None

    async def people(self, words: str, limit: int) -> Sequence[Member]:
        escaped = re.sub(r"([\\%_])", r"\\\1", words)
        phone = re.sub(r"[^0-9]", "", words) if _PHONE.fullmatch(words) else None
        return [_member(row) for row in await self._connection.fetch(_PEOPLE, escaped, phone, limit)]

    async def desk_order(self, external_id: str) -> OrderCode | None:
        return await self._connection.fetchval(
            "select o.code from payment_entries e join orders o on o.id = e.order_id"
            " where e.rail = 'cash' and e.external_id = $1 and e.kind = 'payment'",
            external_id,
        )


def _schedule(row: asyncpg.Record) -> PaymentSchedule:
    return PaymentSchedule(
        id=row["id"],
        name=row["name"],
        amount=Money(row["amount_tiyin"]),
        day_of_month=row["day_of_month"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        join_code=row["join_code"],
        created_by=row["created_by"],
        created_at=row["created_at"],
    )


def _member(row: asyncpg.Record) -> Member:
    return Member(
        user_id=row["user_id"], full_name=row["full_name"], username=row["username"], timezone=row["timezone"]
    )


def _account(row: asyncpg.Record) -> Account:
    stays: list[dict[str, str | None]] = orjson.loads(row["stays"] or "[]")
    bills: list[dict[str, Any]] = orjson.loads(row["bills"] or "[]")
    return Account(
        schedule=_schedule(row),
        member=_member(row),
        stays=tuple(
            Stay(joined_on=_date(stay["joined_on"] or ""), left_on=_date(stay["left_on"]) if stay["left_on"] else None)
            for stay in stays
        ),
        bills=tuple(map(_bill, bills)),
        paid=row["paid"],
    )


def _bill(values: dict[str, Any]) -> Bill:
    overdue_since: str | None = values["overdue_since"]
    return Bill(
        id=values["id"],
        schedule_id=values["schedule_id"],
        user_id=values["user_id"],
        month=_date(values["month"]),
        amount=Money(values["amount_tiyin"]),
        due_on=_date(values["due_on"]),
        issued_at=datetime.fromisoformat(values["issued_at"]),
        overdue_since=None if overdue_since is None else _date(overdue_since),
        void_reason=values["void_reason"],
    )


def _date(text: str) -> date:
    return date.fromisoformat(text)
