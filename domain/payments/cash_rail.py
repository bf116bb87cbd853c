"""Cash or a transfer as a rail: the student pays outside of the bot, sends the receipt, and staff confirms it."""

from dataclasses import dataclass
from datetime import datetime

from domain.language import Language
from domain.money import Money
from domain.payments.errors import ProofDecided, RailClosed
from domain.payments.model import NewOrder, Order, Rail
from domain.payments.proofs import PaymentProof
from domain.payments.rails import Refunding, Start, Transfer
from domain.payments.settlement import accept_payment
from domain.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CashRail:
    """`details`: where students transfer to, in the operator's words; None: nothing new is paid so, receipts that were
    sent before are still decided."""

    details: str | None = None

    @property
    def rail(self) -> Rail:
        return Rail.CASH

    def quote(self, order: NewOrder) -> Money | None:
        return order.price if self.details is not None else None

    def start(self, order: Order, language: Language, return_url: str) -> Start:
        if self.details is None:
            raise RailClosed(Rail.CASH)
        return Transfer(self.details)

    async def confirm(self, uow: UnitOfWork, order: Order, evidence: PaymentProof, now: datetime) -> Order:
        """`evidence`: the receipt as confirmed. Raises ProofDecided when somebody else was faster."""
        if not await uow.proofs.decide(evidence):
            raise ProofDecided
        return await accept_payment(uow, order, Rail.CASH, f"proof:{evidence.id}", now)

    async def refund(self, uow: UnitOfWork, order: Order, now: datetime) -> Refunding:
        """Staff has handed the money back, or transferred it, and says so."""
        return Refunding.DONE
