"""Do the books agree? What each rail says it took, against orders, the ledger, and what is open because of it.

Pure: `compare` looks at everything that the tables say about one order, `compare_statement` at one stretch of Payme's
GetStatement, `tallies` at sums.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.learning.model import Product, ProductKind
from domain.payments.model import EntryKind, OrderCode, OrderId, OrderState, Rail
from domain.payments.payme import Milliseconds, PaymeId, Transaction, TransactionState
from domain.users.model import UserId

ReconciliationId = NewType("ReconciliationId", int)

PROOF_PREFIX = "proof:"
"""How the ledger's entry of a confirmed receipt of a transfer begins; its proof's id follows."""
SURPLUS_LIFETIME = timedelta(hours=1)
"""Stars that came for an order which could not take them are back with the student by then."""


class DifferenceKind(StrEnum):
    UNPAID = "unpaid"
    """The rail took money, and the order is not paid."""
    NO_MONEY = "no_money"
    """The order is paid, and the rail that it names took nothing for it."""
    PAID_TWICE = "paid_twice"
    """More than one payment came for one order."""
    WRONG_AMOUNT = "wrong_amount"
    """The order's price, the payment and the ledger do not name the same amount."""
    NOT_ENTERED = "not_entered"
    """A payment that the ledger lacks."""
    REFUND_NOT_ENTERED = "refund_not_entered"
    """A refund that the ledger lacks."""
    NO_RECORD = "no_record"
    """An entry of the ledger that no rail knows."""
    ENTERED_TWICE = "entered_twice"
    NOT_REFUNDED = "not_refunded"
    """The rail gave the money back, and the order is not refunded."""
    NOT_RETURNED = "not_returned"
    """The order is refunded, and the rail still has the money."""
    NOT_OPENED = "not_opened"
    """A paid order that does not open what it paid for, once, for its student."""
    STILL_OPEN = "still_open"
    """Something is open by an order that is not paid."""
    SURPLUS_KEPT = "surplus_kept"
    """Stars that no order could take have not gone back."""
    STATEMENT = "statement"
    """Payme's statement and the payments do not tell the same about a transaction."""
    SUMS = "sums"
    """The sum of a rail's payments is not the ledger's sum for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`code` is None for sums, and for Stars that name no order.

    `expected` and `found`, where amounts differ: tiyin, for the rail of Stars whole Stars.
    """

    kind: DifferenceKind
    code: OrderCode | None = None
    rail: Rail | None = None
    expected: int | None = None
    found: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymeRecord:
    payme_id: PaymeId
    time: Milliseconds
    amount: int
    state: TransactionState


