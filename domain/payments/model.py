"""Orders: one purchase attempt of one product by one student, at a frozen price."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.courses.model import CourseId, Entitlement, Sale
from domain.fiscal import FiscalCodes
from domain.language import Text
from domain.learning.model import Product, ProductKind
from domain.money import TIYIN_PER_SOM, Money
from domain.payments.errors import AlreadyOwned, NotForSale, OrderBusy, OrderClosed, OrderGone, OrderPaid
from domain.users.model import UserId

OrderId = NewType("OrderId", int)
OrderCode = NewType("OrderCode", str)
"""The order's public name: Payme's account value and the deep link `o_<code>`. It grants nothing."""

ORDER_LIFETIME = timedelta(hours=24)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12
_CODE = re.compile(rf"[{_ALPHABET}]{{{_CODE_LENGTH}}}")

NewCode = Callable[[], OrderCode]


def random_code() -> OrderCode:
    """60 random bits without letters that people mix up (I, L, O, U)."""
    return OrderCode("".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)))


def parse_code(value: str) -> OrderCode:
    """The code, exactly as it was given out: other digits, cases or spaces name no order (OrderGone)."""
    if _CODE.fullmatch(value) is None:
        raise OrderGone
    return OrderCode(value)


class OrderState(StrEnum):
    OPEN = "open"
    """Waiting for payment."""
    PAID = "paid"
    CANCELLED = "cancelled"
    """Given up by the student."""
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Rail(StrEnum):
    """How money reaches the centre."""

    PAYME = "payme"
    STARS = "stars"
    """Telegram Stars."""
    CASH = "cash"
    """Cash or a transfer, shown by a receipt that staff confirms."""


class EntryKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class RefundRule(StrEnum):
    """When a provider may take a performed payment back (for Payme: CancelTransaction, else -31007)."""

    ALWAYS = "always"
    UNUSED = "unused"
    """Until the student has opened one of the lessons that the payment opened."""
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms the operator sells."""

    fiscal: FiscalCodes | None = None
    """For products without codes of their own."""
    soms_per_star: int | None = None
    """How many so'm one Telegram Star counts for; None: only products with a price in Stars are sold for them."""
    refunds: RefundRule = RefundRule.ALWAYS

    def stars_for(self, price: Money, own_price: int | None) -> int | None:
        """The product's own price in Stars, else the so'm by the rate, rounded up to whole Stars."""
        if own_price is not None:
            return own_price
        if self.soms_per_star is None:
            return None
        return -(-price.tiyin // (self.soms_per_star * TIYIN_PER_SOM))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The facts that decide whether one person may buy one product, and for how much."""

    product: Product
    course_id: CourseId
    title: Text
    sale: Sale
    price: Money | None
    is_published: bool
    is_preview: bool
    entitlement: Entitlement
    stars: int | None = None
    """The product's own price in Stars."""
    fiscal: FiscalCodes | None = None
    """The product's own fiscal codes."""

    def sellable_price(self) -> Money:
        """What it costs; AlreadyOwned when it is open to them, NotForSale when it cannot be bought this way."""
        if not self.is_published:
            raise NotForSale
        if self.entitlement.is_staff or self.entitlement.owns_course or self.entitlement.owns_lesson:
            raise AlreadyOwned
        sold_as = Sale.COURSE if self.product.kind is ProductKind.COURSE else Sale.LESSONS
        if self.sale is not sold_as or self.is_preview or self.price is None or self.price.is_free:
            raise NotForSale
        return self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order that has no id yet. Title, price and fiscal codes are snapshots: later changes do not touch it."""

    code: OrderCode
    user_id: UserId
    product: Product
    course_id: CourseId | None
    """The product itself, or the course of the lesson: whoever pays is enrolled in it. None for tuition."""
    title: Text
    price: Money
    created_at: datetime
    expires_at: datetime
    fiscal: FiscalCodes | None = None
    is_final: bool = False
    """True when a performed payment may not be cancelled: the service counts as delivered."""
    is_test: bool = False
    """Made for the provider's sandbox; several of one product may be open at once."""
    stars: int | None = None
    """The price in Telegram Stars; None: not sold for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(NewOrder):
    id: OrderId
    state: OrderState = OrderState.OPEN
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    """When it was cancelled, expired or refunded."""
    paid_by: Rail | None = None
    reserved_by: Rail | None = None
    """A rail, other than Payme, on which a payment of it is under way: nobody else may pay, cancel or expire it.
    (Payme's reservation is its living transaction.)"""
    reserved_until: datetime | None = None
    """None while reserved: until somebody decides."""

    def is_reserved(self, now: datetime) -> bool:
        return self.reserved_by is not None and (self.reserved_until is None or now < self.reserved_until)

    def reserve(self, rail: Rail, until: datetime | None, now: datetime, *, is_busy: bool) -> "Order":
        """Keep the order for a payment that is about to arrive. Raises as `require_payable`."""
        self.require_payable(now, is_busy=is_busy)
        return replace(self, reserved_by=rail, reserved_until=until)

    def release(self, *, until: datetime | None = None) -> "Order":
        """The payment did not come after all. `until`: the order can be paid until then at least."""
        expires_at = self.expires_at if until is None else max(self.expires_at, until)
        return replace(self, reserved_by=None, reserved_until=None, expires_at=expires_at)

    def seen_at(self, now: datetime) -> "Order":
        """The order as it stands at `now` when no payment is under way: past its time an open one is expired."""
        if self.state is OrderState.OPEN and now >= self.expires_at and not self.is_reserved(now):
            return replace(self.release(), state=OrderState.EXPIRED, closed_at=self.expires_at)
        return self

    def require_payable(self, now: datetime, *, is_busy: bool) -> None:
        """OrderPaid, OrderClosed or OrderBusy, unless a new payment may begin now."""
        if self.state is OrderState.PAID:
            raise OrderPaid
        if self.state is not OrderState.OPEN:
            raise OrderClosed
        if is_busy or self.is_reserved(now):
            raise OrderBusy
        if self.seen_at(now).state is OrderState.EXPIRED:
            raise OrderClosed

    def pay(self, now: datetime, rail: Rail) -> "Order":
        """A payment that began in time counts, even if the order's time has run out since.

        Raises OrderPaid, or OrderClosed for what was given up or expired.
        """
        if self.state is OrderState.PAID:
            raise OrderPaid
        if self.state is not OrderState.OPEN:
            raise OrderClosed
        return replace(self.release(), state=OrderState.PAID, paid_at=now, paid_by=rail)

    def refund(self, now: datetime) -> "Order":
        return replace(self, state=OrderState.REFUNDED, closed_at=now)

    def give_up(self, now: datetime, *, is_busy: bool) -> "Order":
        """Cancelling what is closed already changes nothing."""
        if self.state is OrderState.PAID:
            raise OrderPaid
        if self.state is not OrderState.OPEN:
            return self
        if is_busy or self.is_reserved(now):
            raise OrderBusy
        return replace(self.release(), state=OrderState.CANCELLED, closed_at=now)
