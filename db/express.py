"""The express lane's statements. Each is a transaction by itself: no BEGIN, no COMMIT, one round trip.

A guard is asked of the row as it is once nobody else holds it: `for no key update` waits for whoever holds the order,
and then reads it anew.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import orjson

from db.engine import Connection, Pool
from db.job_bell import JobBell
from db.order_rows import ORDER, TRANSACTION, load_order, load_order_and_living, load_transaction
from domain.notifications.ports import DELIVER_JOB
from domain.payments.express import OpenTill
from domain.payments.model import Order, OrderCode
from domain.payments.payme import NewTransaction, PaymeId, Transaction, TransactionId
from domain.payments.ports import Entry
from domain.payments.settlement import Opening

_BY_CODE = f"""
    select {ORDER}, {TRANSACTION} from orders o
    left join payme_transactions t on t.order_id = o.id and t.state in (1, 2)
    where o.code = $1
"""
_BY_PAYME_ID = f"""
    select {ORDER}, {TRANSACTION} from payme_transactions t join orders o on o.id = t.order_id where t.payme_id = $1
"""
_CLAIM = """
    insert into payme_transactions (payme_id, order_id, time, amount, create_time)
    select $1, o.id, $3, $4, $5 from orders o
    where o.id = $2 and o.state = 'open' and o.reserved_by is null
    for no key update of o
    on conflict do nothing returning id
"""
# The job is written as PgQueuer's own statement writes it, which cannot be part of another one.
_SETTLE = f"""
    with held as (
        select t.id as transaction_id, o.id, o.user_id, set_config('ustoz.bell', 'later', true)
        from payme_transactions t join orders o on o.id = t.order_id
        where t.id = $1 and t.state = 1 and o.state = 'open'
        for no key update of o, t
    ), moved as (
        update payme_transactions t set state = 2, perform_time = $2 from held where t.id = held.transaction_id
        returning t.order_id
    ), closed as (
        update orders o set state = 'paid', paid_at = $3, paid_by = 'payme', reserved_by = null, reserved_until = null
        from moved where o.id = moved.order_id
    ), entered as (
        insert into payment_entries (order_id, kind, rail, amount_tiyin, external_id, created_at)
        select id, $4, $5, $6, $7, $3 from held
    ), granted as (
        insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)
        select user_id, $8, $9, id, $3 from held on conflict (order_id) do nothing
    ), enrolled as (
        insert into enrolments (user_id, course_id, status, enrolled_at)
        select user_id, $10, 'active', $3 from held
        on conflict (user_id, course_id) do update set status = 'active' where enrolments.status = 'cancelled'
    ), told as (
        insert into notifications (user_id, kind, key, data, created_at, updated_at)
        select user_id, $11, $12, $13::jsonb, $3, $3 from held on conflict (user_id, key) do nothing returning id
    ), job as (
        insert into pgqueuer (priority, entrypoint, payload, headers, status)
        select 0, '{DELIVER_JOB}', convert_to('{{"notification_id":' || id || '}}', 'UTF8'), 'null', 'queued' from told
        returning id, entrypoint, priority
    ), logged as (
        insert into pgqueuer_log (job_id, status, entrypoint, priority)
        select id, 'queued', entrypoint, priority from job
    )
    select true from held
"""


def express_tills(pool: Pool) -> OpenTill:
    bell = JobBell(pool)

    @asynccontextmanager
    async def open_till() -> AsyncGenerator[SqlExpressTill, None]:
        async with pool.acquire() as connection:
            yield SqlExpressTill(connection, bell)

    return open_till


class SqlExpressTill:
    def __init__(self, connection: Connection, bell: JobBell) -> None:
        self._connection = connection
        self._bell = bell

    async def order(self, code: OrderCode) -> tuple[Order, Transaction | None] | None:
        row = await self._connection.fetchrow(_BY_CODE, code)
        return None if row is None else load_order_and_living(row)

    async def transaction(self, payme_id: PaymeId) -> tuple[Order, Transaction] | None:
        row = await self._connection.fetchrow(_BY_PAYME_ID, payme_id)
        return None if row is None else (load_order(row), load_transaction(row))

    async def claim(self, transaction: NewTransaction) -> Transaction | None:
        transaction_id: TransactionId | None = await self._connection.fetchval(
            _CLAIM,
            transaction.payme_id,
            transaction.order_id,
            transaction.time,
            transaction.amount,
            transaction.create_time,
        )
        if transaction_id is None:
            return None
        return Transaction(
            id=transaction_id,
            payme_id=transaction.payme_id,
            order_id=transaction.order_id,
            order_code=transaction.order_code,
            time=transaction.time,
            amount=transaction.amount,
            create_time=transaction.create_time,
        )

    async def settle(self, transaction: Transaction, order: Order, entry: Entry, opening: Opening) -> bool:
        settled = await self._connection.fetchval(
            _SETTLE,
            transaction.id,
            transaction.perform_time,
            order.paid_at,
            entry.kind,
            entry.rail,
            entry.amount,
            entry.external_id,
            opening.product.kind,
            opening.product.id,
            opening.course_id,
            opening.notice.kind,
            opening.notice.key,
            orjson.dumps(dict(opening.notice.data)).decode(),
        )
        if settled is not None:
            self._bell.ring()
        return settled is not None
