"""Proofs: receipts of cash or of a transfer, sent by students and decided by staff."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.errors import InvalidInput, NotAllowed
from domain.language import Text
from domain.money import Money
from domain.payments.errors import ProofDecided
from domain.payments.model import Order, OrderCode, OrderId, OrderState
from domain.users.model import User, UserId

ProofId = NewType("ProofId", int)

MAX_RECEIPT_BYTES = 20 * 1024 * 1024
"""What a bot can download from Telegram: of a larger file no original could be kept."""
MAX_REASON = 200
"""Characters of a reason that staff types."""
SENT_A_DAY = 30
"""Receipts of one student within 24 hours: each of them asks staff for attention."""
TRY_AGAIN = timedelta(hours=24)
"""How long an order can at least be paid after its receipt was not accepted."""

_NOT_PICTURES = frozenset({"image/svg+xml"})
"""Drawings that a program makes: nobody is shown a receipt in them, and a viewer may run what they contain."""


class ProofState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Taken back by the student, or replaced by another one."""


class RejectReason(StrEnum):
    """What is mostly wrong with a receipt; anything else is typed by staff and stands in the same place."""

    UNREADABLE = "unreadable"
    OTHER_AMOUNT = "other_amount"
    NOT_FOUND = "not_found"
    """The money has not come."""


def clean_reason(words: str) -> str:
    """One line of 1 to MAX_REASON characters. Raises InvalidInput("reason", "empty" or "too_long")."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
    if not line:
        raise InvalidInput("reason", "empty")
    if len(line) > MAX_REASON:
        raise InvalidInput("reason", "too_long")
    return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A photo or a file as the student sent it; `file_unique_id` is the same wherever the same file is sent again."""

    file_id: str
    file_unique_id: str
    is_photo: bool
    mime: str
    size: int
    """Bytes."""

    def checked(self) -> "Receipt":
        """Raises InvalidInput("receipt", "not_a_receipt" or "too_large"): a picture or a PDF of up to 20 MB it is."""
        is_picture = self.mime.startswith("image/") and self.mime not in _NOT_PICTURES
        if not (self.is_photo or is_picture or self.mime == "application/pdf"):
            raise InvalidInput("receipt", "not_a_receipt")
        if self.size > MAX_RECEIPT_BYTES:
            raise InvalidInput("receipt", "too_large")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProof:
    order_id: OrderId
    order_code: OrderCode
    user_id: UserId
    file_id: str
    file_unique_id: str
    is_photo: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentProof(NewProof):
    """One receipt of one order. It is decided once; what was decided stays."""

    id: ProofId
    state: ProofState = ProofState.WAITING
    sha256: str | None = None
    """Of the original in the storage, once it is kept."""
    decided_by: UserId | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    """Why it was rejected: a word of `RejectReason`, or what staff typed."""

    def confirm(self, actor_id: UserId, now: datetime) -> "PaymentProof":
        """The money has come. Raises ProofDecided; NotAllowed for one's own receipt."""
        return self._decide(ProofState.CONFIRMED, actor_id, now)

    def reject(self, actor_id: UserId, reason: str, now: datetime) -> "PaymentProof":
        """`reason` is clean (see `clean_reason`). Raises ProofDecided; NotAllowed for one's own receipt."""
        return replace(self._decide(ProofState.REJECTED, actor_id, now), reason=reason)

    def withdraw(self, now: datetime) -> "PaymentProof":
        """The student takes it back. Raises ProofDecided."""
        self._require_waiting()
        return replace(self, state=ProofState.WITHDRAWN, decided_by=self.user_id, decided_at=now)

    def _decide(self, state: ProofState, actor_id: UserId, now: datetime) -> "PaymentProof":
        if actor_id == self.user_id:
            raise NotAllowed
        self._require_waiting()
        return replace(self, state=state, decided_by=actor_id, decided_at=now)

    def _require_waiting(self) -> None:
        if self.state is not ProofState.WAITING:
            raise ProofDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingProof:
    """A line of the list of those that wait."""

    id: ProofId
    student_name: str
    title: Text
    price: Money
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingProofs:
    """How many wait, and the oldest of them."""

    count: int
    oldest: Sequence[WaitingProof]


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The same file, sent for another order."""

    order_code: OrderCode
    student_name: str
    state: ProofState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """What staff sees of one proof."""

    proof: PaymentProof
    order: Order
    student: User
    decider: User | None
    """Who decided it, if somebody did."""
    twins: Sequence[Twin]
    """Other orders for which the same file was sent, the newest first."""
    successor_id: ProofId | None
    """The proof that the order has now, when this one was withdrawn or rejected."""
    next_id: ProofId | None
    """The oldest of the others that wait."""
    waiting_count: int
    """How many others wait."""

    @property
    def is_waiting(self) -> bool:
        return self.proof.state is ProofState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPage:
    """What a student sees of paying one order by a transfer."""

    order: Order
    """As it stands now."""
    details: str | None
    """Where to transfer to; None when the order cannot be paid so (now)."""
    proof: PaymentProof | None
    """The newest receipt that was sent for it."""
    is_busy: bool
    """Another kind of payment of it is under way."""
    is_overtime: bool
    """Only the receipt that waits keeps the order open."""

    @property
    def is_waiting(self) -> bool:
        return self.proof is not None and self.proof.state is ProofState.WAITING

    @property
    def is_rejected(self) -> bool:
        """The newest receipt was not accepted, and the order waits for another."""
        is_open = self.order.state is OrderState.OPEN
        return is_open and self.proof is not None and self.proof.state is ProofState.REJECTED
