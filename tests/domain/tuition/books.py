"""A centre's books in memory: one schedule, its students, and a ledger; keeps the schema's promises."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from domain.language import Language
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.notifications.model import NoticeKind
from domain.payments.model import EntryKind
from domain.tuition.account import Account
from domain.tuition.model import (
    Bill,
    BillId,
    JoinCode,
    Member,
    NewBill,
    NewSchedule,
    PaymentSchedule,
    ScheduleId,
    Stay,
)
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import RegistrationStep, Role, User, UserId
from tests.domain.payments.fakes import FakeAccess, FakeOrders, Tables

ALI, VALI, ADMIN = UserId(101), UserId(102), UserId(901)
MONTHLY = Money.soms(400_000)
SCHEDULE = ScheduleId(1)
CODE = JoinCode("A" * 22)
START = date(2026, 9, 1)


def nine(day: date) -> datetime:
    """09:00 of that day in Tashkent."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def schedule_of(**changes: Any) -> PaymentSchedule:
    plain = PaymentSchedule(
        id=SCHEDULE,
        name="Matematika 9-A",
        amount=MONTHLY,
        day_of_month=5,
        starts_on=START,
        join_code=CODE,
        created_by=ADMIN,
        created_at=nine(START),
    )
    return replace(plain, **changes)


def member_of(user_id: UserId = ALI) -> Member:
    return Member(user_id=user_id, full_name=f"Student {user_id}", username=None, timezone="Asia/Tashkent")


def account_of(
    *, stays: Sequence[Stay] = (Stay(joined_on=START),), bills: Sequence[Bill] = (), paid: int = 0, **changes: Any
) -> Account:
    return Account(
        schedule=schedule_of(**changes), member=member_of(), stays=tuple(stays), bills=tuple(bills), paid=paid
    )


def bill_of(month: date, amount: Money = MONTHLY, *, number: int = 1, due_on: date | None = None) -> Bill:
    return Bill(
        id=BillId(number),
        schedule_id=SCHEDULE,
        user_id=ALI,
        month=month,
        amount=amount,
        due_on=due_on or month.replace(day=5),
        issued_at=nine(month),
    )


def issued(bills: Sequence[NewBill], known: int = 0) -> list[Bill]:
    return [
        Bill(
            id=BillId(known + number),
            schedule_id=bill.schedule_id,
            user_id=bill.user_id,
            month=bill.month,
            amount=bill.amount,
            due_on=bill.due_on,
            issued_at=nine(bill.due_on),
        )
        for number, bill in enumerate(bills, 1)
    ]


@dataclass
class Books:
    schedules: dict[ScheduleId, PaymentSchedule] = field(default_factory=lambda: {SCHEDULE: schedule_of()})
    stays: list[tuple[ScheduleId, UserId, Stay]] = field(default_factory=list)
    bills: dict[BillId, Bill] = field(default_factory=dict)
    sales: Tables = field(default_factory=Tables)
    notices: list[tuple[UserId, NoticeKind, str, datetime | None]] = field(default_factory=list)
    roles: dict[UserId, Role] = field(
        default_factory=lambda: {ALI: Role.STUDENT, VALI: Role.STUDENT, ADMIN: Role.ADMIN}
    )

    def copy(self) -> "Books":
        return Books(
            dict(self.schedules),
            list(self.stays),
            dict(self.bills),
            self.sales.copy(),
            list(self.notices),
            dict(self.roles),
        )

    def paid(self, schedule_id: ScheduleId, user_id: UserId) -> int:
        product = Product(ProductKind.TUITION, schedule_id)
        orders = self.sales.orders
        return sum(
            entry.amount
            for order_id, entry in self.sales.entries
            if orders[order_id].product == product and orders[order_id].user_id == user_id
        )

    def payments(self) -> int:
        return sum(entry.kind is EntryKind.PAYMENT for _order_id, entry in self.sales.entries)


