"""Payme's Merchant API as rules: transactions, their states, and what each method asks.

Source: developer.help.paycom.uz, "Merchant API". Times are milliseconds since the epoch in UTC, amounts tiyin.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NewType

from domain.payments.errors import OrderFinal, TransactionClosed, TransactionGone
from domain.payments.model import OrderCode, OrderId

PaymeId = NewType("PaymeId", str)
"""Payme's id of a transaction: 24 characters."""
TransactionId = NewType("TransactionId", int)
Milliseconds = NewType("Milliseconds", int)

TIMEOUT_MS = 43_200_000
"""A transaction that is not performed within 12 hours of its creation at Payme is cancelled."""

NEVER = Milliseconds(0)
"""How the protocol writes a moment that has not come."""

_PAYME_ID = re.compile(r"[0-9A-Za-z_-]{24}")
_LINK = re.compile(
    r"https?://(([0-9a-z-]+\.)+[a-z]{2,}|[0-9]{1,3}(\.[0-9]{1,3}){3})(:[0-9]{1,5})?([/?#][^\s\x00-\x20\x7f]*)?",
    re.IGNORECASE | re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> Milliseconds:
    return Milliseconds((moment - _EPOCH) // timedelta(milliseconds=1))


def is_payme_id(value: str) -> bool:
    return _PAYME_ID.fullmatch(value) is not None


def is_link(value: str) -> bool:
    """Whether a button may lead there: Telegram refuses a whole message for one address that is none."""
    return _LINK.fullmatch(value) is not None


def known_payme_id(value: str) -> PaymeId:
    """What cannot be an id of Payme's cannot be known here (TransactionGone)."""
    if not is_payme_id(value):
        raise TransactionGone
    return PaymeId(value)


class TransactionState(IntEnum):
    CREATED = 1
    PERFORMED = 2
    CANCELLED = -1
    REFUNDED = -2
    """Cancelled after it was performed."""


TIMED_OUT = 4
"""Payme's reason for a transaction that was cancelled by its timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransaction:
    payme_id: PaymeId
    order_id: OrderId
    order_code: OrderCode
    time: Milliseconds
    """Payme's own moment of creation: the timeout counts from it, the statement is cut by it."""
    amount: int
    create_time: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction(NewTransaction):
    """One attempt to pay an order through Payme."""

    id: TransactionId
    state: TransactionState = TransactionState.CREATED
    perform_time: Milliseconds = NEVER
    cancel_time: Milliseconds = NEVER
    reason: int | None = None

    @property
    def is_living(self) -> bool:
        """It holds its order: nobody else may begin to pay it."""
        return self.state in (TransactionState.CREATED, TransactionState.PERFORMED)

    @property
    def timeout_at(self) -> Milliseconds:
        """A clock of Payme's that runs ahead of ours cannot hold an order for longer than the timeout."""
        return Milliseconds(min(self.time, self.create_time) + TIMEOUT_MS)

    def seen_at(self, now: Milliseconds) -> "Transaction":
        """The transaction as it stands at `now`: timed out from exactly twelve hours on.

        The moment of cancelling is the deadline itself, so whoever notices it, and whenever, tells the same.
        """
        if self.state is not TransactionState.CREATED or now < self.timeout_at:
            return self
        return replace(self, state=TransactionState.CANCELLED, cancel_time=self.timeout_at, reason=TIMED_OUT)

    def perform(self, now: Milliseconds) -> "Transaction":
        """Performing twice keeps the first time; what is cancelled stays so (TransactionClosed)."""
        match self.state:
            case TransactionState.PERFORMED:
                return self
            case TransactionState.CREATED:
                # A clock that was set back must not let a payment end before it began.
                return replace(
                    self,
                    state=TransactionState.PERFORMED,
                    perform_time=Milliseconds(max(now, self.create_time)),
                )
            case TransactionState.CANCELLED | TransactionState.REFUNDED:
                raise TransactionClosed

    def cancel(self, now: Milliseconds, reason: int, *, is_final: bool) -> "Transaction":
        """Cancelling twice keeps the first time and reason; a delivered service is not returned (OrderFinal)."""
        match self.state:
            case TransactionState.CANCELLED | TransactionState.REFUNDED:
                return self
            case TransactionState.CREATED:
                state, began = TransactionState.CANCELLED, self.create_time
            case TransactionState.PERFORMED:
                if is_final:
                    raise OrderFinal
                state, began = TransactionState.REFUNDED, self.perform_time
        return replace(self, state=state, cancel_time=Milliseconds(max(now, began)), reason=reason)


def is_stale(time: Milliseconds, now: Milliseconds) -> bool:
    """A transaction that would have timed out before it could be created."""
    return now - time >= TIMEOUT_MS


class ReceiptKind(StrEnum):
    PERFORM = "PERFORM"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalReceipt:
    """A fiscal receipt that Payme issued for us; one for the payment and one for its refund."""

    kind: ReceiptKind
    status_code: int
    """0 when the receipt was registered."""
    receipt_id: str
    message: str
    terminal_id: str
    fiscal_sign: str
    qr_code_url: str
    """Where the student reads the receipt; empty when there is none."""
    date: str
    """As Payme wrote it."""

    @property
    def is_readable(self) -> bool:
        """Registered, with a link that opens in a browser."""
        return self.status_code == 0 and is_link(self.qr_code_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest:
    payme_id: PaymeId
    time: Milliseconds
    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    payme_id: str
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRequest:
    """Both ends belong to the range."""

    start: int
    end: int
