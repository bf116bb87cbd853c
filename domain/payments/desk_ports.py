"""What the staff desk needs to know about orders, whoever made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.payments.model import EntryKind, Order, OrderCode, OrderId, OrderState, Rail
from domain.users.model import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which orders are looked for; None leaves a question open. Orders of the provider's sandbox are never meant."""

    state: OrderState | None = None
    rail: Rail | None = None
    """The rail that it was paid by, or on which a payment of it is under way."""
    student: str | None = None
    """Words of a name, a @username, digits of a phone number, a Telegram id or an order's code."""
    since: datetime | None = None
    until: datetime | None = None
    """Orders that were made, paid or closed from `since` on and before `until`."""
    has_refund_under_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: UserId
    full_name: str
    username: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """One order in a list."""

    order: Order
    student: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements:
    """What moved one way on one rail."""

    rail: Rail
    kind: EntryKind
    count: int
    amount: int
    """Tiyin, positive for refunds too."""
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A day at the cash desk."""

    movements: Sequence[Movements]
    open_orders: int
    waiting_proofs: int
    refunds_under_way: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentId:
    """The rail's own id of a payment of an order."""

    rail: Rail
    external_id: str
    is_returned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReceipt:
    """A fiscal receipt; `is_refund`: of the refund."""

    is_refund: bool
    receipt_id: str
    url: str
    """Empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundUnderWay:
    asked_by: Person
    reason: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """Something that happened to an order; `event` and `data` as the tables wrote them."""

    at: datetime
    event: str
    actor: str | None
    """The name of whoever did it; None: the program or a provider."""
    data: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything about one order but its history."""

    order: Order
    student: Person
    payments: Sequence[PaymentId]
    receipts: Sequence[DeskReceipt]
    refund: RefundUnderWay | None
    is_open: bool
    """Whether what it paid for is open by it now."""
    history_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLine:
    """One order as an accountant reads it."""

    order: Order
    student_id: UserId
    student_name: str
    refunded: int
    """Tiyin that went back; never negative."""
    external_id: str
    """The rail's own id of the payment; empty when there was none."""


class Desk(Protocol):
    """Reads for staff."""

    async def numbers(self, since: datetime, until: datetime, now: datetime) -> Numbers:
        """What moved in between, and what waits now."""
        ...

    async def lines(self, wanted: Wanted, before: OrderId | None, limit: int) -> Sequence[DeskLine]:
        """The newest first, older than `before`."""
        ...

    async def export(self, wanted: Wanted, before: OrderId | None, limit: int) -> Sequence[ExportLine]: ...

    async def dossier(self, code: OrderCode) -> Dossier | None: ...

    async def history(self, code: OrderCode, skip: int, limit: int) -> Sequence[HistoryLine]:
        """In the order in which it happened."""
        ...

    async def payment_id(self, order_id: OrderId) -> str | None:
        """The rail's own id of the payment in the ledger."""
        ...
