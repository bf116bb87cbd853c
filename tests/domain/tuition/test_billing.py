"""Tuition over time: random days, payments and changes, against what may never happen."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.errors import DomainError, InvalidInput, NotAllowed
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.notifications.model import NoticeKind
from domain.payments.errors import OrderBusy
from domain.payments.model import EntryKind, Order, OrderState, Rail
from domain.payments.settlement import accept_payment, return_payment
from domain.tuition.account import BillState
from domain.tuition.billing import Billing
from domain.tuition.errors import BillVoided, MemberGone, OfficeOnly, ScheduleGone, ScheduleOver
from domain.tuition.model import BillId, Stage, month_of
from domain.tuition.office import TuitionOffice
from domain.tuition.service import TuitionService
from domain.users.model import Role, UserId
from tests.domain.tuition.books import ADMIN, ALI, CODE, MONTHLY, SCHEDULE, START, VALI, Books, Calendar, FakeDatabase

STUDENTS = st.sampled_from([ALI, VALI])
SOMS = st.integers(1_000, 3_000_000)


class World:
    def __init__(self) -> None:
        self.database = FakeDatabase()
        self.clock = Calendar()
        doors: dict[str, Any] = {"begin": self.database.begin, "now": self.clock}
        self.billing = Billing(**doors)
        self.students = TuitionService(**doors, read=self.database.read)
        self.office = TuitionOffice(**doors, read=self.database.read)

    @property
    def books(self) -> Books:
        return self.database.books

    @property
    def today(self) -> date:
        return self.clock.day

    async def settle(self, order: Order, external_id: str) -> Order:
        async with self.database.begin() as uow:
            paid = await accept_payment(uow, order, Rail.PAYME, external_id, self.clock())
            await uow.commit()
        return paid

    async def give_back(self, order: Order) -> None:
        async with self.database.begin() as uow:
            await return_payment(uow, order, f"back:{order.code}", self.clock())
            await uow.commit()

    async def pay(self, user_id: UserId, amount: Money) -> Order:
        order = await self.students.pay(user_id, SCHEDULE, amount)
        return await self.settle(order, f"payme:{order.code}")

    def told(self, stage: str) -> list[UserId]:
        return [user_id for user_id, _kind, key, _at in self.books.notices if key.endswith(f":{stage}")]


@pytest.fixture
def world() -> World:
    return World()


def attempt(work: Coroutine[Any, Any, Any]) -> None:
    """Refusals are answers, too."""
    try:
        asyncio.run(work)
    except DomainError:
        return


class TuitionLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.frozen: dict[BillId, tuple[Money, date]] = {}

    @rule(days=st.integers(1, 45))
    def days_pass(self, days: int) -> None:
        self.world.clock.forward(days)

    @rule()
    def the_clock_bills(self) -> None:
        asyncio.run(self.world.billing.bill(SCHEDULE))

        for account in asyncio.run(self._accounts()):
            assert account.owed(self.world.today + timedelta(days=3)) == []
            for line in account.lines(self.world.today):
                assert line.state is not BillState.OVERDUE or line.bill.overdue_since is not None

    @rule(student=STUDENTS)
    def somebody_joins(self, student: UserId) -> None:
        attempt(self.world.students.join(student, CODE))

    @rule(student=STUDENTS)
    def somebody_leaves(self, student: UserId) -> None:
        attempt(self.world.office.let_go(ADMIN, SCHEDULE, student))

    @rule(student=STUDENTS, soms=SOMS)
    def somebody_pays(self, student: UserId, soms: int) -> None:
        attempt(self.world.pay(student, Money.soms(soms)))

    @rule(student=STUDENTS, soms=SOMS, key=st.integers(1, 3))
    def somebody_pays_at_the_desk(self, student: UserId, soms: int, key: int) -> None:
        attempt(self.world.office.take_cash(ADMIN, SCHEDULE, student, Money.soms(soms), str(key)))

    @precondition(lambda self: any(o.state is OrderState.PAID for o in self.world.books.sales.orders.values()))
    @rule(data=st.data())
    def a_payment_goes_back(self, data: st.DataObject) -> None:
        paid = [order for order in self.world.books.sales.orders.values() if order.state is OrderState.PAID]
        asyncio.run(self.world.give_back(data.draw(st.sampled_from(paid))))

    @precondition(lambda self: self.world.books.bills)
    @rule(data=st.data())
    def a_bill_is_voided(self, data: st.DataObject) -> None:
        bill_id = data.draw(st.sampled_from(sorted(self.world.books.bills)))
        attempt(self.world.office.void(ADMIN, bill_id, "agreed"))

    @rule(soms=st.integers(1_000, 2_000_000))
    def the_price_changes(self, soms: int) -> None:
        attempt(self.world.office.change_amount(ADMIN, SCHEDULE, Money.soms(soms)))

    @rule(day=st.integers(1, 31))
    def the_day_changes(self, day: int) -> None:
        attempt(self.world.office.change_day(ADMIN, SCHEDULE, day))

    @rule(in_days=st.none() | st.integers(0, 90))
    def the_end_changes(self, in_days: int | None) -> None:
        ends_on = None if in_days is None else self.world.today + timedelta(days=in_days)
        attempt(self.world.office.end(ADMIN, SCHEDULE, ends_on))

    @invariant()
    def nobody_has_two_bills_for_a_month(self) -> None:
        months = Counter((bill.user_id, bill.month) for bill in self.world.books.bills.values())
        assert set(months.values()) <= {1}

    @invariant()
    def what_was_issued_stays_as_it_is(self) -> None:
        for bill in self.world.books.bills.values():
            assert self.frozen.setdefault(bill.id, (bill.amount, bill.due_on)) == (bill.amount, bill.due_on)
        assert self.frozen.keys() == self.world.books.bills.keys()

    @invariant()
    def bills_and_ledger_make_the_balance(self) -> None:
        for account in asyncio.run(self._accounts()):
            theirs = [bill for bill in self.world.books.bills.values() if bill.user_id == account.member.user_id]
            billed = sum(bill.amount.tiyin for bill in theirs if not bill.is_void)
            assert account.balance == self.world.books.paid(SCHEDULE, account.member.user_id) - billed
            assert sum(line.left for line in account.lines(self.world.today)) == account.debt

    @invariant()
    def everybody_is_told_a_thing_once_and_by_day(self) -> None:
        notices = self.world.books.notices
        assert len({(user_id, key) for user_id, _kind, key, _at in notices}) == len(notices)
        for _user_id, kind, _key, at in notices:
            if kind in (NoticeKind.BILL, NoticeKind.BILL_COVERED):
                assert at is not None
                assert 9 <= at.astimezone(ZoneInfo("Asia/Tashkent")).hour < 21

    async def _accounts(self) -> Any:
        async with self.world.database.read() as uow:
            return await uow.tuition.accounts(SCHEDULE)


TestTuitionLife = TuitionLife.TestCase
TestTuitionLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


async def test_a_bill_is_issued_three_days_ahead_reminded_and_settled_in_parts(world: World) -> None:
    await world.students.join(ALI, CODE)
    world.clock.forward(1)
    await world.billing.bill(SCHEDULE)
    assert world.told("issued") == [ALI]

    await world.pay(ALI, Money.soms(150_000))
    world.clock.forward(3)
    await world.billing.bill(SCHEDULE)
    assert world.told("due") == [ALI]

    await world.pay(ALI, Money.soms(250_000))
    world.clock.forward(3)
    await world.billing.bill(SCHEDULE)

    account = await world.students.account(ALI, SCHEDULE)
    assert world.told("late") == []
    assert [line.state for line in account.lines(world.today)] == [BillState.PAID]
    assert account.balance == 0


async def test_after_five_months_of_downtime_each_month_has_one_bill_and_one_message_goes_out(world: World) -> None:
    await world.students.join(ALI, CODE)
    world.clock.day = date(2027, 1, 6)

    await world.billing.bill(SCHEDULE)
    await world.billing.bill(SCHEDULE)

    account = await world.students.account(ALI, SCHEDULE)
    assert [bill.month.month for bill in account.bills] == [9, 10, 11, 12, 1]
    assert account.debt == 5 * MONTHLY.tiyin
    assert [key for _user, _kind, key, _at in world.books.notices] == [f"bill:5:{Stage.DUE}"]
    assert all(bill.overdue_since == world.today for bill in account.bills)


async def test_prepayment_covers_the_next_bills_and_says_so(world: World) -> None:
    await world.students.join(ALI, CODE)
    await world.pay(ALI, Money(MONTHLY.tiyin * 2))

    for _ in range(70):
        world.clock.forward(1)
        await world.billing.bill(SCHEDULE)

    account = await world.students.account(ALI, SCHEDULE)
    assert [line.state for line in account.lines(world.today)] == [BillState.PAID, BillState.PAID, BillState.OVERDUE]
    assert world.told("covered") == [ALI, ALI]
    assert world.told("late") == [ALI]


async def test_a_new_price_counts_from_the_next_bill(world: World) -> None:
    await world.students.join(ALI, CODE)
    world.clock.day = date(2026, 9, 5)
    await world.billing.bill(SCHEDULE)

    await world.office.change_amount(ADMIN, SCHEDULE, Money.soms(500_000))
    world.clock.day = date(2026, 10, 5)
    await world.billing.bill(SCHEDULE)

    account = await world.students.account(ALI, SCHEDULE)
    assert [bill.amount for bill in account.bills] == [MONTHLY, Money.soms(500_000)]


async def test_moving_the_day_back_makes_no_bill_that_is_late_when_it_is_issued(world: World) -> None:
    await world.office.change_day(ADMIN, SCHEDULE, 25)
    await world.students.join(ALI, CODE)
    world.clock.day = date(2026, 9, 15)

    await world.office.change_day(ADMIN, SCHEDULE, 5)
    world.clock.day = date(2026, 10, 2)
    await world.billing.bill(SCHEDULE)

    account = await world.students.account(ALI, SCHEDULE)
    assert [bill.due_on for bill in account.bills] == [date(2026, 9, 25), date(2026, 10, 5)]


async def test_a_reminder_has_nothing_to_say_once_the_bill_is_paid_or_a_newer_one_is_due(world: World) -> None:
    await world.students.join(ALI, CODE)
    world.clock.day = date(2026, 9, 5)
    await world.billing.bill(SCHEDULE)
    bill_id = BillId(1)

    assert await world.students.reminder(ALI, bill_id, Stage.DUE) is not None
    assert await world.students.reminder(ALI, bill_id, Stage.ISSUED) is None
    await world.pay(ALI, MONTHLY)
    assert await world.students.reminder(ALI, bill_id, Stage.DUE) is None


async def test_a_refund_opens_the_bill_again(world: World) -> None:
    await world.students.join(ALI, CODE)
    world.clock.day = date(2026, 9, 5)
    await world.billing.bill(SCHEDULE)
    order = await world.pay(ALI, MONTHLY)

    await world.give_back(order)

    account = await world.students.account(ALI, SCHEDULE)
    assert account.debt == MONTHLY.tiyin


async def test_another_amount_replaces_the_open_order_and_the_same_goes_on_with_it(world: World) -> None:
    await world.students.join(ALI, CODE)

    first = await world.students.pay(ALI, SCHEDULE, MONTHLY)
    same = await world.students.pay(ALI, SCHEDULE, MONTHLY)
    other = await world.students.pay(ALI, SCHEDULE, Money.soms(100_000))

    assert first == same
    assert other.price == Money.soms(100_000)
    assert other.product == Product(ProductKind.TUITION, SCHEDULE)
    assert other.course_id is None
    assert world.books.sales.orders[first.id].state is OrderState.CANCELLED


async def test_while_one_amount_is_being_paid_another_is_not_ordered(world: World) -> None:
    await world.students.join(ALI, CODE)
    order = await world.students.pay(ALI, SCHEDULE, MONTHLY)
    async with world.database.begin() as uow:
        await uow.orders.reserve(order.reserve(Rail.CASH, None, world.clock(), is_busy=False))
        await uow.commit()

    with pytest.raises(OrderBusy):
        await world.students.pay(ALI, SCHEDULE, Money.soms(100_000))
    with pytest.raises(OrderBusy):
        await world.office.take_cash(ADMIN, SCHEDULE, ALI, MONTHLY, "1")
    assert world.books.payments() == 0


async def test_nobody_says_of_themselves_that_they_have_paid_at_the_desk(world: World) -> None:
    await world.students.join(ADMIN, CODE)

    with pytest.raises(NotAllowed):
        await world.office.take_cash(ADMIN, SCHEDULE, ADMIN, MONTHLY, "1")

    assert world.books.payments() == 0


async def test_cash_at_the_desk_is_taken_once_however_often_it_is_confirmed(world: World) -> None:
    await world.students.join(ALI, CODE)

    first = await world.office.take_cash(ADMIN, SCHEDULE, ALI, MONTHLY, "a tap")
    again = await world.office.take_cash(ADMIN, SCHEDULE, ALI, MONTHLY, "a tap")
    another = await world.office.take_cash(ADMIN, SCHEDULE, ALI, MONTHLY, "another")

    assert first == again
    assert another != first
    assert world.books.paid(SCHEDULE, ALI) == 2 * MONTHLY.tiyin
    kinds = {(entry.rail, entry.kind) for _order_id, entry in world.books.sales.entries}
    assert kinds == {(Rail.CASH, EntryKind.PAYMENT)}
    assert [kind for _user, kind, _key, _at in world.books.notices] == [NoticeKind.PAYMENT_PERFORMED] * 2


async def test_a_schedule_of_others_is_gone_for_a_student(world: World) -> None:
    await world.students.join(ALI, CODE)

    with pytest.raises(ScheduleGone):
        await world.students.pay(VALI, SCHEDULE, MONTHLY)
    with pytest.raises(ScheduleGone):
        await world.students.account(VALI, SCHEDULE)


@pytest.mark.parametrize("code", ["", "B" * 22, "A" * 21, "A" * 23, "../" * 7 + "A", "ё" * 22])
async def test_a_wrong_join_link_leads_nowhere(world: World, code: str) -> None:
    with pytest.raises(ScheduleGone):
        await world.students.join(ALI, code)


async def test_a_renewed_join_link_closes_the_old_one(world: World) -> None:
    renewed = await world.office.renew_link(ADMIN, SCHEDULE)

    with pytest.raises(ScheduleGone):
        await world.students.look_at(ALI, CODE)
    assert not (await world.students.look_at(ALI, renewed.join_code)).is_member


async def test_joining_twice_is_joining_once(world: World) -> None:
    await world.students.join(ALI, CODE)
    await world.students.join(ALI, CODE)

    assert len(world.books.stays) == 1


async def test_what_has_ended_takes_nobody_in_and_does_not_begin_again(world: World) -> None:
    await world.office.end(ADMIN, SCHEDULE, world.today)
    world.clock.forward(1)

    with pytest.raises(ScheduleGone):
        await world.students.join(ALI, CODE)
    with pytest.raises(ScheduleOver):
        await world.office.take_in(ADMIN, SCHEDULE, ALI)
    with pytest.raises(ScheduleOver):
        await world.office.end(ADMIN, SCHEDULE, None)


async def test_an_end_in_the_past_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="past"):
        await world.office.end(ADMIN, SCHEDULE, world.today - timedelta(days=1))


async def test_a_voided_bill_is_owed_no_more_and_is_never_issued_again(world: World) -> None:
    await world.students.join(ALI, CODE)
    world.clock.day = date(2026, 9, 5)
    await world.billing.bill(SCHEDULE)

    await world.office.void(ADMIN, BillId(1), "  ill for a month ")
    await world.billing.bill(SCHEDULE)

    account = await world.students.account(ALI, SCHEDULE)
    assert account.debt == 0
    assert [(bill.month, bill.void_reason) for bill in account.bills] == [(month_of(world.today), "ill for a month")]
    with pytest.raises(BillVoided):
        await world.office.void(ADMIN, BillId(1), "again")


async def test_a_stranger_at_the_desk_is_nobodys_member(world: World) -> None:
    with pytest.raises(MemberGone):
        await world.office.take_cash(ADMIN, SCHEDULE, ALI, MONTHLY, "1")
    with pytest.raises(MemberGone):
        await world.office.take_in(ADMIN, SCHEDULE, UserId(404))


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER])
async def test_the_office_is_closed_to_everybody_but_admins_as_they_are_now(world: World, role: Role) -> None:
    await world.office.take_in(ADMIN, SCHEDULE, ALI)
    world.books.roles[ADMIN] = role
    before = world.books.copy()
    office = world.office
    calls = (
        office.admit(ADMIN),
        office.schedules(ADMIN),
        office.debtors(ADMIN),
        office.open(ADMIN, name="X", amount=MONTHLY, day_of_month=1, starts_on=START),
        office.book(ADMIN, SCHEDULE),
        office.rename(ADMIN, SCHEDULE, "X"),
        office.change_amount(ADMIN, SCHEDULE, MONTHLY),
        office.change_day(ADMIN, SCHEDULE, 1),
        office.end(ADMIN, SCHEDULE, START),
        office.renew_link(ADMIN, SCHEDULE),
        office.find_people(ADMIN, "a"),
        office.take_in(ADMIN, SCHEDULE, VALI),
        office.let_go(ADMIN, SCHEDULE, ALI),
        office.page(ADMIN, SCHEDULE, ALI),
        office.void(ADMIN, BillId(1), "why"),
        office.take_cash(ADMIN, SCHEDULE, ALI, MONTHLY, "1"),
    )

    for call in calls:
        with pytest.raises(OfficeOnly):
            await call
    assert world.books == before
