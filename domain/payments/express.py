"""The express lane: payments through Payme that meet nothing unusual.

Each step reads without holding anything, decides by the rules that hold everywhere, and writes once, in a statement
that keeps all or nothing and only if what was read still holds. Whatever is not so plain (a refusal, a repeat, a
timeout, somebody faster, tuition) steps aside: None, nothing is kept, and the way that holds the order decides.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.clock import Clock
from domain.errors import DomainError
from domain.payments.model import EntryKind, Order, OrderCode, Rail
from domain.payments.payme import (
    CreateRequest,
    NewTransaction,
    PaymeId,
    Transaction,
    TransactionState,
    is_stale,
    milliseconds,
)
from domain.payments.ports import Entry
from domain.payments.settlement import Opening, opening_of


class ExpressTill(Protocol):
    """One connection. Every method is one statement, and a transaction by itself."""

    async def order(self, code: OrderCode) -> tuple[Order, Transaction | None] | None:
        """The order and its living transaction, if it has one."""
        ...

    async def claim(self, transaction: NewTransaction) -> Transaction | None:
        """Keep the transaction if its order is open, not reserved and has no living one; None when it is not so, or
        the id is taken."""
        ...

    async def transaction(self, payme_id: PaymeId) -> tuple[Order, Transaction] | None: ...

    async def settle(self, transaction: Transaction, order: Order, entry: Entry, opening: Opening) -> bool:
        """Keep a transaction that was created as performed, its order, which was open, as paid, the ledger's entry and
        what the payment opens; False, and nothing kept, when either has another state by now."""
        ...


OpenTill = Callable[[], AbstractAsyncContextManager[ExpressTill]]


@dataclass(frozen=True, slots=True)
class ExpressLane:
    open: OpenTill
    now: Clock

    async def create(self, code: OrderCode, request: CreateRequest) -> Transaction | None:
        async with self.open() as till:
            return await self._create(till, code, request)

    async def perform(self, payme_id: PaymeId) -> Transaction | None:
        async with self.open() as till:
            return await self._perform(till, payme_id)

    async def _create(self, till: ExpressTill, code: OrderCode, request: CreateRequest) -> Transaction | None:
        found = await till.order(code)
        if found is None or found[1] is not None:
            return None
        order, moment = found[0], self.now()
        now = milliseconds(moment)
        if request.amount != order.price.tiyin or is_stale(request.time, now) or not _is_payable(order, moment):
            return None
        draft = NewTransaction(
            payme_id=request.payme_id,
            order_id=order.id,
            order_code=order.code,
            time=request.time,
            amount=request.amount,
            create_time=now,
        )
        return await till.claim(draft)

    async def _perform(self, till: ExpressTill, payme_id: PaymeId) -> Transaction | None:
        found = await till.transaction(payme_id)
        if found is None:
            return None
        order, stored = found
        moment = self.now()
        now = milliseconds(moment)
        opening = opening_of(order)
        if opening is None or stored.seen_at(now).state is not TransactionState.CREATED:
            return None
        performed = stored.perform(now)
        try:
            paid = order.pay(moment, Rail.PAYME)
        except DomainError:
            return None
        entry = Entry(kind=EntryKind.PAYMENT, rail=Rail.PAYME, amount=performed.amount, external_id=payme_id)
        return performed if await till.settle(performed, paid, entry, opening) else None


def _is_payable(order: Order, moment: datetime) -> bool:
    try:
        order.require_payable(moment, is_busy=False)
    except DomainError:
        return False
    return True
