"""The books of one order: honest ones have no difference, and every kind of damage is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.model import Product, ProductKind
from domain.payments.model import EntryKind, OrderCode, OrderId, OrderState, Rail
from domain.payments.payme import Milliseconds, PaymeId, Transaction, TransactionId, TransactionState
from domain.payments.reconciliation import (
    Books,
    DifferenceKind,
    Grant,
    LedgerEntry,
    PaymeRecord,
    StarRecord,
    Tally,
    compare,
    compare_statement,
    compare_sums,
    tallies,
)
from tests.domain.payments.fakes import ALI, NOON, VALI, payme_id

CODE = OrderCode("7K2M9QXW4TBN")
STARS = 600
LATER = NOON + timedelta(hours=2)


def honest(rail: Rail | None, kind: ProductKind, price: int, *, is_refunded: bool = False, attempts: int = 0) -> Books:
    """The books of an order that was paid by this rail (None: never), and perhaps refunded."""
    product = Product(kind, 7)
    failed = [
        PaymeRecord(
            payme_id=payme_id(number + 2), time=Milliseconds(number), amount=price, state=TransactionState.CANCELLED
        )
        for number in range(attempts)
    ]
    books = Books(
        order_id=OrderId(1),
        code=CODE,
        user_id=ALI,
        product=product,
        state=OrderState.EXPIRED,
        price=price,
        stars=STARS,
        paid_by=None,
        changed_at=NOON,
        payme=failed,
    )
    if rail is None:
        return books
    external_id = {Rail.PAYME: payme_id(1), Rail.STARS: "charge", Rail.CASH: "proof:5"}[rail]
    stars = STARS if rail is Rail.STARS else None
    entries = [LedgerEntry(kind=EntryKind.PAYMENT, rail=rail, amount=price, external_id=external_id, stars=stars)]
    if is_refunded:
        entries.append(
            LedgerEntry(kind=EntryKind.REFUND, rail=rail, amount=-price, external_id=external_id, stars=stars)
        )
    state = TransactionState.REFUNDED if is_refunded else TransactionState.PERFORMED
    performed = PaymeRecord(payme_id=payme_id(1), time=Milliseconds(0), amount=price, state=state)
    charged = StarRecord(charge_id="charge", stars=STARS, is_surplus=False, paid_at=NOON, is_refunded=is_refunded)
    opens = kind is not ProductKind.TUITION
    return replace(
        books,
        state=OrderState.REFUNDED if is_refunded else OrderState.PAID,
        paid_by=rail,
        payme=[*failed, performed] if rail is Rail.PAYME else failed,
        star_payments=[charged] if rail is Rail.STARS else (),
        confirmed_proofs=[5] if rail is Rail.CASH else (),
        entries=entries,
        grants=[Grant(user_id=ALI, product=product, is_open=not is_refunded)] if opens else (),
    )


PRICES = st.integers(min_value=1, max_value=10**12)
HONEST = st.builds(
    honest,
    st.none() | st.sampled_from(Rail),
    st.sampled_from(ProductKind),
    PRICES,
    is_refunded=st.booleans(),
    attempts=st.integers(0, 3),
)
PAID = st.builds(honest, st.sampled_from(Rail), st.sampled_from((ProductKind.COURSE, ProductKind.LESSON)), PRICES)
REFUNDED = st.builds(
    honest,
    st.sampled_from(Rail),
    st.sampled_from((ProductKind.COURSE, ProductKind.LESSON)),
    PRICES,
    is_refunded=st.just(True),
)


def kinds(books: Books) -> set[DifferenceKind]:
    return {one.kind for one in compare(books, LATER)}


@given(HONEST)
def test_honest_books_have_no_differences(books: Books) -> None:
    assert list(compare(books, LATER)) == []
    sums: dict[Rail, Tally] = {}
    for tally in tallies(books):
        sums[tally.rail] = sums.get(tally.rail, Tally(rail=tally.rail)).plus(tally)
    assert list(compare_sums(sums.values())) == []


def unrecorded(books: Books) -> Books:
    return replace(books, payme=(), star_payments=(), confirmed_proofs=())


def returned(books: Books, *, is_returned: bool) -> Books:
    """Only the rail's record says so; proofs say nothing about refunds."""
    state = TransactionState.REFUNDED if is_returned else TransactionState.PERFORMED
    return replace(
        books,
        payme=[replace(one, state=state) for one in books.payme],
        star_payments=[replace(one, is_refunded=is_returned) for one in books.star_payments],
    )


