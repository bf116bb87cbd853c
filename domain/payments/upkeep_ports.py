"""What the clock's care for open orders needs kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.payments.model import Order, OrderId
from domain.payments.payme import Transaction


class OrderUpkeep(Protocol):
    async def take_overdue(self, now: datetime, limit: int) -> Sequence[Order]:
        """Open orders whose time, or whose reservation, is over, those that wait longest first.

        Their rows are held until the unit of work ends; an order that somebody else holds is passed over: a payment
        is being made of it right now.
        """
        ...

    async def living(self, orders: Sequence[Order]) -> Mapping[OrderId, Transaction]:
        """The living Payme transactions of these orders. Asked after they are held, it misses none."""
        ...

    async def expire(self, orders: Sequence[Order]) -> Sequence[OrderId]:
        """Keep the end of those that are open still; which."""
        ...