class FakeTuition:
    def __init__(self, books: Books) -> None:
        self._books = books

    async def add(self, schedule: NewSchedule) -> PaymentSchedule:
        plain = {name: getattr(schedule, name) for name in NewSchedule.__dataclass_fields__}
        kept = PaymentSchedule(id=ScheduleId(len(self._books.schedules) + 1), **plain)
        self._books.schedules[kept.id] = kept
        return kept

    async def get(self, schedule_id: ScheduleId) -> PaymentSchedule | None:
        return self._books.schedules.get(schedule_id)

    lock = get

    async def by_code(self, code: JoinCode) -> PaymentSchedule | None:
        return next((found for found in self._books.schedules.values() if found.join_code == code), None)

    async def save(self, schedule: PaymentSchedule) -> None:
        self._books.schedules[schedule.id] = schedule

    async def ids(self) -> Sequence[ScheduleId]:
        return list(self._books.schedules)

    async def enter(self, schedule_id: ScheduleId, user_id: UserId, day: date) -> bool:
        if any(stay.left_on is None for stay in self._stays(schedule_id, user_id)):
            return False
        self._books.stays.append((schedule_id, user_id, Stay(joined_on=day)))
        return True

    async def leave(self, schedule_id: ScheduleId, user_id: UserId, day: date) -> bool:
        for index, (schedule, user, stay) in enumerate(self._books.stays):
            if (schedule, user) == (schedule_id, user_id) and stay.left_on is None:
                self._books.stays[index] = (schedule, user, replace(stay, left_on=day))
                return True
        return False

    async def accounts(self, schedule_id: ScheduleId) -> Sequence[Account]:
        users = dict.fromkeys(user for schedule, user, _ in self._books.stays if schedule == schedule_id)
        found = [await self.account(schedule_id, user) for user in users]
        return [account for account in found if account is not None]

    async def account(self, schedule_id: ScheduleId, user_id: UserId) -> Account | None:
        stays = self._stays(schedule_id, user_id)
        if not stays:
            return None
        bills = [bill for bill in self._books.bills.values() if bill.user_id == user_id]
        return Account(
            schedule=self._books.schedules[schedule_id],
            member=member_of(user_id),
            stays=tuple(stays),
            bills=tuple(sorted((bill for bill in bills if bill.schedule_id == schedule_id), key=lambda b: b.month)),
            paid=self._books.paid(schedule_id, user_id),
        )

    async def bill(self, bill_id: BillId) -> Bill | None:
        return self._books.bills.get(bill_id)

    async def issue(self, bills: Sequence[NewBill], now: datetime) -> Sequence[Bill]:
        taken = {(bill.schedule_id, bill.user_id, bill.month) for bill in self._books.bills.values()}
        new = [bill for bill in bills if (bill.schedule_id, bill.user_id, bill.month) not in taken]
        kept = issued(new, len(self._books.bills))
        self._books.bills.update((bill.id, bill) for bill in kept)
        return kept

    async def mark_overdue(self, bill_ids: Sequence[BillId], day: date) -> None:
        for bill_id in bill_ids:
            bill = self._books.bills[bill_id]
            self._books.bills[bill_id] = replace(bill, overdue_since=bill.overdue_since or day)

    async def void(self, bill_id: BillId, actor_id: UserId, reason: str, now: datetime) -> bool:
        bill = self._books.bills[bill_id]
        if bill.is_void:
            return False
        self._books.bills[bill_id] = replace(bill, void_reason=reason)
        return True

    async def desk_order(self, external_id: str) -> str | None:
        for order_id, entry in self._books.sales.entries:
            if entry.external_id == external_id:
                return self._books.sales.orders[order_id].code
        return None

    def _stays(self, schedule_id: ScheduleId, user_id: UserId) -> list[Stay]:
        return [stay for schedule, user, stay in self._books.stays if (schedule, user) == (schedule_id, user_id)]


class FakeUsers:
    def __init__(self, books: Books) -> None:
        self._books = books

    async def get(self, user_id: UserId) -> User | None:
        role = self._books.roles.get(user_id)
        if role is None:
            return None
        return User(
            id=user_id,
            full_name=f"Student {user_id}",
            username=None,
            language=Language.UZ,
            role=role,
            step=RegistrationStep.DONE,
            phone=None,
            timezone="Asia/Tashkent",
            goal=None,
            daily_minutes=None,
            pending_link=None,
            is_muted=False,
            created_at=nine(START),
        )


class FakeNotifications:
    def __init__(self, books: Books) -> None:
        self._books = books

    async def add(
        self, user_id: UserId, kind: NoticeKind, key: str, data: Any, now: datetime, *, not_before: Any = None
    ) -> bool:
        if any((user_id, key) == (user, known) for user, _kind, known, _at in self._books.notices):
            return False
        self._books.notices.append((user_id, kind, key, not_before))
        return True


class FakeUnitOfWork:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.is_committed = False
        self.users = FakeUsers(books)
        self.tuition = FakeTuition(books)
        self.orders = FakeOrders(books.sales)
        self.access = FakeAccess(books.sales)
        self.notifications = FakeNotifications(books)

    async def commit(self) -> None:
        self.is_committed = True


class FakeDatabase:
    """`books` is what is committed."""

    def __init__(self) -> None:
        self.books = Books()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        uow = FakeUnitOfWork(self.books.copy())
        yield cast("UnitOfWork", uow)
        if uow.is_committed:
            self.books = uow.books

    @property
    def begin(self) -> Begin:
        return self._open

    @property
    def read(self) -> Begin:
        return self._open


@dataclass
class Calendar:
    """A clock that shows 09:00 of some day."""

    day: date = START

    def __call__(self) -> datetime:
        return nine(self.day)

    def forward(self, days: int) -> None:
        self.day += timedelta(days=days)
