"""Tuition in PostgreSQL: the books agree with the ledger, and races issue, pay and join once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest

from db.engine import Pool
from domain.money import Money
from domain.payments.model import EntryKind, Order, OrderState, Rail
from domain.payments.settlement import accept_payment, return_payment
from domain.tuition.account import BillState
from domain.tuition.billing import Billing
from domain.tuition.errors import BillGone, BillVoided, OfficeOnly
from domain.tuition.model import BillId, NewBill, PaymentSchedule
from domain.tuition.office import TuitionOffice
from domain.tuition.ports import BILL_SCHEDULE_JOB
from domain.tuition.service import TuitionService
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

ALI, VALI, GULI, ADMIN = UserId(101), UserId(102), UserId(103), UserId(901)
MONTHLY = Money.soms(400_000)
DAY = date(2026, 9, 1)


@dataclass
class Clock:
    day: date = DAY
    hour: int = 4

    def __call__(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, self.hour, tzinfo=UTC)


@dataclass
class World:
    pool: Pool
    begin: Begin
    read: Begin
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.billing = Billing(begin=self.begin, now=self.clock)
        self.students = TuitionService(begin=self.begin, read=self.read, now=self.clock)
        self.office = TuitionOffice(begin=self.begin, read=self.read, now=self.clock)

    async def open(self, *students: UserId, name: str = "Matematika 9-A", day: int = 5) -> PaymentSchedule:
        schedule = await self.office.open(ADMIN, name=name, amount=MONTHLY, day_of_month=day, starts_on=DAY)
        for student in students:
            await self.office.take_in(ADMIN, schedule.id, student)
        return schedule

    async def settle(self, order: Order, external_id: str) -> Order:
        async with self.begin() as uow:
            locked = await uow.orders.lock_code(order.code)
            assert locked is not None
            paid = await accept_payment(uow, locked, Rail.PAYME, external_id, self.clock())
            await uow.commit()
        return paid

    async def give_back(self, order: Order) -> None:
        async with self.begin() as uow:
            await return_payment(uow, order, f"back:{order.code}", self.clock())
            await uow.commit()

    async def pay(self, student: UserId, schedule: PaymentSchedule, amount: Money) -> Order:
        order = await self.students.pay(student, schedule.id, amount)
        return await self.settle(order, f"payme:{order.code}")

    async def count(self, table: str, where: str = "true") -> int:
        return await self.pool.fetchval(f"select count(*) from {table} where {where}")


@pytest.fixture(scope="module")
async def people(pool: Pool) -> None:
    await pool.executemany(
        "insert into users (id, full_name, username, phone, language, role, step, timezone, created_at)"
        " values ($1, $2, $3, $4, 'uz', $5, $6, 'Asia/Tashkent', $7)",
        [
            (ALI, "Ali Karimov", "ali_k", "+998901234567", "student", "done", Clock()()),
            (VALI, "Vali 100%", "vali", "+998935550011", "student", "done", Clock()()),
            (GULI, "Guli", None, None, "student", "name", Clock()()),
            (ADMIN, "Anora", None, None, "admin", "done", Clock()()),
        ],
    )


@pytest.fixture
async def world(pool: Pool, begin: Begin, read: Begin, people: None) -> AsyncIterator[World]:
    yield World(pool=pool, begin=begin, read=read)
    # Whoever belongs to nothing any more owes nothing to later tests.
    await pool.execute(
        "update bills set voided_at = now(), voided_by = 901, void_reason = 'end' where voided_at is null"
    )
    await pool.execute("update schedule_members set left_on = joined_on where left_on is null")
    await pool.execute("update payment_schedules set ends_on = '2026-09-01'")


async def test_a_month_is_billed_part_paid_settled_and_reopened_by_a_refund(world: World) -> None:
    schedule = await world.open(ALI, day=1)

    half = await world.pay(ALI, schedule, Money.soms(150_000))
    after_half = await world.students.account(ALI, schedule.id)
    await world.pay(ALI, schedule, Money.soms(250_000))
    settled = await world.students.account(ALI, schedule.id)
    await world.give_back(half)
    reopened = await world.students.account(ALI, schedule.id)

    assert [line.state for line in after_half.lines(DAY)] == [BillState.PART_PAID]
    assert [line.state for line in settled.lines(DAY)] == [BillState.PAID]
    assert (after_half.debt, settled.debt, reopened.debt) == (25_000_000, 0, 15_000_000)
    payments = (await world.office.page(ADMIN, schedule.id, ALI)).payments
    assert [payment.amount for payment in payments] == [-15_000_000, 25_000_000, 15_000_000]


async def test_what_is_read_back_is_what_was_written(world: World) -> None:
    schedule = await world.open(ALI)
    await world.office.end(ADMIN, schedule.id, date(2027, 5, 31))

    account = await world.students.account(ALI, schedule.id)

    assert account.schedule.name == "Matematika 9-A"
    assert (account.schedule.amount, account.schedule.day_of_month) == (MONTHLY, 5)
    assert (account.schedule.starts_on, account.schedule.ends_on) == (DAY, date(2027, 5, 31))
    assert (account.member.full_name, account.member.username) == ("Ali Karimov", "ali_k")
    assert [stay.joined_on for stay in account.stays] == [DAY]


async def test_fifty_jobs_at_once_after_months_of_downtime_issue_each_month_once(world: World) -> None:
    schedule = await world.open(ALI, VALI)
    world.clock.day = date(2027, 1, 6)
    reminders = "kind = 'bill' and (data->>'bill_id')::bigint in (select id from bills where schedule_id = "

    await asyncio.gather(*(world.billing.bill(schedule.id) for _ in range(50)))

    assert await world.count("bills", f"schedule_id = {schedule.id}") == 10
    assert await world.count("notifications", f"{reminders}{schedule.id})") == 2


async def test_a_crash_before_the_commit_leaves_nothing_and_the_next_run_does_it_all(world: World) -> None:
    schedule = await world.open(ALI)
    world.clock.day = date(2026, 9, 5)
    told = f"kind = 'bill' and (data->>'bill_id')::bigint in (select id from bills where schedule_id = {schedule.id})"

    class Crashing:
        """Everything of the unit of work but the commit."""

        def __init__(self, uow: UnitOfWork) -> None:
            self._uow = uow

        def __getattr__(self, name: str) -> Any:
            return getattr(self._uow, name)

        async def commit(self) -> None:
            raise ConnectionError

    @asynccontextmanager
    async def crashing() -> AsyncIterator[UnitOfWork]:
        async with world.begin() as uow:
            yield cast("UnitOfWork", Crashing(uow))

    with pytest.raises(ConnectionError):
        await Billing(begin=crashing, now=world.clock).bill(schedule.id)
    assert await world.count("bills", f"schedule_id = {schedule.id}") == 0

    await world.billing.bill(schedule.id)

    assert await world.count("bills", f"schedule_id = {schedule.id}") == 1
    assert await world.count("notifications", told) == 1


async def test_payments_and_bills_at_once_leave_a_true_balance(world: World) -> None:
    schedule = await world.open(ALI, VALI, day=1)
    world.clock.day = date(2027, 2, 10)

    await asyncio.gather(
        *(world.billing.bill(schedule.id) for _ in range(10)),
        *(world.office.take_cash(ADMIN, schedule.id, ALI, MONTHLY, f"tap {number}") for number in range(6)),
        *(world.office.take_cash(ADMIN, schedule.id, VALI, MONTHLY, "one tap") for _ in range(6)),
    )

    ali, vali = [await world.students.account(student, schedule.id) for student in (ALI, VALI)]
    assert [len(account.bills) for account in (ali, vali)] == [6, 6]
    assert (ali.balance, vali.debt) == (0, 5 * MONTHLY.tiyin)


async def test_without_the_lock_the_schema_still_issues_once(world: World) -> None:
    """The negative control of the lock: two transactions that both saw no bill."""
    schedule = await world.open(ALI)
    bill = NewBill(
        schedule_id=schedule.id, user_id=ALI, month=date(2026, 10, 1), amount=MONTHLY, due_on=date(2026, 10, 5)
    )

    async def issue() -> int:
        async with world.begin() as uow:
            kept = await uow.tuition.issue([bill], world.clock())
            await uow.commit()
        return len(kept)

    assert sorted(await asyncio.gather(*(issue() for _ in range(20)))) == [0] * 19 + [1]


async def test_without_the_constraint_twenty_would_bill_twenty_times(world: World) -> None:
    """The negative control of the constraint, in a transaction that is rolled back."""
    schedule = await world.open(ALI)
    insert = (
        "insert into bills (schedule_id, user_id, month, amount_tiyin, due_on, issued_at)"
        " values ($1, $2, '2026-10-01', 1, '2026-10-05', now())"
    )
    async with world.pool.acquire() as connection:
        await connection.execute(insert, schedule.id, ALI)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(insert, schedule.id, ALI)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("alter table bills drop constraint uq_bills_schedule_id_user_id_month")
        await connection.execute(insert, schedule.id, ALI)
        twice = await connection.fetchval("select count(*) from bills where schedule_id = $1", schedule.id)
        await transaction.rollback()

    assert twice == 2


async def test_twenty_joins_at_once_are_one_stay_and_one_bill(world: World) -> None:
    schedule = await world.open(day=1)

    await asyncio.gather(*(world.students.join(ALI, schedule.join_code) for _ in range(20)))

    assert await world.count("schedule_members", f"schedule_id = {schedule.id}") == 1
    assert await world.count("bills", f"schedule_id = {schedule.id}") == 1


async def test_cash_that_is_confirmed_twenty_times_at_once_is_taken_once(world: World) -> None:
    schedule = await world.open(ALI, day=1)

    orders = await asyncio.gather(
        *(world.office.take_cash(ADMIN, schedule.id, ALI, MONTHLY, "one tap") for _ in range(20))
    )

    assert len({order.code for order in orders}) == 1
    account = await world.students.account(ALI, schedule.id)
    assert account.balance == 0
    assert {order.state for order in orders} == {OrderState.PAID}


async def test_different_payments_at_the_desk_all_count(world: World) -> None:
    """The negative control of the key: other keys are other payments."""
    schedule = await world.open(ALI, day=1)

    await asyncio.gather(
        *(world.office.take_cash(ADMIN, schedule.id, ALI, MONTHLY, f"tap {number}") for number in range(5))
    )

    assert (await world.students.account(ALI, schedule.id)).prepaid == 4 * MONTHLY.tiyin


async def test_twenty_amounts_at_once_leave_one_open_order(world: World) -> None:
    schedule = await world.open(ALI, day=1)

    await asyncio.gather(
        *(world.students.pay(ALI, schedule.id, Money.soms(1_000 * number)) for number in range(1, 21)),
        return_exceptions=True,
    )

    where = f"product_kind = 'tuition' and product_id = {schedule.id} and state = 'open'"
    assert await world.count("orders", where) == 1


async def test_a_bill_is_voided_once_and_keeps_who_and_why(world: World) -> None:
    schedule = await world.open(ALI, day=1)
    bill_id = (await world.students.account(ALI, schedule.id)).bills[0].id

    results = await asyncio.gather(
        *(world.office.void(ADMIN, bill_id, f"reason {number}") for number in range(10)), return_exceptions=True
    )

    assert results.count(None) == 1
    assert sum(isinstance(result, BillVoided) for result in results) == 9
    row = await world.pool.fetchrow("select voided_by, void_reason, amount_tiyin from bills where id = $1", bill_id)
    assert row is not None
    assert row["voided_by"] == ADMIN
    assert row["void_reason"].startswith("reason ")
    assert row["amount_tiyin"] == MONTHLY.tiyin


@pytest.mark.parametrize(
    "statement",
    [
        "delete from bills where id = $1",
        "update bills set amount_tiyin = 1 where id = $1",
        "update bills set month = '2026-11-01', due_on = '2026-11-05' where id = $1",
        "update bills set due_on = '2026-09-30' where id = $1",
        "update bills set user_id = 102 where id = $1",
    ],
)
async def test_the_database_refuses_to_change_what_was_issued(world: World, statement: str) -> None:
    schedule = await world.open(ALI, day=1)
    bill_id = (await world.students.account(ALI, schedule.id)).bills[0].id

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await world.pool.execute(statement, bill_id)


async def test_a_void_bill_never_comes_back(world: World) -> None:
    schedule = await world.open(ALI, day=1)
    bill_id = (await world.students.account(ALI, schedule.id)).bills[0].id
    await world.office.void(ADMIN, bill_id, "agreed")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await world.pool.execute(
            "update bills set voided_at = null, voided_by = null, void_reason = null where id = $1", bill_id
        )


async def test_the_day_on_which_a_bill_was_late_first_stays(world: World) -> None:
    schedule = await world.open(ALI, day=1)
    for days in (2, 5, 8):
        world.clock.day = DAY + timedelta(days=days)
        await world.billing.bill(schedule.id)

    await world.pay(ALI, schedule, MONTHLY)
    await world.billing.bill(schedule.id)

    account = await world.students.account(ALI, schedule.id)
    assert [bill.overdue_since for bill in account.bills] == [DAY + timedelta(days=2)]


async def test_reminders_wait_for_the_morning_of_the_students_own_clock(world: World) -> None:
    schedule = await world.open(ALI, day=25)
    # 23:00 in Tashkent; and years ahead, so that the queue's own clock sees a delay.
    world.clock.day, world.clock.hour = date(2036, 9, 23), 18
    await world.office.end(ADMIN, schedule.id, None)
    async with world.begin() as uow:
        for account in await uow.tuition.accounts(schedule.id):
            await uow.tuition.issue(account.owed(date(2036, 8, 30)), world.clock())
        await uow.commit()

    await world.billing.bill(schedule.id)

    after = await world.pool.fetchval(
        """
        select j.execute_after from pgqueuer j join notifications n
            on n.id = (convert_from(j.payload, 'utf8')::jsonb->>'notification_id')::bigint
        where n.kind = 'bill' and n.user_id = $1 order by n.id desc limit 1
        """,
        ALI,
    )
    assert abs(after - datetime(2036, 9, 24, 4, tzinfo=UTC)) < timedelta(seconds=10)


async def test_the_day_begins_with_one_job_a_schedule_whoever_asks_first(world: World) -> None:
    schedule = await world.open(ALI)

    await asyncio.gather(world.billing.start_day(), world.billing.start_day())

    waiting = await world.pool.fetchval(
        "select count(*) from pgqueuer where entrypoint = $1 and convert_from(payload, 'utf8')::jsonb = $2::jsonb",
        BILL_SCHEDULE_JOB,
        f'{{"schedule_id": {schedule.id}}}',
    )
    assert waiting == 1


async def test_the_office_sees_members_and_debts_of_former_ones_too(world: World) -> None:
    schedule = await world.open(ALI, VALI, day=1, name="Fizika")
    await world.office.let_go(ADMIN, schedule.id, VALI)
    await world.pay(ALI, schedule, Money.soms(500_000))

    summary = next(s for s in await world.office.schedules(ADMIN) if s.schedule.id == schedule.id)
    debtors = [d for d in await world.office.debtors(ADMIN) if d.schedule_id == schedule.id]
    book = await world.office.book(ADMIN, schedule.id)

    assert (summary.members, summary.debt) == (1, MONTHLY.tiyin)
    assert [(debtor.member.user_id, debtor.debt) for debtor in debtors] == [(VALI, MONTHLY.tiyin)]
    assert [account.member.user_id for account in book.members] == [ALI]
    assert [account.member.user_id for account in book.former_debtors] == [VALI]
    assert book.members[0].prepaid == Money.soms(100_000).tiyin


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("karim", {ALI}),
        ("@ali_k", {ALI}),
        ("ALI", {ALI, VALI}),
        ("100%", {VALI}),
        ("%", {VALI}),
        ("_", set()),
        ("4567", {ALI}),
        ("+998 93 555-00-11", {VALI}),
        ("Guli", set()),
        ("nobody like this", set()),
        ("", set()),
        ("\0", set()),
        ("'; drop table users; --", set()),
    ],
)
async def test_people_are_found_by_name_username_and_phone(world: World, words: str, found: set[UserId]) -> None:
    assert {person.user_id for person in await world.office.find_people(ADMIN, words)} == found


async def test_roles_are_read_from_the_database_at_every_call(world: World) -> None:
    schedule = await world.open(ALI, day=1)
    await world.pool.execute("update users set role = 'teacher' where id = $1", ADMIN)

    try:
        with pytest.raises(OfficeOnly):
            await world.office.take_cash(ADMIN, schedule.id, ALI, MONTHLY, "x")
    finally:
        await world.pool.execute("update users set role = 'admin' where id = $1", ADMIN)
    assert await world.count("payment_entries", "external_id like 'desk:901:%:x'") == 0


async def test_a_bill_of_somebody_else_is_gone(world: World) -> None:
    schedule = await world.open(ALI, VALI, day=1)
    theirs = (await world.students.account(ALI, schedule.id)).bills[0].id

    with pytest.raises(BillGone):
        await world.students.bill(VALI, theirs)
    with pytest.raises(BillGone):
        await world.students.bill(ALI, BillId(10**15))


async def test_balance_is_the_ledger_and_nothing_else(world: World) -> None:
    schedule = await world.open(ALI, day=1)
    order = await world.students.pay(ALI, schedule.id, MONTHLY)

    assert (await world.students.account(ALI, schedule.id)).paid == 0
    await world.settle(order, "payme:once")
    entries = await world.pool.fetchval(
        "select sum(amount_tiyin) from payment_entries where order_id = $1 and kind = $2", order.id, EntryKind.PAYMENT
    )
    assert (await world.students.account(ALI, schedule.id)).paid == entries == MONTHLY.tiyin
