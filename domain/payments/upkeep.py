"""What happens to orders by the clock alone, and which screens it makes untrue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.clock import Clock
from domain.payments.model import Order, OrderCode, OrderId, OrderState
from domain.payments.payme import Transaction, milliseconds
from domain.payments.placing import is_living
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

REDRAW_ORDER_JOB: Final = "redraw_order"
"""The student's screen of an order tells what is no longer so. Payload: `user_id`, `order_code`."""
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep has done."""

    expired: int = 0
    released: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.expired + other.expired, self.released + other.released)


class OrderKeeper:
    """Rules see an order that is past its time as expired whether or not it was swept; the sweep makes it so in the
    tables, frees what a payment in Stars has left behind, and has the screens with dead buttons redrawn."""

    def __init__(self, *, begin: Begin, now: Clock, batch: int = BATCH) -> None:
        self._begin = begin
        self._now = now
        self._batch = batch

    async def sweep(self) -> Swept:
        """Every overdue order that nobody holds, a batch in a transaction. Two sweeps at once share the work."""
        swept = Swept()
        while True:
            async with self._begin() as uow:
                count, done = await self._sweep_batch(uow)
                await uow.commit()
            swept += done
            # A batch that changed nothing would come back unchanged.
            if count < self._batch or done == Swept():
                return swept

    async def redraw(self, user_id: UserId, code: OrderCode, cause: str) -> None:
        """Have their screen of this order redrawn, should it be open; asked again for one cause, it is done once."""
        async with self._begin() as uow:
            await _redraw(uow, user_id, code, cause)
            await uow.commit()

    async def _sweep_batch(self, uow: UnitOfWork) -> tuple[int, Swept]:
        now = self._now()
        overdue = await uow.order_upkeep.take_overdue(now, self._batch)
        living = await uow.order_upkeep.living(overdue)
        ends: dict[OrderId, Order] = {}
        released = 0
        for order in overdue:
            seen = await self._seen(uow, order, living, now)
            if seen.state is OrderState.EXPIRED:
                ends[order.id] = seen
            elif order.reserved_by is not None and not order.is_reserved(now):
                released += await uow.orders.reserve(order.release())
        expired = await uow.order_upkeep.expire(list(ends.values()))
        for order_id in expired:
            await _redraw(uow, ends[order_id].user_id, ends[order_id].code, OrderState.EXPIRED)
        return len(overdue), Swept(len(expired), released)

    async def _seen(self, uow: UnitOfWork, order: Order, living: Mapping[OrderId, Transaction], now: datetime) -> Order:
        """The order as it stands; a transaction that has timed out is closed, for its order may end now."""
        transaction = living.get(order.id)
        if is_living(transaction, now):
            return order
        if transaction is not None:
            await uow.orders.close_transaction(transaction.seen_at(milliseconds(now)))
        return order.seen_at(now)


async def _redraw(uow: UnitOfWork, user_id: UserId, code: OrderCode, cause: str) -> None:
    await uow.jobs.enqueue(REDRAW_ORDER_JOB, {"user_id": user_id, "order_code": code}, key=f"redraw:{code}:{cause}")
