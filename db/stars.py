"""Payments in Telegram Stars in PostgreSQL."""

from datetime import datetime

import asyncpg

from db.engine import Connection
from domain.payments.model import OrderId
from domain.payments.stars_ports import ChargeId, StarPayment

_PAYMENT = "s.charge_id, s.order_id, o.code, s.user_id, s.stars, s.is_surplus, s.paid_at, s.refunded_at"
_GET = f"select {_PAYMENT} from star_payments s left join orders o on o.id = s.order_id where s.charge_id = $1"
_ACCEPTED = f"""
    select {_PAYMENT} from star_payments s join orders o on o.id = s.order_id
    where s.order_id = $1 and not s.is_surplus
"""
_ADD = """
    insert into star_payments (charge_id, order_id, user_id, stars, is_surplus, paid_at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning true
"""
_MARK_REFUNDED = """
    update star_payments set refunded_at = $2 where charge_id = $1 and refunded_at is null returning true
"""


class SqlStarPayments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, charge_id: ChargeId) -> StarPayment | None:
        return _payment(await self._connection.fetchrow(_GET, charge_id))

    async def accepted(self, order_id: OrderId) -> StarPayment | None:
        return _payment(await self._connection.fetchrow(_ACCEPTED, order_id))

    async def add(self, payment: StarPayment) -> bool:
        added = await self._connection.fetchval(
            _ADD,
            payment.charge_id,
            payment.order_id,
            payment.user_id,
            payment.stars,
            payment.is_surplus,
            payment.paid_at,
        )
        return added is not None

    async def mark_refunded(self, charge_id: ChargeId, now: datetime) -> bool:
        return await self._connection.fetchval(_MARK_REFUNDED, charge_id, now) is not None


def _payment(row: asyncpg.Record | None) -> StarPayment | None:
    if row is None:
        return None
    return StarPayment(
        charge_id=row["charge_id"],
        order_id=row["order_id"],
        order_code=row["code"],
        user_id=row["user_id"],
        stars=row["stars"],
        is_surplus=row["is_surplus"],
        paid_at=row["paid_at"],
        refunded_at=row["refunded_at"],
    )
