"""Open orders past their time, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from db.engine import Connection
from db.order_rows import ORDER, TRANSACTION, load_order, load_transaction
from domain.payments.model import Order, OrderId
from domain.payments.payme import TIMEOUT_MS, Transaction, milliseconds

# Those with a living transaction are left out here so that they cannot fill the batch for twelve hours. Whether one
# came since is asked again after the rows are held: this statement still sees what was before it waited for nothing.
_TAKE_OVERDUE = f"""
    select {ORDER} from orders o
    where o.state = 'open' and (
        o.expires_at <= $1 and (o.reserved_by is null or o.reserved_until <= $1)
        and not exists (
            select from payme_transactions t
            where t.order_id = o.id and (t.state = 2 or t.state = 1 and least(t.time, t.create_time) > $3)
        )
        or o.reserved_until <= $1
    )
    order by o.expires_at limit $2
    for update of o skip locked
"""
_LIVING = f"""
    select {TRANSACTION}, o.code from payme_transactions t join orders o on o.id = t.order_id
    where t.order_id = any($1::bigint[]) and t.state in (1, 2)
"""
_EXPIRE = """
    update orders o set state = 'expired', closed_at = e.closed_at, reserved_by = null, reserved_until = null
    from unnest($1::bigint[], $2::timestamptz[]) as e (id, closed_at)
    where o.id = e.id and o.state = 'open' returning o.id
"""


class SqlOrderUpkeep:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take_overdue(self, now: datetime, limit: int) -> Sequence[Order]:
        deadline = milliseconds(now) - TIMEOUT_MS
        return [load_order(row) for row in await self._connection.fetch(_TAKE_OVERDUE, now, limit, deadline)]

    async def living(self, orders: Sequence[Order]) -> Mapping[OrderId, Transaction]:
        rows = await self._connection.fetch(_LIVING, [order.id for order in orders]) if orders else ()
        return {row["order_id"]: load_transaction(row) for row in rows}

    async def expire(self, orders: Sequence[Order]) -> Sequence[OrderId]:
        if not orders:
            return ()
        rows = await self._connection.fetch(
            _EXPIRE, [order.id for order in orders], [order.closed_at for order in orders]
        )
        return [row["id"] for row in rows]
