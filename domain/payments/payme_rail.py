"""Payme as a rail: a checkout page to pay on, Payme's calls to confirm, and its cabinet to refund in."""

from dataclasses import dataclass
from datetime import datetime

from domain.language import Language
from domain.money import Money
from domain.payments.checkout import Checkout
from domain.payments.errors import ChangedMeanwhile, RailClosed
from domain.payments.model import EntryKind, NewOrder, Order, Rail
from domain.payments.payme import Transaction, TransactionState
from domain.payments.ports import Entry
from domain.payments.rails import PayPage, Refunding, Start
from domain.payments.settlement import follow_payment
from domain.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PaymeRail:
    """`checkout`: the cash desk of new payments; None: none is begun, those under way still end."""

    checkout: Checkout | None = None

    @property
    def rail(self) -> Rail:
        return Rail.PAYME

    def quote(self, order: NewOrder) -> Money | None:
        return order.price if self.checkout is not None else None

    def start(self, order: Order, language: Language, return_url: str) -> Start:
        if self.checkout is None:
            raise RailClosed(Rail.PAYME)
        return PayPage(self.checkout.link(order, language, return_url))

    async def confirm(self, uow: UnitOfWork, order: Order, evidence: Transaction, now: datetime) -> Order:
        """`evidence`: the transaction as performed. It, the order and the ledger move in one statement."""
        paid = order.pay(now, Rail.PAYME)
        entry = Entry(kind=EntryKind.PAYMENT, rail=Rail.PAYME, amount=evidence.amount, external_id=evidence.payme_id)
        if not await uow.orders.settle(evidence, TransactionState.CREATED, paid, entry):
            raise ChangedMeanwhile
        await follow_payment(uow, paid, now)
        return paid

    async def refund(self, uow: UnitOfWork, order: Order, now: datetime) -> Refunding:
        """The Merchant API knows no refund by the merchant: staff cancels the payment in Payme's cabinet, and Payme
        calls CancelTransaction."""
        return Refunding.AT_PROVIDER