def paid_again(books: Books) -> Books:
    if books.paid_by is Rail.STARS:
        record = PaymeRecord(
            payme_id=payme_id(9), time=Milliseconds(1), amount=books.price, state=TransactionState.PERFORMED
        )
        return replace(books, payme=[record])
    record = StarRecord(charge_id="other", stars=STARS, is_surplus=False, paid_at=NOON, is_refunded=False)
    return replace(books, star_payments=[record])


def with_entries(books: Books, **changes: object) -> Books:
    return replace(books, entries=[replace(entry, **changes) for entry in books.entries])


Damage = Callable[[Books], Books]

DAMAGE_OF_PAID: list[tuple[DifferenceKind, Damage]] = [
    (DifferenceKind.UNPAID, lambda books: replace(books, state=OrderState.OPEN, paid_by=None)),
    (DifferenceKind.UNPAID, lambda books: replace(books, state=OrderState.EXPIRED, paid_by=None)),
    (DifferenceKind.STILL_OPEN, lambda books: replace(books, state=OrderState.CANCELLED, paid_by=None)),
    (DifferenceKind.STILL_OPEN, lambda books: replace(books, state=OrderState.REFUNDED)),
    (DifferenceKind.NO_MONEY, unrecorded),
    (DifferenceKind.NO_RECORD, unrecorded),
    (DifferenceKind.PAID_TWICE, paid_again),
    (DifferenceKind.NOT_ENTERED, lambda books: replace(books, entries=())),
    (DifferenceKind.ENTERED_TWICE, lambda books: replace(books, entries=[*books.entries] * 2)),
    (DifferenceKind.NO_RECORD, lambda books: with_entries(books, external_id="proof:77")),
    (DifferenceKind.WRONG_AMOUNT, lambda books: replace(books, price=books.price + 1)),
    (DifferenceKind.WRONG_AMOUNT, lambda books: with_entries(books, amount=books.price + 1)),
    (DifferenceKind.NOT_OPENED, lambda books: replace(books, grants=())),
    (DifferenceKind.NOT_OPENED, lambda books: replace(books, grants=[*books.grants] * 2)),
    (DifferenceKind.NOT_OPENED, lambda books: replace(books, grants=[replace(books.grants[0], is_open=False)])),
    (DifferenceKind.NOT_OPENED, lambda books: replace(books, grants=[replace(books.grants[0], user_id=VALI)])),
    (
        DifferenceKind.NOT_OPENED,
        lambda books: replace(books, grants=[replace(books.grants[0], product=Product(ProductKind.COURSE, 99))]),
    ),
    (
        DifferenceKind.NO_RECORD,
        lambda books: replace(
            books, entries=[*books.entries, replace(books.entries[0], kind=EntryKind.REFUND, amount=-books.price)]
        ),
    ),
]
DAMAGE_OF_REFUNDED: list[tuple[DifferenceKind, Damage]] = [
    (DifferenceKind.STILL_OPEN, lambda books: replace(books, grants=[replace(books.grants[0], is_open=True)])),
    (DifferenceKind.REFUND_NOT_ENTERED, lambda books: replace(books, entries=books.entries[:1])),
    (
        DifferenceKind.WRONG_AMOUNT,
        lambda books: replace(books, entries=[books.entries[0], replace(books.entries[1], amount=-books.price - 1)]),
    ),
    (DifferenceKind.NO_MONEY, unrecorded),
    (DifferenceKind.ENTERED_TWICE, lambda books: replace(books, entries=[*books.entries, books.entries[1]])),
]


@pytest.mark.parametrize(("kind", "damage"), DAMAGE_OF_PAID)
@given(books=PAID)
def test_every_damage_to_a_paid_order_is_found(kind: DifferenceKind, damage: Damage, books: Books) -> None:
    assert kind in kinds(damage(books))


@pytest.mark.parametrize(("kind", "damage"), DAMAGE_OF_REFUNDED)
@given(books=REFUNDED)
def test_every_damage_to_a_refunded_order_is_found(kind: DifferenceKind, damage: Damage, books: Books) -> None:
    assert kind in kinds(damage(books))


