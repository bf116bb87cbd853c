"""Receipts of transfers: who may send, take back and decide them, and what that does to the order."""

from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.errors import DomainError, InvalidInput, NotAllowed
from domain.notifications.model import NoticeKind
from domain.payments.errors import (
    OrderBusy,
    OrderClosed,
    OrderGone,
    OrderPaid,
    ProofDecided,
    ProofGone,
    RailClosed,
)
from domain.payments.model import ORDER_LIFETIME, OrderState, Rail
from domain.payments.proof_ports import KEEP_PROOF_JOB
from domain.payments.proofs import (
    MAX_REASON,
    MAX_RECEIPT_BYTES,
    SENT_A_DAY,
    TRY_AGAIN,
    PaymentProof,
    ProofId,
    ProofState,
    Receipt,
    RejectReason,
    clean_reason,
)
from domain.users.model import UserId
from tests.domain.payments.fakes import ALGEBRA, ALI, LESSON, VALI, payme_id
from tests.domain.payments.proof_fakes import ANORA, DETAILS, RUSTAM, TEACHER, Desk, photo


async def sent(desk: Desk) -> PaymentProof:
    order = await desk.payments.buy(ALI, ALGEBRA)
    return await desk.proofs.submit(ALI, order.code, photo())


async def test_a_receipt_reserves_the_order_tells_every_admin_and_asks_for_its_original_to_be_kept() -> None:
    desk = Desk()

    proof = await sent(desk)

    order = desk.kept.tables.orders[proof.order_id]
    assert (order.reserved_by, order.reserved_until, order.state) == (Rail.CASH, None, OrderState.OPEN)
    assert {(one.user_id, one.kind) for one in desk.kept.notices} == {
        (ANORA, NoticeKind.PROOF_WAITING),
        (RUSTAM, NoticeKind.PROOF_WAITING),
    }
    assert desk.kept.jobs == [(KEEP_PROOF_JOB, {"proof_id": proof.id})]


async def test_the_screen_says_where_to_transfer_to_until_a_receipt_waits() -> None:
    desk = Desk()
    order = await desk.payments.buy(ALI, ALGEBRA)
    before = await desk.proofs.transfer(ALI, order.code)

    await desk.proofs.submit(ALI, order.code, photo())

    after = await desk.proofs.transfer(ALI, order.code)
    assert (before.details, before.is_waiting) == (DETAILS, False)
    assert after.is_waiting
    assert not after.is_overtime


async def test_while_a_receipt_waits_the_order_neither_expires_nor_is_paid_or_given_up_another_way() -> None:
    desk = Desk()
    proof = await sent(desk)
    order = desk.kept.tables.orders[proof.order_id]
    desk.clock.forward(days=30)

    with pytest.raises(OrderBusy):
        await desk.create(payme_id(1), order)
    with pytest.raises(OrderBusy):
        await desk.payments.cancel_order(ALI, order.code)

    assert (await desk.payments.order(ALI, order.code)).state is OrderState.OPEN
    assert (await desk.payments.buy(ALI, ALGEBRA)).code == order.code
    assert not desk.payments.ways_to_pay(order)
    assert (await desk.proofs.transfer(ALI, order.code)).is_overtime


async def test_a_receipt_is_refused_while_payme_is_paying_the_order() -> None:
    desk = Desk()
    order = await desk.payments.buy(ALI, ALGEBRA)
    await desk.create(payme_id(1), order)

    with pytest.raises(OrderBusy):
        await desk.proofs.submit(ALI, order.code, photo())

    assert not desk.kept.proofs
    assert (await desk.proofs.transfer(ALI, order.code)).is_busy


async def test_a_confirmed_receipt_pays_opens_and_tells_in_one_go() -> None:
    desk = Desk()
    proof = await sent(desk)

    paid = await desk.proofs.confirm(ANORA, proof.id)

    (order_id, entry), *more = desk.kept.tables.entries
    assert (paid.state, paid.paid_by, paid.reserved_by) == (OrderState.PAID, Rail.CASH, None)
    assert (order_id, entry.rail, entry.external_id, entry.amount) == (
        proof.order_id,
        Rail.CASH,
        f"proof:{proof.id}",
        paid.price.tiyin,
    )
    assert not more
    assert desk.kept.tables.is_open(ALI, ALGEBRA)
    assert desk.kept.notices[-1].kind is NoticeKind.PAYMENT_PERFORMED
    assert (desk.kept.proofs[proof.id].decided_by, desk.kept.proofs[proof.id].state) == (ANORA, ProofState.CONFIRMED)


