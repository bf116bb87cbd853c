"""The boundary of a rail: how money of one kind reaches the centre. Another rail is one more implementation.

| step | who calls it | what it does |
|---|---|---|
| quote | the order's screen | what the order costs this way; None: not this way |
| start | the student's tap | what the student does next: a page, an invoice, a receipt to send |
| confirm | the rail's own messenger (Payme's call, Telegram's message, staff) | keeps its record, pays the order |
| refund | staff, the provider | begins the way back, in the same transaction |

A rail decides nothing about orders: they are opened and closed by the one door of `domain.payments.settlement`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain.language import Language
from domain.learning.model import ProductKind
from domain.money import Money
from domain.payments.errors import RailClosed
from domain.payments.model import NewOrder, Order, Rail
from domain.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class InStars:
    """A price in whole Telegram Stars."""

    count: int


Quote = Money | InStars


@dataclass(frozen=True, slots=True)
class PayPage:
    """The student pays on a page of the provider's."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StarsInvoice:
    """Telegram shows an invoice; `payload` comes back with the payment and carries no authority."""

    stars: int
    payload: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """The student pays outside of the bot and sends the receipt; `details` is the operator's text: card, name, desk."""

    details: str


Start = PayPage | StarsInvoice | Transfer


class Refunding(StrEnum):
    """How a refund that staff asked for goes on."""

    DONE = "done"
    """The money is in the student's hands: the order is refunded in this very transaction."""
    UNDER_WAY = "under_way"
    """A job asks the provider; its answer ends the refund."""
    AT_PROVIDER = "at_provider"
    """Staff cancels the payment in the provider's own cabinet; the provider's call ends the refund."""


class PaymentRail(Protocol):
    @property
    def rail(self) -> Rail: ...

    def quote(self, order: NewOrder) -> Quote | None: ...

    def start(self, order: Order, language: Language, return_url: str) -> Start:
        """Pure: nothing is kept and nobody is called. Raises RailClosed for what cannot be paid this way."""
        ...

    async def confirm(self, uow: UnitOfWork, order: Order, evidence: Any, now: datetime) -> Order:
        """The money came: keep this rail's record of it by a guarded update, then go through the one door of
        `domain.payments.settlement`; the paid order.

        The order's row is held. `evidence` is of the rail's own type. Raises OrderPaid, OrderClosed.
        """
        ...

    async def refund(self, uow: UnitOfWork, order: Order, now: datetime) -> Refunding:
        """Begin to give the money of a paid order back. The order's row is held."""
        ...


class Rails:
    """The rails that are set up, and which of them sell what, both by the operator's settings."""

    def __init__(
        self, rails: Sequence[PaymentRail] = (), sells: Mapping[ProductKind, Sequence[Rail]] | None = None
    ) -> None:
        """`sells`: for each kind of product its rails, in the order in which they are offered; None: all, in order."""
        self._rails = {rail.rail: rail for rail in rails}
        self._sells = {kind: tuple(self._rails) for kind in ProductKind} if sells is None else dict(sells)

    def sells(self, kind: ProductKind) -> bool:
        return any(rail in self._rails for rail in self._sells.get(kind, ()))

    def takes(self, kind: ProductKind, name: Rail) -> bool:
        """Whether such products can be paid for on this rail."""
        return name in self._rails and name in self._sells.get(kind, ())

    def ways(self, order: NewOrder) -> Iterator[tuple[PaymentRail, Quote]]:
        for name in self._sells.get(order.product.kind, ()):
            rail = self._rails.get(name)
            quote = rail.quote(order) if rail is not None else None
            if rail is not None and quote is not None:
                yield rail, quote

    def of(self, name: Rail, order: NewOrder) -> PaymentRail:
        """Raises RailClosed where this order may not be paid so."""
        for rail, _quote in self.ways(order):
            if rail.rail is name:
                return rail
        raise RailClosed(name)

    def that_took(self, order: Order) -> PaymentRail:
        """The rail that a paid order was paid by, whether or not it still sells. Raises RailClosed."""
        rail = self._rails.get(order.paid_by) if order.paid_by is not None else None
        if rail is None:
            raise RailClosed(order.paid_by)
        return rail