@given(PAID.filter(lambda books: books.paid_by is not Rail.CASH))
def test_money_that_the_rail_gave_back_alone_is_found(books: Books) -> None:
    assert {DifferenceKind.NOT_REFUNDED, DifferenceKind.REFUND_NOT_ENTERED} <= kinds(returned(books, is_returned=True))


@given(REFUNDED.filter(lambda books: books.paid_by is not Rail.CASH))
def test_money_that_the_rail_did_not_give_back_is_found(books: Books) -> None:
    assert DifferenceKind.NOT_RETURNED in kinds(returned(books, is_returned=False))


@given(PAID.filter(lambda books: books.paid_by is Rail.STARS), st.integers(1, 10_000))
def test_stars_are_compared_in_stars(books: Books, more: int) -> None:
    entry = replace(books.entries[0], stars=STARS + more)

    found = list(compare(replace(books, entries=[entry]), LATER))

    assert [(one.kind, one.expected, one.found) for one in found] == [
        (DifferenceKind.WRONG_AMOUNT, STARS, STARS + more)
    ]


def test_a_surplus_has_an_hour_to_go_back() -> None:
    star = StarRecord(charge_id="more", stars=5, is_surplus=True, paid_at=NOON, is_refunded=False)
    books = replace(honest(Rail.PAYME, ProductKind.COURSE, 100), star_payments=[star])

    assert list(compare(books, NOON + timedelta(hours=1))) == []
    assert kinds(books) == {DifferenceKind.SURPLUS_KEPT}
    assert kinds(replace(books, star_payments=[replace(star, is_refunded=True)])) == set()


def test_cash_that_the_desk_took_for_tuition_needs_no_receipt_but_other_cash_does() -> None:
    books = honest(Rail.CASH, ProductKind.TUITION, 100)
    at_the_desk = with_entries(replace(books, confirmed_proofs=()), external_id="desk:1")

    assert kinds(at_the_desk) == set()
    course = replace(honest(Rail.CASH, ProductKind.COURSE, 100), confirmed_proofs=())
    assert kinds(with_entries(course, external_id="desk:1")) == {DifferenceKind.NO_MONEY, DifferenceKind.NO_RECORD}


def told(record: PaymeRecord, **changes: object) -> Transaction:
    plain = Transaction(
        id=TransactionId(1),
        payme_id=record.payme_id,
        order_id=OrderId(1),
        order_code=CODE,
        time=record.time,
        amount=record.amount,
        state=record.state,
        create_time=Milliseconds(0),
        perform_time=Milliseconds(0),
        cancel_time=Milliseconds(0),
        reason=None,
    )
    return replace(plain, **changes)


STATES = st.sampled_from(TransactionState)


@given(st.lists(STATES, min_size=1, max_size=5), st.data())
def test_a_statement_that_differs_in_anything_about_money_is_found(
    states: list[TransactionState], data: st.DataObject
) -> None:
    records = [
        PaymeRecord(payme_id=payme_id(number), time=Milliseconds(number), amount=100, state=state)
        for number, state in enumerate(states)
    ]
    known: dict[PaymeId, tuple[OrderCode, PaymeRecord]] = {record.payme_id: (CODE, record) for record in records}
    statement = [told(record) for record in records]
    assert list(compare_statement(statement, known)) == []

    index = data.draw(st.integers(0, len(records) - 1))
    other = TransactionState.REFUNDED if states[index] is TransactionState.PERFORMED else TransactionState.PERFORMED
    for damaged in (
        statement[:index] + statement[index + 1 :],
        [*statement, told(records[index], payme_id=payme_id(99))],
        [*statement[:index], told(records[index], amount=101), *statement[index + 1 :]],
        [*statement[:index], told(records[index], state=other), *statement[index + 1 :]],
        [*statement[:index], told(records[index], order_code="0" * 12), *statement[index + 1 :]],
    ):
        assert [one.kind for one in compare_statement(damaged, known)] == [DifferenceKind.STATEMENT]


def test_a_transaction_that_timed_out_between_two_looks_is_no_difference() -> None:
    record = PaymeRecord(payme_id=payme_id(1), time=Milliseconds(1), amount=5, state=TransactionState.CREATED)

    assert (
        list(compare_statement([told(record, state=TransactionState.CANCELLED)], {payme_id(1): (CODE, record)})) == []
    )