async def test_a_confirmed_receipt_is_not_confirmed_twice() -> None:
    desk = Desk()
    proof = await sent(desk)
    await desk.proofs.confirm(ANORA, proof.id)
    kept = desk.kept.copy()

    for admin in (ANORA, RUSTAM):
        with pytest.raises(ProofDecided):
            await desk.proofs.confirm(admin, proof.id)
        with pytest.raises(ProofDecided):
            await desk.proofs.reject(admin, proof.id, RejectReason.NOT_FOUND)

    assert desk.kept == kept
    assert (await desk.proofs.proof(RUSTAM, proof.id)).decider == desk.kept.people[ANORA]


async def test_a_receipt_counts_although_the_orders_time_ran_out_while_it_waited() -> None:
    desk = Desk()
    proof = await sent(desk)
    desk.clock.forward(days=3)

    assert (await desk.proofs.confirm(ANORA, proof.id)).state is OrderState.PAID


@pytest.mark.parametrize("actor", [ALI, VALI, TEACHER, UserId(5)])
async def test_only_admins_see_and_decide(actor: UserId) -> None:
    desk = Desk()
    proof = await sent(desk)
    kept = desk.kept.copy()

    for call in (
        desk.proofs.waiting(actor),
        desk.proofs.proof(actor, proof.id),
        desk.proofs.confirm(actor, proof.id),
        desk.proofs.reject(actor, proof.id, "no"),
        desk.proofs.proof(actor, ProofId(99)),
    ):
        with pytest.raises(NotAllowed):
            await call

    assert desk.kept == kept


async def test_nobody_decides_about_their_own_receipt() -> None:
    desk = Desk()
    order = await desk.payments.buy(ANORA, ALGEBRA)
    proof = await desk.proofs.submit(ANORA, order.code, photo())

    with pytest.raises(NotAllowed):
        await desk.proofs.confirm(ANORA, proof.id)
    with pytest.raises(NotAllowed):
        await desk.proofs.reject(ANORA, proof.id, "no")

    assert (await desk.proofs.confirm(RUSTAM, proof.id)).state is OrderState.PAID


async def test_a_rejected_receipt_frees_the_order_for_a_day_at_least_and_says_why() -> None:
    desk = Desk()
    proof = await sent(desk)
    desk.clock.forward(days=3)

    await desk.proofs.reject(ANORA, proof.id, RejectReason.OTHER_AMOUNT)

    order = desk.kept.tables.orders[proof.order_id]
    page = await desk.proofs.transfer(ALI, order.code)
    assert (order.reserved_by, order.expires_at) == (None, desk.clock() + TRY_AGAIN)
    assert page.is_rejected
    assert page.details == DETAILS
    assert desk.kept.notices[-1].user_id == ALI
    assert desk.kept.notices[-1].data == {"order_code": order.code, "reason": "other_amount"}
    assert (await desk.proofs.submit(ALI, order.code, photo(2))).state is ProofState.WAITING


async def test_a_rejection_takes_no_time_away() -> None:
    desk = Desk()
    order = await desk.payments.buy(ALI, ALGEBRA)
    proof = await desk.proofs.submit(ALI, order.code, photo())
    desk.kept.tables.orders[order.id] = longer = desk.order(order).release(until=desk.clock() + timedelta(days=9))
    desk.kept.tables.orders[order.id] = longer.reserve(Rail.CASH, None, desk.clock(), is_busy=False)

    await desk.proofs.reject(ANORA, proof.id, "no")

    assert desk.order(order).expires_at == longer.expires_at


async def test_the_same_receipt_that_was_rejected_may_be_sent_again() -> None:
    desk = Desk()
    proof = await sent(desk)
    await desk.proofs.reject(ANORA, proof.id, RejectReason.UNREADABLE)

    again = await desk.proofs.submit(ALI, proof.order_code, photo())

    assert again.id != proof.id
    assert (await desk.proofs.proof(ANORA, proof.id)).successor_id == again.id
    assert sum(one.kind is NoticeKind.PROOF_WAITING for one in desk.kept.notices) == 4


