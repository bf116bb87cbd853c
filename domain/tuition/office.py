"""What admins do with tuition: schedules, members, bills, cash at the desk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.clock import Clock
from domain.errors import InvalidInput, NotAllowed
from domain.money import Money
from domain.payments.errors import OrderBusy
from domain.payments.model import NewCode, Order, Rail, Terms, random_code
from domain.payments.placing import is_busy, place_order
from domain.payments.settlement import accept_payment
from domain.tuition.account import Account
from domain.tuition.errors import BillGone, BillVoided, MemberGone, OfficeOnly, ScheduleGone, ScheduleOver
from domain.tuition.issuing import issue_due
from domain.tuition.model import (
    ISSUED_AHEAD,
    BillId,
    Member,
    NewJoinCode,
    NewSchedule,
    PaymentSchedule,
    ScheduleId,
    checked_day,
    checked_monthly,
    clean_name,
    clean_reason,
    month_of,
    random_join_code,
)
from domain.tuition.ports import Debtor, Payment, ScheduleSummary
from domain.tuition.service import today_in, tuition_order
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId
from domain.users.names import tidy

PEOPLE_SHOWN = 20
DEBTORS_SHOWN = 100
PAYMENTS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A schedule with the accounts of everybody who ever belonged to it."""

    schedule: PaymentSchedule
    accounts: Sequence[Account]

    @property
    def members(self) -> Sequence[Account]:
        return [account for account in self.accounts if account.is_member]

    @property
    def former_debtors(self) -> Sequence[Account]:
        """Who left and still owes."""
        return [account for account in self.accounts if not account.is_member and account.debt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One account as the office sees it."""

    account: Account
    payments: Sequence[Payment]


class TuitionOffice:
    """Every method raises OfficeOnly unless the actor is an admin now, by the database."""

    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        timezone: str = "Asia/Tashkent",
        terms: Terms | None = None,
        new_code: NewCode = random_code,
        new_join_code: NewJoinCode = random_join_code,
    ) -> None:
        """`timezone`: the centre's, whose calendar bills follow."""
        self._begin = begin
        self._read = read
        self._now = now
        self._timezone = timezone
        self._terms = terms or Terms()
        self._new_code = new_code
        self._new_join_code = new_join_code

    @property
    def today(self) -> date:
        return today_in(self._timezone, self._now())

    async def admit(self, actor_id: UserId) -> None:
        async with self._read() as uow:
            await _require_admin(uow, actor_id)

    async def schedules(self, actor_id: UserId) -> Sequence[ScheduleSummary]:
        """Those that have ended come last."""
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            found = await uow.tuition.summaries()
        return sorted(found, key=lambda summary: summary.schedule.is_over(self.today))

    async def debtors(self, actor_id: UserId) -> Sequence[Debtor]:
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            return await uow.tuition.debtors(DEBTORS_SHOWN)

    async def open(
        self, actor_id: UserId, *, name: str, amount: Money, day_of_month: int, starts_on: date
    ) -> PaymentSchedule:
        """A new schedule. Raises InvalidInput."""
        draft = NewSchedule(
            name=clean_name(name),
            amount=checked_monthly(amount),
            day_of_month=checked_day(day_of_month),
            starts_on=starts_on,
            join_code=self._new_join_code(),
            created_by=actor_id,
            created_at=self._now(),
        )
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            schedule = await uow.tuition.add(draft)
            await uow.commit()
        return schedule

    async def book(self, actor_id: UserId, schedule_id: ScheduleId) -> Book:
        """Raises ScheduleGone."""
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            schedule = await uow.tuition.get(schedule_id)
            if schedule is None:
                raise ScheduleGone
            return Book(schedule=schedule, accounts=await uow.tuition.accounts(schedule_id))

    async def rename(self, actor_id: UserId, schedule_id: ScheduleId, name: str) -> PaymentSchedule:
        cleaned = clean_name(name)
        return await self._change(actor_id, schedule_id, lambda schedule: replace(schedule, name=cleaned))

    async def change_amount(self, actor_id: UserId, schedule_id: ScheduleId, amount: Money) -> PaymentSchedule:
        """Bills that were issued keep their amount. Raises ScheduleGone, ScheduleOver, InvalidInput."""
        checked = checked_monthly(amount)
        return await self._change(actor_id, schedule_id, lambda schedule: replace(schedule, amount=checked))

    async def change_day(self, actor_id: UserId, schedule_id: ScheduleId, day_of_month: int) -> PaymentSchedule:
        """From the next bill on. Raises ScheduleGone, ScheduleOver, InvalidInput.

        The month under way keeps its day where the new one has passed already: a bill must not be late when it is
        issued.
        """
        checked, now = checked_day(day_of_month), self._now()
        async with self._begin() as uow:
            schedule = await self._lock(uow, actor_id, schedule_id)
            changed = replace(schedule, day_of_month=checked)
            month = month_of(self.today)
            if changed.day_in(month) < self.today:
                until = max(schedule.day_in(month), self.today + ISSUED_AHEAD)
                await issue_due(uow, await uow.tuition.accounts(schedule_id), self.today, now, until=until)
            await uow.tuition.save(changed)
            await uow.commit()
        return changed

    async def end(self, actor_id: UserId, schedule_id: ScheduleId, ends_on: date | None) -> PaymentSchedule:
        """Its last day, today or later; None: it goes on. Debts stay. Raises ScheduleGone, InvalidInput, and
        ScheduleOver for one that has ended: going on with it would bill the months between at once."""
        if ends_on is not None and ends_on < self.today:
            raise InvalidInput("date", "past")
        return await self._change(actor_id, schedule_id, lambda schedule: replace(schedule, ends_on=ends_on))

    async def renew_link(self, actor_id: UserId, schedule_id: ScheduleId) -> PaymentSchedule:
        """From now on the old join link leads nowhere."""
        code = self._new_join_code()
        return await self._change(actor_id, schedule_id, lambda schedule: replace(schedule, join_code=code))

    async def find_people(self, actor_id: UserId, words: str) -> Sequence[Member]:
        """Registered people by a part of their name, @username or phone number."""
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            cleaned = tidy(words)
            return await uow.tuition.people(cleaned, PEOPLE_SHOWN) if cleaned else ()

    async def take_in(self, actor_id: UserId, schedule_id: ScheduleId, user_id: UserId) -> bool:
        """From today on the person belongs to it; False when they do already. Raises ScheduleGone, ScheduleOver,
        MemberGone for somebody unknown."""
        now = self._now()
        async with self._begin() as uow:
            schedule = await self._lock(uow, actor_id, schedule_id)
            person = await uow.users.get(user_id)
            if person is None or not person.is_registered:
                raise MemberGone
            is_new = await uow.tuition.enter(schedule.id, user_id, self.today)
            account = await uow.tuition.account(schedule.id, user_id)
            await issue_due(uow, [account] if is_new and account else [], self.today, now)
            await uow.commit()
        return is_new

    async def let_go(self, actor_id: UserId, schedule_id: ScheduleId, user_id: UserId) -> bool:
        """Today is their last day; what they owe, they owe. False when they do not belong to it."""
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            if await uow.tuition.lock(schedule_id) is None:
                raise ScheduleGone
            has_left = await uow.tuition.leave(schedule_id, user_id, self.today)
            await uow.commit()
        return has_left

    async def page(self, actor_id: UserId, schedule_id: ScheduleId, user_id: UserId) -> Page:
        """One account with its newest payments. Raises MemberGone."""
        async with self._read() as uow:
            await _require_admin(uow, actor_id)
            account = await _account(uow, schedule_id, user_id)
            return Page(account=account, payments=await uow.tuition.payments(schedule_id, user_id, PAYMENTS_SHOWN))

    async def void(self, actor_id: UserId, bill_id: BillId, reason: str) -> None:
        """Nobody owes this bill any more; it stays in the books with who voided it and why.

        Raises BillGone, BillVoided, InvalidInput("reason", …).
        """
        cleaned = clean_reason(reason)
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            if await uow.tuition.bill(bill_id) is None:
                raise BillGone
            if not await uow.tuition.void(bill_id, actor_id, cleaned, self._now()):
                raise BillVoided
            await uow.commit()

    async def take_cash(
        self, actor_id: UserId, schedule_id: ScheduleId, user_id: UserId, amount: Money, key: str
    ) -> Order:
        """Money that was given at the desk: an order of its own, paid at once, the student is told.

        `key` names this one payment of this student to this admin: with the same key it is taken once.

        Raises MemberGone, InvalidInput("amount", …), NotYourTuition, OrderBusy while the student is paying online, or
        NotAllowed for one's own tuition.
        """
        now = self._now()
        external_id = f"desk:{actor_id}:{schedule_id}:{user_id}:{key}"
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            if actor_id == user_id:
                # Nobody says of themselves that they have paid, as with receipts.
                raise NotAllowed
            if await uow.tuition.lock(schedule_id) is None:
                raise MemberGone
            if (taken := await self._taken(uow, external_id)) is not None:
                return taken
            account = await _account(uow, schedule_id, user_id)
            price = account.payable(amount, self.today)
            draft = tuition_order(account, price, self._new_code, self._terms, now)
            order = await place_order(uow, draft, now, may_replace=True)
            if order.price != price or await is_busy(uow, order, now):
                raise OrderBusy
            paid = await accept_payment(uow, order, Rail.CASH, external_id, now)
            await uow.commit()
        return paid

    async def _taken(self, uow: UnitOfWork, external_id: str) -> Order | None:
        code = await uow.tuition.desk_order(external_id)
        return await uow.orders.lock_code(code) if code is not None else None

    async def _change(
        self, actor_id: UserId, schedule_id: ScheduleId, change: Callable[[PaymentSchedule], PaymentSchedule]
    ) -> PaymentSchedule:
        async with self._begin() as uow:
            changed = change(await self._lock(uow, actor_id, schedule_id))
            await uow.tuition.save(changed)
            await uow.commit()
        return changed

    async def _lock(self, uow: UnitOfWork, actor_id: UserId, schedule_id: ScheduleId) -> PaymentSchedule:
        """A schedule that may still be changed."""
        await _require_admin(uow, actor_id)
        schedule = await uow.tuition.lock(schedule_id)
        if schedule is None:
            raise ScheduleGone
        if schedule.is_over(self.today):
            raise ScheduleOver
        return schedule


async def _account(uow: UnitOfWork, schedule_id: ScheduleId, user_id: UserId) -> Account:
    account = await uow.tuition.account(schedule_id, user_id)
    if account is None:
        raise MemberGone
    return account


async def _require_admin(uow: UnitOfWork, actor_id: UserId) -> None:
    actor = await uow.users.get(actor_id)
    if actor is None or not actor.is_admin:
        raise OfficeOnly
