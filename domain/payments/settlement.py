"""The one door through which money opens what it paid for, whichever rail it came on, and closes it again.

Whoever calls this holds the order's row, has moved its own rail's record by a guarded update, and commits afterwards.
"""

from datetime import datetime

from domain.learning.model import ProductKind
from domain.notifications.model import NoticeKind
from domain.payments.errors import ChangedMeanwhile
from domain.payments.model import EntryKind, Order, OrderState, Rail
from domain.payments.ports import Entry
from domain.unit_of_work import UnitOfWork


async def accept_payment(uow: UnitOfWork, order: Order, rail: Rail, external_id: str, now: datetime) -> Order:
    """The whole price has come by `rail`: pay the order, enter it into the ledger, open the product, tell the student.

    `external_id` is the rail's own id of the payment; one rail's id pays once. Raises OrderPaid, OrderClosed.
    """
    paid = order.pay(now, rail)
    stars = order.stars if rail is Rail.STARS else None
    entry = Entry(kind=EntryKind.PAYMENT, rail=rail, amount=order.price.tiyin, external_id=external_id, stars=stars)
    if not await uow.orders.settle_order(paid, OrderState.OPEN, entry):
        raise ChangedMeanwhile
    await follow_payment(uow, paid, now)
    return paid


async def return_payment(uow: UnitOfWork, order: Order, external_id: str, now: datetime) -> Order:
    """The whole price goes back the way it came: close the product, enter the refund, tell the student."""
    if order.state is not OrderState.PAID or order.paid_by is None:
        raise ChangedMeanwhile
    refunded = order.refund(now)
    stars = order.stars if order.paid_by is Rail.STARS else None
    entry = Entry(
        kind=EntryKind.REFUND, rail=order.paid_by, amount=-order.price.tiyin, external_id=external_id, stars=stars
    )
    if not await uow.orders.settle_order(refunded, OrderState.PAID, entry):
        raise ChangedMeanwhile
    await follow_refund(uow, refunded, now)
    return refunded


async def follow_payment(uow: UnitOfWork, order: Order, now: datetime) -> None:
    """What a paid order causes: access, enrolment, the announcement. Once an order, by unique keys."""
    if order.product.kind is not ProductKind.TUITION and order.course_id is not None:
        await uow.access.grant(order.user_id, order.product, order.id, now)
        await uow.enrolments.activate(order.user_id, order.course_id, now)
    await uow.notifications.add(
        order.user_id, NoticeKind.PAYMENT_PERFORMED, f"order:{order.id}", {"order_code": order.code}, now
    )


async def follow_refund(uow: UnitOfWork, order: Order, now: datetime) -> None:
    """What a refunded order causes; a request of staff for it is settled."""
    await uow.access.revoke(order.id, now)
    await uow.orders.settle_refund_request(order.id, now)
    await uow.notifications.add(
        order.user_id, NoticeKind.PAYMENT_CANCELLED, f"order:{order.id}:refund", {"order_code": order.code}, now
    )