async def test_a_receipt_that_is_taken_back_frees_the_order_but_gives_no_more_time() -> None:
    desk = Desk()
    proof = await sent(desk)
    bought = desk.kept.tables.orders[proof.order_id]

    free = await desk.proofs.withdraw(ALI, proof.order_code)

    assert (free.state, free.reserved_by, free.expires_at) == (OrderState.OPEN, None, bought.expires_at)
    assert (await desk.create(payme_id(1), free)).is_living
    with pytest.raises(ProofDecided):
        await desk.proofs.confirm(ANORA, proof.id)


async def test_a_receipt_taken_back_after_the_orders_time_leaves_it_expired() -> None:
    desk = Desk()
    proof = await sent(desk)
    desk.clock.forward(seconds=ORDER_LIFETIME.total_seconds())

    left = await desk.proofs.withdraw(ALI, proof.order_code)

    assert left.state is OrderState.EXPIRED
    with pytest.raises(OrderClosed):
        await desk.proofs.submit(ALI, proof.order_code, photo(2))


async def test_taking_back_twice_or_after_the_decision_changes_nothing() -> None:
    desk = Desk()
    proof = await sent(desk)
    await desk.proofs.confirm(ANORA, proof.id)
    kept = desk.kept.copy()

    assert (await desk.proofs.withdraw(ALI, proof.order_code)).state is OrderState.PAID

    assert desk.kept == kept


async def test_another_receipt_replaces_the_one_that_waits_and_asks_nobody_again() -> None:
    desk = Desk()
    first = await sent(desk)

    second = await desk.proofs.submit(ALI, first.order_code, photo(2))

    page = await desk.proofs.proof(ANORA, first.id)
    assert (page.proof.state, page.successor_id, page.next_id) == (ProofState.WITHDRAWN, second.id, second.id)
    assert sum(one.kind is NoticeKind.PROOF_WAITING for one in desk.kept.notices) == 2
    assert desk.kept.tables.orders[first.order_id].reserved_by is Rail.CASH


async def test_the_same_file_sent_twice_is_one_receipt() -> None:
    desk = Desk()
    first = await sent(desk)
    kept = desk.kept.copy()

    again = await desk.proofs.submit(ALI, first.order_code, photo(file_id="another id of the same file"))

    assert again.id == first.id
    assert desk.kept == kept


async def test_only_so_many_receipts_of_a_student_are_taken_within_a_day() -> None:
    desk = Desk()
    given_up = await desk.payments.buy(ALI, ALGEBRA)
    await desk.proofs.submit(ALI, given_up.code, photo())
    await desk.proofs.withdraw(ALI, given_up.code)
    await desk.payments.cancel_order(ALI, given_up.code)
    order = await desk.payments.buy(ALI, ALGEBRA)
    for number in range(1, SENT_A_DAY):
        await desk.proofs.submit(ALI, order.code, photo(number))
        desk.clock.forward(minutes=1)

    with pytest.raises(InvalidInput, match="too_many"):
        await desk.proofs.submit(ALI, order.code, photo(SENT_A_DAY))

    newest = list(desk.kept.proofs.values())[-1]
    assert newest.state is ProofState.WAITING, "the refused one took nobody's place"
    desk.clock.forward(days=1)
    assert (await desk.proofs.submit(ALI, order.code, photo(SENT_A_DAY))).id != newest.id


@pytest.mark.parametrize("code", ["0" * 12, "nonsense", ""])
async def test_an_unknown_or_foreign_order_takes_no_receipt(code: str) -> None:
    desk = Desk()
    own = await desk.payments.buy(ALI, ALGEBRA)

    for user_id, wanted in ((ALI, code), (VALI, own.code)):
        for call in (
            desk.proofs.submit(user_id, wanted, photo()),
            desk.proofs.withdraw(user_id, wanted),
            desk.proofs.transfer(user_id, wanted),
        ):
            with pytest.raises(OrderGone):
                await call

    assert not desk.kept.proofs


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        (photo(is_photo=False, mime="application/zip"), "not_a_receipt"),
        (photo(is_photo=False, mime="text/html"), "not_a_receipt"),
        (photo(is_photo=False, mime="image/svg+xml"), "not_a_receipt"),
        (photo(is_photo=False, mime=""), "not_a_receipt"),
        (photo(is_photo=False, mime="video/mp4"), "not_a_receipt"),
        (photo(size=MAX_RECEIPT_BYTES + 1), "too_large"),
        (photo(is_photo=False, mime="application/pdf", size=MAX_RECEIPT_BYTES + 1), "too_large"),
    ],
)
async def test_what_cannot_be_a_receipt_is_refused_by_name(receipt: Receipt, reason: str) -> None:
    desk = Desk()
    order = await desk.payments.buy(ALI, ALGEBRA)

    with pytest.raises(InvalidInput, match=reason):
        await desk.proofs.submit(ALI, order.code, receipt)

    assert desk.order(order).reserved_by is None


