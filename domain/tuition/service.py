"""What a student sees of their tuition, and how they pay it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.errors import OrderBusy
from domain.payments.model import ORDER_LIFETIME, NewCode, NewOrder, Order, Terms, random_code
from domain.payments.placing import place_order
from domain.tuition.account import Account, BillLine
from domain.tuition.errors import BillGone, ScheduleGone
from domain.tuition.issuing import issue_due
from domain.tuition.model import BillId, PaymentSchedule, ScheduleId, Stage, parse_join_code, stage_on
from domain.unit_of_work import Begin
from domain.users.model import UserId


def today_in(timezone: str, now: datetime) -> date:
    """The centre's calendar day."""
    return now.astimezone(ZoneInfo(timezone)).date()


def tuition_order(account: Account, amount: Money, code: NewCode, terms: Terms, now: datetime) -> NewOrder:
    """An order that adds `amount` to the account when it is paid."""
    return NewOrder(
        code=code(),
        user_id=account.member.user_id,
        product=Product(ProductKind.TUITION, account.schedule.id),
        course_id=None,
        title=account.schedule.title,
        price=amount,
        stars=terms.stars_for(amount, None),
        created_at=now,
        expires_at=now + ORDER_LIFETIME,
        fiscal=terms.fiscal,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What a join link shows before one says yes."""

    schedule: PaymentSchedule
    is_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All tuitions of a student in one line."""

    count: int
    debt: int
    """Tiyin."""


class TuitionService:
    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        timezone: str = "Asia/Tashkent",
        terms: Terms | None = None,
        new_code: NewCode = random_code,
    ) -> None:
        """`timezone`: the centre's, whose calendar bills follow."""
        self._begin = begin
        self._read = read
        self._now = now
        self._timezone = timezone
        self._terms = terms or Terms()
        self._new_code = new_code

    @property
    def today(self) -> date:
        return today_in(self._timezone, self._now())

    async def mine(self, user_id: UserId) -> Sequence[Account]:
        """Where they pay or paid tuition, the newest first."""
        async with self._read() as uow:
            return await uow.tuition.accounts_of(user_id)

    async def standing(self, user_id: UserId) -> Standing:
        accounts = await self.mine(user_id)
        return Standing(count=len(accounts), debt=sum(account.debt for account in accounts))

    async def account(self, user_id: UserId, schedule_id: ScheduleId) -> Account:
        """Their own account. Raises ScheduleGone, for a schedule that they never belonged to, too."""
        async with self._read() as uow:
            account = await uow.tuition.account(schedule_id, user_id)
        if account is None:
            raise ScheduleGone
        return account

    async def reminder(self, user_id: UserId, bill_id: BillId, stage: Stage) -> tuple[Account, BillLine] | None:
        """What a reminder has to say now; None when it has nothing to say any more: paid, void, or a newer one is
        due."""
        found = await self.bill(user_id, bill_id)
        _account, line = found
        return found if line.left and stage_on(line.bill.due_on, self.today) is stage else None

    async def bill(self, user_id: UserId, bill_id: BillId) -> tuple[Account, BillLine]:
        """One of their bills as it stands today. Raises BillGone."""
        async with self._read() as uow:
            bill = await uow.tuition.bill(bill_id)
            account = await uow.tuition.account(bill.schedule_id, user_id) if bill is not None else None
        for line in account.lines(self.today) if account is not None else ():
            if account is not None and line.bill.id == bill_id:
                return account, line
        raise BillGone

    async def look_at(self, user_id: UserId, code: str) -> Join:
        """The schedule behind a join link. Raises ScheduleGone for a link that does not lead anywhere (any more)."""
        known = parse_join_code(code)
        async with self._read() as uow:
            schedule = await uow.tuition.by_code(known)
            if schedule is None or schedule.is_over(self.today):
                raise ScheduleGone
            account = await uow.tuition.account(schedule.id, user_id)
        return Join(schedule=schedule, is_member=account is not None and account.is_member)

    async def join(self, user_id: UserId, code: str) -> PaymentSchedule:
        """Belong to the schedule from today on; twice is once. Raises ScheduleGone."""
        known, now = parse_join_code(code), self._now()
        async with self._begin() as uow:
            found = await uow.tuition.by_code(known)
            schedule = await uow.tuition.lock(found.id) if found is not None else None
            if schedule is None or schedule.join_code != known or schedule.is_over(self.today):
                raise ScheduleGone
            if await uow.tuition.enter(schedule.id, user_id, self.today):
                account = await uow.tuition.account(schedule.id, user_id)
                await issue_due(uow, [account] if account else [], self.today, now)
            await uow.commit()
        return schedule

    async def pay(self, user_id: UserId, schedule_id: ScheduleId, amount: Money) -> Order:
        """The open order for this amount; one at another amount makes room for it.

        Raises ScheduleGone, NotYourTuition, InvalidInput("amount", …), or OrderBusy while another amount is being
        paid.
        """
        now = self._now()
        async with self._begin() as uow:
            account = await uow.tuition.account(schedule_id, user_id)
            if account is None:
                raise ScheduleGone
            price = account.payable(amount, self.today)
            draft = tuition_order(account, price, self._new_code, self._terms, now)
            order = await place_order(uow, draft, now, may_replace=True)
            if order.price != price:
                raise OrderBusy
            await uow.commit()
        return order
