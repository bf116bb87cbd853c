"""One open order per user and product, kept by the schema: pressing Buy again goes on with it."""

from datetime import datetime

from domain.payments.errors import ChangedMeanwhile
from domain.payments.model import NewOrder, Order, OrderState
from domain.payments.payme import Transaction, milliseconds
from domain.unit_of_work import UnitOfWork


async def place_order(uow: UnitOfWork, draft: NewOrder, now: datetime, *, may_replace: bool = False) -> Order:
    """The open order for the draft's product, else the draft kept as a new one.

    An open order keeps its price, whatever the product costs by now. `may_replace`: one at another price is given up
    for the draft (the buyer chose another amount), unless a payment of it is under way: then it is the one. Raises
    ChangedMeanwhile.
    """
    order = await _continued(uow, draft, now, may_replace=may_replace)
    if order is None:
        # A second tap may have been faster: then its order is the one.
        order = await uow.orders.add(draft) or await uow.orders.lock_open(draft.user_id, draft.product)
    if order is None:
        raise ChangedMeanwhile
    return order


async def _continued(uow: UnitOfWork, draft: NewOrder, now: datetime, *, may_replace: bool) -> Order | None:
    """The open order that can still be paid; one whose time is over makes room for a new one."""
    order = await uow.orders.lock_open(draft.user_id, draft.product)
    if order is None:
        return None
    if await is_busy(uow, order, now):
        return order
    seen = order.seen_at(now)
    if seen.state is not OrderState.OPEN:
        await uow.orders.close(seen)
        return None
    if may_replace and seen.price != draft.price:
        await uow.orders.close(seen.give_up(now, is_busy=False))
        return None
    return seen


async def is_busy(uow: UnitOfWork, order: Order, now: datetime) -> bool:
    """Whether a payment of the order is under way on any rail. The order's row is held."""
    return order.is_reserved(now) or is_living(await uow.orders.living(order.id), now)


def is_living(transaction: Transaction | None, now: datetime) -> bool:
    return transaction is not None and transaction.seen_at(milliseconds(now)).is_living