@dataclass(frozen=True, slots=True, kw_only=True)
class StarRecord:
    charge_id: str
    stars: int
    is_surplus: bool
    paid_at: datetime
    is_refunded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    kind: EntryKind
    rail: Rail
    amount: int
    """Tiyin; negative for a refund."""
    external_id: str
    stars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    user_id: UserId
    product: Product
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Everything that the tables say about one order, read at one moment."""

    order_id: OrderId
    code: OrderCode
    user_id: UserId
    product: Product
    state: OrderState
    price: int
    """Tiyin."""
    stars: int | None
    paid_by: Rail | None
    changed_at: datetime
    """When something last happened to it, by our clock."""
    payme: Sequence[PaymeRecord] = ()
    star_payments: Sequence[StarRecord] = ()
    confirmed_proofs: Sequence[int] = ()
    entries: Sequence[LedgerEntry] = ()
    grants: Sequence[Grant] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one rail took less what it gave back (tiyin, for Stars whole Stars): by its records, and by the ledger."""

    rail: Rail
    recorded: int = 0
    entered: int = 0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(rail=self.rail, recorded=self.recorded + other.recorded, entered=self.entered + other.entered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """One comparison of the books and what it found."""

    id: ReconciliationId = ReconciliationId(0)
    slot: datetime | None = None
    """The moment of the clock that asked for it; None: a person did."""
    at: datetime
    since: datetime
    until: datetime
    counted: int
    """Orders that were compared."""
    tallies: Sequence[Tally]
    differences: Sequence[Difference]
    """The first of them, `MAX_KEPT` at most."""
    difference_count: int


MAX_KEPT = 1000


@dataclass(frozen=True, slots=True)
class _Payment:
    """What a rail's own record says about a payment of an order."""

    rail: Rail
    external_id: str
    amount: int
    """Tiyin; for Stars whole Stars."""
    is_returned: bool | None
    """None: the rail's record does not say."""


def compare(books: Books, now: datetime) -> Iterator[Difference]:
    """Every way in which the tables contradict each other about one order."""
    payments = list(_payments(books))
    main = _main(payments, books.entries)
    for payment in payments:
        if payment is not main:
            yield Difference(kind=DifferenceKind.PAID_TWICE, code=books.code, rail=payment.rail)
    yield from _compare_state(books, main)
    yield from _compare_ledger(books, main)
    yield from _compare_amounts(books, main)
    yield from _compare_access(books)
    for star in books.star_payments:
        if star.is_surplus and not star.is_refunded and now - star.paid_at > SURPLUS_LIFETIME:
            yield Difference(kind=DifferenceKind.SURPLUS_KEPT, code=books.code, rail=Rail.STARS, found=star.stars)


def stray_surplus(stars: int) -> Difference:
    """Stars that came for no order at all."""
    return Difference(kind=DifferenceKind.SURPLUS_KEPT, rail=Rail.STARS, found=stars)


def _payments(books: Books) -> Iterator[_Payment]:
    for one in books.payme:
        if one.state in (TransactionState.PERFORMED, TransactionState.REFUNDED):
            yield _Payment(Rail.PAYME, one.payme_id, one.amount, one.state is TransactionState.REFUNDED)
    for star in books.star_payments:
        if not star.is_surplus:
            yield _Payment(Rail.STARS, star.charge_id, star.stars, star.is_refunded)
    for proof in books.confirmed_proofs:
        yield _Payment(Rail.CASH, f"{PROOF_PREFIX}{proof}", books.price, None)
    # Cash that the desk took towards tuition has no other record than the ledger's.
    if books.product.kind is ProductKind.TUITION:
        for entry in books.entries:
            is_of_desk = entry.rail is Rail.CASH and not entry.external_id.startswith(PROOF_PREFIX)
            if is_of_desk and entry.kind is EntryKind.PAYMENT:
                yield _Payment(Rail.CASH, entry.external_id, entry.amount, None)


def _main(payments: Sequence[_Payment], entries: Sequence[LedgerEntry]) -> _Payment | None:
    """The payment that the ledger names, else the first."""
    named = {(entry.rail, entry.external_id) for entry in entries if entry.kind is EntryKind.PAYMENT}
    fitting = (payment for payment in payments if (payment.rail, payment.external_id) in named)
    return next(fitting, payments[0] if payments else None)


def _compare_state(books: Books, main: _Payment | None) -> Iterator[Difference]:
    is_paid = books.state in (OrderState.PAID, OrderState.REFUNDED)
    if main is None or (is_paid and main.rail is not books.paid_by):
        if is_paid:
            yield Difference(kind=DifferenceKind.NO_MONEY, code=books.code, rail=books.paid_by)
        return
    if main.is_returned and books.state is not OrderState.REFUNDED:
        yield Difference(kind=DifferenceKind.NOT_REFUNDED, code=books.code, rail=main.rail)
    elif not is_paid:
        yield Difference(kind=DifferenceKind.UNPAID, code=books.code, rail=main.rail)
    elif main.is_returned is False and books.state is OrderState.REFUNDED:
        yield Difference(kind=DifferenceKind.NOT_RETURNED, code=books.code, rail=main.rail)


def _compare_ledger(books: Books, main: _Payment | None) -> Iterator[Difference]:
    paid = [entry for entry in books.entries if entry.kind is EntryKind.PAYMENT]
    refunded = [entry for entry in books.entries if entry.kind is EntryKind.REFUND]
    for entries in (paid, refunded):
        if len(entries) > 1:
            yield Difference(kind=DifferenceKind.ENTERED_TWICE, code=books.code, rail=entries[0].rail)
    if main is not None and not paid:
        yield Difference(kind=DifferenceKind.NOT_ENTERED, code=books.code, rail=main.rail)
    if main is None or (paid and all((one.rail, one.external_id) != (main.rail, main.external_id) for one in paid)):
        for entry in paid:
            yield Difference(kind=DifferenceKind.NO_RECORD, code=books.code, rail=entry.rail, found=_moved_by(entry))
    is_returned = main is not None and _is_returned(main, books)
    if main is not None and is_returned and not refunded:
        yield Difference(kind=DifferenceKind.REFUND_NOT_ENTERED, code=books.code, rail=main.rail)
    for entry in refunded:
        if main is None or not is_returned or entry.rail is not main.rail:
            yield Difference(kind=DifferenceKind.NO_RECORD, code=books.code, rail=entry.rail, found=_moved_by(entry))


def _moved_by(entry: LedgerEntry) -> int:
    return entry.amount if entry.stars is None else entry.stars


def _is_returned(payment: _Payment, books: Books) -> bool:
    return books.state is OrderState.REFUNDED if payment.is_returned is None else payment.is_returned


def _compare_amounts(books: Books, main: _Payment | None) -> Iterator[Difference]:
    rail = main.rail if main is not None else books.paid_by
    in_soms = None if rail is Rail.STARS else rail
    compared = [(in_soms, books.price, abs(entry.amount)) for entry in books.entries]
    if main is not None and main.rail is Rail.STARS:
        compared.append((rail, books.stars or 0, main.amount))
        compared += [(rail, main.amount, entry.stars or 0) for entry in books.entries]
    elif main is not None:
        compared.append((rail, books.price, main.amount))
    for unit, expected, found in compared:
        if expected != found:
            yield Difference(
                kind=DifferenceKind.WRONG_AMOUNT, code=books.code, rail=unit, expected=expected, found=found
            )
            return


def _compare_access(books: Books) -> Iterator[Difference]:
    is_open = any(grant.is_open for grant in books.grants)
    opens = books.product.kind is not ProductKind.TUITION
    if books.state is OrderState.PAID and opens:
        wanted = [Grant(user_id=books.user_id, product=books.product, is_open=True)]
        if list(books.grants) != wanted:
            yield Difference(kind=DifferenceKind.NOT_OPENED, code=books.code)
    elif is_open:
        yield Difference(kind=DifferenceKind.STILL_OPEN, code=books.code)


def compare_statement(
    statement: Iterable[Transaction], known: Mapping[PaymeId, tuple[OrderCode, PaymeRecord]]
) -> Iterator[Difference]:
    """Payme's statement of a stretch of time against our records of the same stretch, both ways.

    A transaction that was only created may have timed out at any moment: its state is not compared.
    """
    unseen = dict(known)
    for told in statement:
        code, record = unseen.pop(told.payme_id, (told.order_code, None))
        is_same = record is not None and told.amount == record.amount and _moved(told.state) == _moved(record.state)
        if not is_same or code != told.order_code:
            yield Difference(kind=DifferenceKind.STATEMENT, code=told.order_code, rail=Rail.PAYME)
    for code, _record in unseen.values():
        yield Difference(kind=DifferenceKind.STATEMENT, code=code, rail=Rail.PAYME)


def _moved(state: TransactionState) -> TransactionState | None:
    """The state as far as money moved."""
    return state if state in (TransactionState.PERFORMED, TransactionState.REFUNDED) else None


def tallies(books: Books) -> Iterator[Tally]:
    """What one order adds to the sums of the rails."""
    for payment in _payments(books):
        if not _is_returned(payment, books):
            yield Tally(rail=payment.rail, recorded=payment.amount)
    for entry in books.entries:
        amount = entry.amount
        if entry.rail is Rail.STARS:
            amount = (entry.stars or 0) * (1 if entry.kind is EntryKind.PAYMENT else -1)
        yield Tally(rail=entry.rail, entered=amount)


def compare_sums(sums: Iterable[Tally]) -> Iterator[Difference]:
    for tally in sums:
        if tally.recorded != tally.entered:
            yield Difference(kind=DifferenceKind.SUMS, rail=tally.rail, expected=tally.recorded, found=tally.entered)
