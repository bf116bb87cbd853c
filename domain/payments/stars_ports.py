"""What the rules about payments in Telegram Stars need kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from domain.payments.model import OrderCode, OrderId
from domain.users.model import UserId

ChargeId = NewType("ChargeId", str)
"""`telegram_payment_charge_id`: Telegram's own id of one payment, needed to return it."""

REFUND_STARS_JOB = "refund_stars"
"""Payload: `charge_id`. Asks Telegram to return the payment, if that is still wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarPayment:
    """Stars that Telegram took from a person for the bot."""

    charge_id: ChargeId
    order_id: OrderId | None
    """The payer's own order; None when what was paid names none, and then it is a surplus."""
    order_code: OrderCode | None
    user_id: UserId
    stars: int
    is_surplus: bool
    """It came for an order that could not take it: it opens nothing and goes back."""
    paid_at: datetime
    refunded_at: datetime | None = None


class StarPayments(Protocol):
    """An order's row is held by whoever adds or returns a payment of it."""

    async def get(self, charge_id: ChargeId) -> StarPayment | None: ...

    async def accepted(self, order_id: OrderId) -> StarPayment | None:
        """The payment that paid the order, whether or not it was returned since."""
        ...

    async def add(self, payment: StarPayment) -> bool:
        """False, and nothing kept, when the charge is known, or another one has paid the order already."""
        ...

    async def mark_refunded(self, charge_id: ChargeId, now: datetime) -> bool:
        """False when it was returned before."""
        ...
