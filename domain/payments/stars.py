"""Telegram Stars as a rail: an invoice in the chat, Telegram's question before it charges, its message afterwards.

Telegram's word is taken for the money and for nothing else: whose order it pays, and whether it may, is looked up.
Protocol: https://core.telegram.org/bots/payments-stars
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.clock import Clock
from domain.language import Language
from domain.notifications.model import NoticeKind
from domain.payments.errors import ChangedMeanwhile, OrderClosed, OrderGone, OrderPaid, RailClosed, StarsRefused
from domain.payments.model import NewOrder, Order, OrderCode, Rail, parse_code
from domain.payments.placing import is_living
from domain.payments.rails import InStars, Rails, Refunding, StarsInvoice
from domain.payments.settlement import accept_payment, return_payment
from domain.payments.stars_ports import REFUND_STARS_JOB, ChargeId, StarPayment
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

CURRENCY = "XTR"
RESERVED_FOR = timedelta(minutes=2)
"""Telegram charges at once when the bot agrees; what has not come by then is not coming."""
MAX_STARS = 2**31 - 1
"""What the table holds, far above what Telegram lets one invoice ask."""
REASON_LENGTH = 200

_PAYLOAD = "order:"
_NO_CHARGE = ChargeId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class StarsCharge:
    """What Telegram says about a payment; `charge_id` of one that has been made."""

    user_id: UserId
    payload: str
    currency: str
    stars: int
    charge_id: ChargeId = _NO_CHARGE

    @property
    def code(self) -> OrderCode | None:
        """The order that the payload names; it may be anybody's. None for what this program never wrote."""
        prefix, _, code = self.payload.partition(_PAYLOAD)
        if prefix:
            return None
        try:
            return parse_code(code)
        except OrderGone:
            return None

    def require_stars(self) -> None:
        """StarsRefused for what are no Stars: nothing has come that could be returned."""
        if self.currency != CURRENCY or not 0 < self.stars <= MAX_STARS or not self.charge_id:
            raise StarsRefused

    def require_fit(self, order: Order | None) -> Order:
        """The order, if it is the payer's own and at this price; else StarsRefused."""
        if order is None or order.user_id != self.user_id:
            raise StarsRefused
        if self.currency != CURRENCY or self.stars != order.stars:
            raise StarsRefused
        return order


class ChargeFate(StrEnum):
    """What became of a payment."""

    ACCEPTED = "accepted"
    SURPLUS = "surplus"
    """It could not pay its order: a job returns it."""
    KNOWN = "known"
    """Telegram has told of it before."""


class StarsRail:
    @property
    def rail(self) -> Rail:
        return Rail.STARS

    def quote(self, order: NewOrder) -> InStars | None:
        return None if order.stars is None else InStars(order.stars)

    def start(self, order: Order, language: Language, return_url: str) -> StarsInvoice:
        if order.stars is None:
            raise RailClosed(Rail.STARS)
        return StarsInvoice(stars=order.stars, payload=f"{_PAYLOAD}{order.code}")

    async def confirm(self, uow: UnitOfWork, order: Order, evidence: StarsCharge, now: datetime) -> Order:
        """`evidence`: the payment as made. Raises StarsRefused too, for what does not fit the order."""
        evidence.require_fit(order).pay(now, Rail.STARS)
        payment = StarPayment(
            charge_id=evidence.charge_id,
            order_id=order.id,
            order_code=order.code,
            user_id=evidence.user_id,
            stars=evidence.stars,
            is_surplus=False,
            paid_at=now,
        )
        if not await uow.star_payments.add(payment):
            raise ChangedMeanwhile
        return await accept_payment(uow, order, Rail.STARS, evidence.charge_id, now)

    async def refund(self, uow: UnitOfWork, order: Order, now: datetime) -> Refunding:
        payment = await uow.star_payments.accepted(order.id)
        if payment is None:
            raise RailClosed(Rail.STARS)
        await enqueue_refund(uow, payment.charge_id, now)
        return Refunding.UNDER_WAY


async def enqueue_refund(uow: UnitOfWork, charge_id: ChargeId, now: datetime) -> None:
    """Each asking is a job of its own: one that was withdrawn may still be at work when staff asks again, and a common
    key would make the new job vanish. Telegram returns a payment once, however often it is asked."""
    key = f"{REFUND_STARS_JOB}:{charge_id}:{now.isoformat()}"
    await uow.jobs.enqueue(REFUND_STARS_JOB, {"charge_id": charge_id}, key=key)