@pytest.mark.parametrize("mime", ["application/pdf", "image/png", "image/heic", "image/webp"])
async def test_pictures_sent_as_files_and_pdfs_are_receipts(mime: str) -> None:
    desk = Desk()
    order = await desk.payments.buy(ALI, LESSON)

    proof = await desk.proofs.submit(ALI, order.code, photo(is_photo=False, mime=mime, size=MAX_RECEIPT_BYTES))

    assert not proof.is_photo


async def test_without_details_nothing_new_is_paid_by_transfer_but_what_waits_is_decided() -> None:
    desk = Desk()
    proof = await sent(desk)
    other = await desk.payments.buy(VALI, ALGEBRA)

    closed = Desk(details=None, clock=desk.clock, kept=desk.kept)

    assert [way.rail for way in closed.payments.ways_to_pay(other)] == []
    assert (await closed.proofs.transfer(VALI, other.code)).details is None
    with pytest.raises(RailClosed):
        await closed.proofs.submit(VALI, other.code, photo(2))
    assert (await closed.proofs.confirm(ANORA, proof.id)).state is OrderState.PAID


async def test_what_the_operator_does_not_sell_by_transfer_takes_no_receipt() -> None:
    order = await (before := Desk()).payments.buy(ALI, ALGEBRA)
    desk = Desk(sells=(Rail.PAYME,), clock=before.clock, kept=before.kept)

    with pytest.raises(RailClosed):
        await desk.proofs.submit(ALI, order.code, photo())

    assert desk.order(order).reserved_by is None


async def test_a_paid_order_takes_no_receipt() -> None:
    desk = Desk()
    order = await desk.payments.buy(ALI, ALGEBRA)
    transaction = await desk.create(payme_id(1), order)
    await desk.merchant.perform(transaction.payme_id)

    with pytest.raises(OrderPaid):
        await desk.proofs.submit(ALI, order.code, photo())


async def test_the_list_shows_the_oldest_first_and_each_receipt_knows_the_next() -> None:
    desk = Desk()
    first = await sent(desk)
    order = await desk.payments.buy(VALI, LESSON)
    second = await desk.proofs.submit(VALI, order.code, photo(2))

    waiting = await desk.proofs.waiting(ANORA)
    page = await desk.proofs.proof(ANORA, first.id)
    await desk.proofs.confirm(ANORA, first.id)

    assert (waiting.count, [line.id for line in waiting.oldest]) == (2, [first.id, second.id])
    assert (page.next_id, page.waiting_count, page.successor_id) == (second.id, 1, None)
    assert (await desk.proofs.proof(ANORA, second.id)).next_id is None


async def test_a_file_that_was_sent_for_another_order_is_named() -> None:
    desk = Desk()
    first = await sent(desk)
    await desk.proofs.confirm(ANORA, first.id)
    order = await desk.payments.buy(VALI, ALGEBRA)

    second = await desk.proofs.submit(VALI, order.code, photo())

    (twin,) = (await desk.proofs.proof(RUSTAM, second.id)).twins
    assert (twin.order_code, twin.student_name, twin.state) == (first.order_code, "Ali", ProofState.CONFIRMED)


async def test_an_unknown_receipt_is_gone() -> None:
    desk = Desk()

    for call in (
        desk.proofs.proof(ANORA, ProofId(1)),
        desk.proofs.confirm(ANORA, ProofId(1)),
        desk.proofs.reject(ANORA, ProofId(1), "no"),
    ):
        with pytest.raises(ProofGone):
            await call


