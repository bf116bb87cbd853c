"""What the rules about orders and payments need kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.learning.model import Product
from domain.payments.model import EntryKind, NewOrder, Offer, Order, OrderCode, OrderId, OrderState, Rail
from domain.payments.payme import (
    FiscalReceipt,
    Milliseconds,
    NewTransaction,
    PaymeId,
    Transaction,
    TransactionId,
    TransactionState,
)
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the ledger: appended, never changed. One payment and one refund per order at most."""

    kind: EntryKind
    rail: Rail
    amount: int
    """Tiyin; negative for a refund."""
    external_id: str
    """The rail's own id of the movement."""
    stars: int | None = None
    """How many Telegram Stars moved, on their rail; `amount` is then the order's price in tiyin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccount:
    """What an operator asks about one order: did it open what it paid for, how often, and is it open now."""

    order: Order
    grant_count: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSheet:
    """All that an order's screen tells, read at once."""

    order: Order
    living: Transaction | None
    """Its living Payme transaction."""
    receipt_url: str | None
    """The link of its newest registered fiscal receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Staff wants a payment returned; it overrides the operator's rule about refunds for this order."""

    order_id: OrderId
    requested_by: UserId
    reason: str
    requested_at: datetime


class Orders(Protocol):
    """Orders, the ledger, and Payme's transactions.

    `lock…` methods hold the order's row until the unit of work ends: whoever changes an order or its transactions
    locks it first, so that changes of one order happen one after another.
    """

    async def offer(self, user_id: UserId, product: Product) -> Offer | None: ...

    async def add(self, order: NewOrder) -> Order | None:
        """None when the user has an open order for the product already (a test order never hits that)."""
        ...

    async def add_tests(self, orders: Sequence[NewOrder]) -> Sequence[Order]:
        """Many test orders at once, of which nothing differs but the code."""
        ...

    async def lock_open(self, user_id: UserId, product: Product) -> Order | None: ...
    async def lock_code(self, code: OrderCode) -> Order | None: ...
    async def lock_payme(self, payme_id: PaymeId) -> tuple[Order, Transaction] | None:
        """The transaction of this id and its order, both as they are once nobody else holds them."""
        ...

    async def get(self, code: OrderCode) -> tuple[Order, Transaction | None] | None:
        """The order and its living transaction, if it has one."""
        ...

    async def sheet(self, code: OrderCode) -> OrderSheet | None: ...

    async def of_user(self, user_id: UserId, limit: int) -> Sequence[tuple[Order, Transaction | None]]:
        """The newest first."""
        ...

    async def close(self, order: Order) -> bool:
        """Keep the state of an order that was open; False when it is not open any more."""
        ...

    async def reserve(self, order: Order) -> bool:
        """Keep `reserved_by`, `reserved_until` and `expires_at` of an open order; False when it is closed by now."""
        ...

    async def settle_order(self, order: Order, was: OrderState, entry: Entry) -> bool:
        """Keep the order's new state and the ledger's entry together; False, and nothing kept, when the order's state
        is not `was` any more. (For Payme see `settle`.)"""
        ...

    async def is_used(self, order: Order) -> bool:
        """Whether the student has opened, since they first paid for it, a lesson that this order opened for them.

        Only the first opening of a lesson is known, so what was used and refunded counts as used when bought again.
        """
        ...

    async def refund_request(self, order_id: OrderId) -> RefundRequest | None:
        """The request of staff that waits for the money to go back."""
        ...

    async def request_refund(self, request: RefundRequest) -> bool:
        """False when there is one already."""
        ...

    async def withdraw_refund_request(self, order_id: OrderId, actor_id: UserId, now: datetime) -> bool: ...

    async def settle_refund_request(self, order_id: OrderId, now: datetime) -> None:
        """The money went back; without a request nothing changes."""
        ...

    async def transaction(self, payme_id: PaymeId) -> Transaction | None: ...

    async def living(self, order_id: OrderId) -> Transaction | None: ...

    async def rivals(self, order_id: OrderId, payme_id: PaymeId) -> Sequence[Transaction]:
        """The order's living transaction and the one of this id, whichever order it belongs to."""
        ...

    async def add_transaction(self, transaction: NewTransaction) -> Transaction | None:
        """None when the id is taken or the order has a living transaction."""
        ...

    async def close_transaction(self, transaction: Transaction) -> bool:
        """Keep the end of a transaction that was only created; False when it is not in that state any more."""
        ...

    async def settle(self, transaction: Transaction, was: TransactionState, order: Order, entry: Entry) -> bool:
        """Keep the transaction, its order and the ledger's entry together; False, and nothing kept, when the
        transaction's state is not `was` any more."""
        ...

    async def statement(self, start: Milliseconds, end: Milliseconds) -> Sequence[Transaction]:
        """Transactions by Payme's time, both ends included, the oldest first."""
        ...

    async def set_receipt(self, transaction_id: TransactionId, receipt: FiscalReceipt) -> None:
        """Keep the receipt of this kind; a later one replaces it."""
        ...

    async def account(self, code: OrderCode) -> OrderAccount | None: ...

    async def test_offer(self, now: datetime) -> tuple[UserId, Offer]:
        """The hidden course that the provider's test orders buy, and the student, never written to, who buys it."""
        ...