class StarsCashier:
    """What Telegram asks and tells about payments in Stars. Every change of a payment holds its order's row."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, rails: Rails) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._rails = rails
        self._rail = StarsRail()

    async def reserve(self, charge: StarsCharge) -> Order:
        """Telegram is about to charge: keep the order for it for two minutes.

        Raises StarsRefused, RailClosed, OrderPaid, OrderClosed, OrderBusy, ChangedMeanwhile: then nothing is charged.
        """
        async with self._begin() as uow:
            order = charge.require_fit(await _locked(uow, charge.code))
            now = self._now()
            is_busy = is_living(await uow.orders.living(order.id), now)
            reserved = order.reserve(Rail.STARS, now + RESERVED_FOR, now, is_busy=is_busy)
            self._rails.of(Rail.STARS, order)
            if not await uow.orders.reserve(reserved):
                raise ChangedMeanwhile
            await uow.commit()
        return reserved

    async def release(self, order: Order) -> bool:
        """Telegram did not take the consent, so the payment is not coming: end the reservation that is `order`'s."""
        async with self._begin() as uow:
            stored = await _locked(uow, order.code)
            if stored is None or (stored.reserved_by, stored.reserved_until) != (Rail.STARS, order.reserved_until):
                return False
            is_released = await uow.orders.reserve(stored.release())
            await uow.commit()
        return is_released

    async def receive(self, charge: StarsCharge) -> ChargeFate:
        """Telegram has charged: pay the order, or keep what cannot pay it and send it back. One charge counts once.

        Raises StarsRefused for what are no Stars at all.
        """
        charge.require_stars()
        async with self._begin() as uow:
            order = await _own(uow, charge)
            if await uow.star_payments.get(charge.charge_id) is not None:
                return ChargeFate.KNOWN
            fate = await self._take(uow, order, charge)
            await uow.commit()
        return fate

    async def _take(self, uow: UnitOfWork, order: Order | None, charge: StarsCharge) -> ChargeFate:
        now = self._now()
        try:
            await self._rail.confirm(uow, charge.require_fit(order), charge, now)
        except (StarsRefused, OrderPaid, OrderClosed):
            if not await uow.star_payments.add(_surplus(charge, order, now)):
                return ChargeFate.KNOWN
            await enqueue_refund(uow, charge.charge_id, now)
            return ChargeFate.SURPLUS
        return ChargeFate.ACCEPTED

    async def refund_due(self, charge_id: ChargeId) -> StarPayment | None:
        """The payment that Telegram is to be asked to return; None when that has happened or is not wanted any more."""
        async with self._read() as uow:
            payment = await uow.star_payments.get(charge_id)
            if payment is None or payment.refunded_at is not None:
                return None
            if payment.is_surplus or payment.order_id is None:
                return payment
            return payment if await uow.orders.refund_request(payment.order_id) is not None else None

    async def note_refund(self, charge: StarsCharge) -> bool:
        """Telegram has returned the payment, asked by us or of its own accord: the order closes, the student is told.

        False when that was noted before. A payment that was never told of is kept as a surplus that went back, so that
        news of it, coming late, opens nothing. Raises StarsRefused as `receive`.
        """
        charge.require_stars()
        async with self._begin() as uow:
            order = await _own(uow, charge)
            payment = await uow.star_payments.get(charge.charge_id)
            if payment is None:
                payment = _surplus(charge, order, self._now())
                await uow.star_payments.add(payment)
            is_news = await self._return(uow, payment)
            await uow.commit()
        return is_news

    async def finish_refund(self, charge_id: ChargeId) -> bool:
        """As `note_refund`, for a payment that is known; False also for one that is not."""
        async with self._begin() as uow:
            payment = await uow.star_payments.get(charge_id)
            is_news = payment is not None and await self._return(uow, payment)
            await uow.commit()
        return is_news

    async def _return(self, uow: UnitOfWork, payment: StarPayment) -> bool:
        order = await _locked(uow, payment.order_code)
        now = self._now()
        if not await uow.star_payments.mark_refunded(payment.charge_id, now):
            return False
        if order is not None and not payment.is_surplus:
            await return_payment(uow, order, payment.charge_id, now)
        else:
            told = {"stars": payment.stars, "order_code": payment.order_code}
            await uow.notifications.add(
                payment.user_id, NoticeKind.STARS_RETURNED, f"stars:{payment.charge_id}", told, now
            )
        return True

    async def refund_refused(self, charge_id: ChargeId, reason: str) -> None:
        """Telegram will never return this payment: whoever asked for it is told, for a surplus every admin is."""
        async with self._begin() as uow:
            payment = await uow.star_payments.get(charge_id)
            if payment is None or payment.refunded_at is not None:
                return
            request = None if payment.order_id is None else await uow.orders.refund_request(payment.order_id)
            if request is not None and not payment.is_surplus:
                people, asked_at = [request.requested_by], request.requested_at
            else:
                people, asked_at = [admin.id for admin in await uow.users.admins()], payment.paid_at
            told = {
                "order_code": payment.order_code,
                "charge_id": charge_id,
                "stars": payment.stars,
                "problem": reason[:REASON_LENGTH],
            }
            key = f"stars:{charge_id}:refused:{asked_at.timestamp():.0f}"
            for person in people:
                await uow.notifications.add(person, NoticeKind.REFUND_TO_MAKE, key, told, self._now())
            await uow.commit()


async def _locked(uow: UnitOfWork, code: OrderCode | None) -> Order | None:
    return None if code is None else await uow.orders.lock_code(code)


async def _own(uow: UnitOfWork, charge: StarsCharge) -> Order | None:
    """The payer's order, held; somebody else's has nothing to do with the payment."""
    order = await _locked(uow, charge.code)
    return order if order is not None and order.user_id == charge.user_id else None


def _surplus(charge: StarsCharge, order: Order | None, now: datetime) -> StarPayment:
    return StarPayment(
        charge_id=charge.charge_id,
        order_id=None if order is None else order.id,
        order_code=None if order is None else order.code,
        user_id=charge.user_id,
        stars=charge.stars,
        is_surplus=True,
        paid_at=now,
    )