async def test_an_original_is_kept_once_and_not_of_what_was_taken_back() -> None:
    desk = Desk()
    first = await sent(desk)
    assert await desk.proofs.unkept(first.id) == first

    await desk.proofs.note_kept(first.id, "ab" * 32)
    second = await desk.proofs.submit(ALI, first.order_code, photo(2))
    await desk.proofs.withdraw(ALI, first.order_code)

    assert await desk.proofs.unkept(first.id) is None
    assert await desk.proofs.unkept(second.id) is None
    assert await desk.proofs.unkept(ProofId(9)) is None


@given(st.text(max_size=400))
def test_a_reason_is_one_clean_line_or_refused(words: str) -> None:
    line = refusal = None
    try:
        line = clean_reason(words)
    except InvalidInput as error:
        refusal = error.reason

    is_empty = not any(letter.isprintable() and not letter.isspace() for letter in words)
    if line is None:
        assert refusal == ("empty" if is_empty else "too_long")
    else:
        assert 0 < len(line) <= MAX_REASON
        assert line.isprintable()
        assert clean_reason(line) == line


T = TypeVar("T")
ORDERS = 2


class Receipts(RuleBasedStateMachine):
    """Whatever people do in whatever order: the money of an order is booked once, and the reservation is the receipt's
    shadow."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.codes = [_run(self.desk.payments.buy(user, ALGEBRA)).code for user in (ALI, VALI)]
        self.number = 0

    def attempt(self, call: Coroutine[Any, Any, object]) -> None:
        with suppress(DomainError):
            _run(call)

    @rule(which=st.integers(0, ORDERS - 1), stranger=st.booleans(), file=st.integers(0, 3))
    def submit(self, which: int, stranger: bool, file: int) -> None:
        user_id = (ALI, VALI)[which if not stranger else 1 - which]
        self.attempt(self.desk.proofs.submit(user_id, self.codes[which], photo(file)))

    @rule(which=st.integers(0, ORDERS - 1))
    def withdraw(self, which: int) -> None:
        self.attempt(self.desk.proofs.withdraw((ALI, VALI)[which], self.codes[which]))

    @rule(actor=st.sampled_from([ANORA, RUSTAM, TEACHER, ALI]), proof=st.integers(1, 8))
    def confirm(self, actor: UserId, proof: int) -> None:
        self.attempt(self.desk.proofs.confirm(actor, ProofId(proof)))

    @rule(actor=st.sampled_from([ANORA, TEACHER]), proof=st.integers(1, 8), reason=st.sampled_from(["no", "", " "]))
    def reject(self, actor: UserId, proof: int, reason: str) -> None:
        self.attempt(self.desk.proofs.reject(actor, ProofId(proof), reason))

    @rule(which=st.integers(0, ORDERS - 1))
    def pay_by_payme(self, which: int) -> None:
        self.number += 1
        order = next(one for one in self.desk.kept.tables.orders.values() if one.code == self.codes[which])
        self.attempt(self.desk.create(payme_id(self.number), order))

    @precondition(lambda self: self.number)
    @rule()
    def perform(self) -> None:
        self.attempt(self.desk.merchant.perform(payme_id(self.number)))

    @rule(hours=st.sampled_from([1, 11, 13, 25]))
    def wait(self, hours: int) -> None:
        self.desk.clock.forward(hours=hours)

    @invariant()
    def books_agree(self) -> None:
        kept = self.desk.kept
        for order in kept.tables.orders.values():
            mine = [one for one in kept.proofs.values() if one.order_id == order.id]
            waiting = [one for one in mine if one.state is ProofState.WAITING]
            confirmed = [one for one in mine if one.state is ProofState.CONFIRMED]
            entries = [entry for order_id, entry in kept.tables.entries if order_id == order.id]
            assert len(waiting) + len(confirmed) <= 1
            assert (order.reserved_by is Rail.CASH) == bool(waiting)
            assert (order.paid_by is Rail.CASH) == bool(confirmed)
            assert len(entries) == (order.state is OrderState.PAID)
            assert all(one.decided_by in (ANORA, RUSTAM) for one in confirmed)


def _run(call: Coroutine[Any, Any, T]) -> T:
    """The fakes never wait, so a coroutine of theirs ends at once."""
    try:
        call.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")


TestReceipts = Receipts.TestCase
