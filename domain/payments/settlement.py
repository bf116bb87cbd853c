"""The one door through which money opens what it paid for, whichever rail it came on, and closes it again.

Whoever calls this holds the order's row, has moved its own rail's record by a guarded update, and commits afterwards.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.courses.model import CourseId
from domain.learning.model import Product, ProductKind
from domain.notifications.model import NoticeData, NoticeKind
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
    opening = opening_of(order)
    if opening is not None:
        await uow.access.grant(order.user_id, opening.product, order.id, now)
        await uow.enrolments.activate(order.user_id, opening.course_id, now)
    notice = _announcement(order)
    await uow.notifications.add(order.user_id, notice.kind, notice.key, notice.data, now)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the student is told; once, by its key."""

    kind: NoticeKind
    key: str
    data: NoticeData


@dataclass(frozen=True, slots=True)
class Opening:
    """What a paid order opens, and the announcement of it."""

    product: Product
    course_id: CourseId
    """The course that the student is enrolled in."""
    notice: Notice


def opening_of(order: Order) -> Opening | None:
    """None: it opens nothing by itself."""
    if order.product.kind is ProductKind.TUITION or order.course_id is None:
        return None
    return Opening(order.product, order.course_id, _announcement(order))


def _announcement(order: Order) -> Notice:
    return Notice(NoticeKind.PAYMENT_PERFORMED, f"order:{order.id}", {"order_code": order.code})


async def follow_refund(uow: UnitOfWork, order: Order, now: datetime) -> None:
    """What a refunded order causes; a request of staff for it is settled."""
    await uow.access.revoke(order.id, now)
    await uow.orders.settle_refund_request(order.id, now)
    await uow.notifications.add(
        order.user_id, NoticeKind.PAYMENT_CANCELLED, f"order:{order.id}:refund", {"order_code": order.code}, now
    )
