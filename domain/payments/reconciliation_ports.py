"""What reconciliations read and keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.payments.model import OrderId
from domain.payments.reconciliation import Books, Reconciliation, ReconciliationId


class Bookkeeping(Protocol):
    async def begins_at(self) -> datetime | None:
        """When the first order was made."""
        ...

    async def touched(self, since: datetime, until: datetime, after: OrderId, limit: int) -> Sequence[OrderId]:
        """Orders with an id above `after`, the lowest first, that were made, or whose money moved by a rail or in the
        ledger, from `since` on and before `until`; Payme's transactions by Payme's time."""
        ...

    async def books(self, order_ids: Sequence[OrderId]) -> Sequence[Books]:
        """All that the tables say about these orders, read at one moment."""
        ...

    async def stray_stars(self, before: datetime) -> Sequence[int]:
        """Payments in Stars, taken before that moment, that name no order and have not gone back: how many Stars."""
        ...

    async def keep(self, result: Reconciliation) -> Reconciliation | None:
        """With its id; None when the slot has a result already."""
        ...

    async def get(self, reconciliation_id: ReconciliationId | None) -> Reconciliation | None:
        """That one; for None the newest."""
        ...
