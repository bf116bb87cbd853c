"""One student's account in one schedule: what was billed, what was paid, and how the two meet.

There is no second book of money: what was paid is the sum of the ledger's entries for this schedule, refunds included.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import InvalidInput
from domain.money import Money
from domain.tuition.errors import NotYourTuition
from domain.tuition.model import MIN_PAYMENT, Bill, Member, NewBill, PaymentSchedule, Stay, month_of, months_from

TWO_MONTHS = timedelta(days=62)
MOST_MONTHS = 12
"""Nobody pays for more months in one order, unless they owe more."""


class BillState(StrEnum):
    PAID = "paid"
    PART_PAID = "part_paid"
    OPEN = "open"
    OVERDUE = "overdue"
    """Its day has passed and something of it is left to pay."""
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A bill as it stands on some day."""

    bill: Bill
    covered: int
    """Tiyin."""
    state: BillState

    @property
    def left(self) -> int:
        """Tiyin that are still to be paid; nothing for a void bill."""
        return 0 if self.bill.is_void else self.bill.amount.tiyin - self.covered


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    schedule: PaymentSchedule
    member: Member
    stays: tuple[Stay, ...]
    """The oldest first."""
    bills: tuple[Bill, ...]
    """By month, void ones included."""
    paid: int
    """Tiyin that came and were not given back."""

    @property
    def balance(self) -> int:
        """Tiyin: paid beyond the bills, or, below zero, owed."""
        return self.paid - sum(bill.amount.tiyin for bill in self.bills if not bill.is_void)

    @property
    def debt(self) -> int:
        """Tiyin of issued bills that are not covered, due or not."""
        return max(0, -self.balance)

    @property
    def prepaid(self) -> int:
        """Tiyin that will cover the bills to come."""
        return max(0, self.balance)

    @property
    def is_member(self) -> bool:
        return any(stay.left_on is None for stay in self.stays)

    def lines(self, today: date) -> Sequence[BillLine]:
        """Every bill, the oldest first: that is also the order in which money covers them."""
        return [*self._covered(today)]

    def _covered(self, today: date) -> Iterator[BillLine]:
        money = self.paid
        for bill in sorted(self.bills, key=lambda bill: bill.month):
            covered = 0 if bill.is_void else min(money, bill.amount.tiyin)
            money -= covered
            yield BillLine(bill=bill, covered=covered, state=_state(bill, covered, today))

    def overdue(self, today: date) -> int:
        """Tiyin of the debt whose day has passed."""
        return sum(line.left for line in self.lines(today) if line.state is BillState.OVERDUE)

    def owed(self, until: date) -> Sequence[NewBill]:
        """The bills that are due up to `until` and were never issued.

        The month in which somebody comes is paid too: when its day has passed, on the day on which they come. Nobody
        owes a month that they left, or that the schedule ended, before its day.
        """
        known = {bill.month for bill in self.bills}
        return [self._bill(month, due_on) for month, due_on in self._dues(until) if month not in known]

    def next_due(self, today: date) -> NewBill | None:
        """The next bill that is not issued yet, with its day from `today` on; None when none will come."""
        coming = self.owed(max(today, self._begin()) + TWO_MONTHS)
        return next((bill for bill in coming if bill.due_on >= today), None)

    def _begin(self) -> date:
        return max((self.schedule.starts_on, *(stay.joined_on for stay in self.stays)))

    def _dues(self, until: date) -> Iterator[tuple[date, date]]:
        told: set[date] = set()
        for stay in self.stays:
            first = max(stay.joined_on, self.schedule.starts_on)
            last = min(day for day in (stay.left_on, self.schedule.ends_on, until) if day is not None)
            for month in months_from(month_of(first)):
                due_on = max(self.schedule.day_in(month), first)
                if due_on > last:
                    break
                if month not in told:
                    told.add(month)
                    yield month, due_on

    def _bill(self, month: date, due_on: date) -> NewBill:
        return NewBill(
            schedule_id=self.schedule.id,
            user_id=self.member.user_id,
            month=month,
            amount=self.schedule.amount,
            due_on=due_on,
        )

    @property
    def most(self) -> Money:
        """The largest payment that makes sense at once."""
        return Money(max(self.schedule.amount.tiyin * MOST_MONTHS, self.debt))

    def payable(self, amount: Money, today: date) -> Money:
        """The amount, if the student may pay it now. Raises NotYourTuition, InvalidInput("amount", …)."""
        is_going_on = self.is_member and not self.schedule.is_over(today)
        if not is_going_on and not self.debt:
            raise NotYourTuition
        if amount.is_free or (amount < MIN_PAYMENT and amount.tiyin != self.debt):
            raise InvalidInput("amount", "too_small")
        if amount > (self.most if is_going_on else Money(self.debt)):
            raise InvalidInput("amount", "too_large")
        return amount


def _state(bill: Bill, covered: int, today: date) -> BillState:
    if bill.is_void:
        return BillState.VOID
    if covered == bill.amount.tiyin:
        return BillState.PAID
    if today > bill.due_on:
        return BillState.OVERDUE
    return BillState.PART_PAID if covered else BillState.OPEN
