"""What the rules about receipts of transfers need kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.payments.model import OrderId
from domain.payments.proofs import NewProof, PaymentProof, ProofId, Twin, WaitingProof
from domain.users.model import UserId

KEEP_PROOF_JOB = "keep_proof"
"""Payload: `proof_id`."""


class Proofs(Protocol):
    """Receipts. Whoever adds or decides one holds its order's row, so that changes of one order happen one after
    another; an order has at most one that waits or was confirmed."""

    async def add(self, proof: NewProof) -> PaymentProof | None:
        """None when the order has a living one."""
        ...

    async def get(self, proof_id: ProofId) -> PaymentProof | None: ...

    async def newest(self, order_id: OrderId) -> PaymentProof | None: ...

    async def count_since(self, user_id: UserId, moment: datetime) -> int:
        """How many this student has sent since then."""
        ...

    async def decide(self, proof: PaymentProof) -> bool:
        """Keep the decision about one that waits; False when it does not wait any more."""
        ...

    async def note_kept(self, proof_id: ProofId, sha256: str) -> None: ...

    async def waiting(self, limit: int) -> Sequence[WaitingProof]:
        """The oldest first."""
        ...

    async def others_waiting(self, proof_id: ProofId | None = None) -> tuple[int, ProofId | None]:
        """How many wait besides this one, and the oldest of them."""
        ...

    async def twins(self, proof: PaymentProof) -> Sequence[Twin]:
        """The newest few of the same file (by Telegram's id of it, or by its content) for other orders."""
        ...
