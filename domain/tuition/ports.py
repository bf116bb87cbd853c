"""What the rules about tuition need kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.payments.model import OrderCode, Rail
from domain.tuition.account import Account
from domain.tuition.model import Bill, BillId, JoinCode, Member, NewBill, NewSchedule, PaymentSchedule, ScheduleId
from domain.users.model import UserId

BILL_SCHEDULE_JOB = "bill_schedule"
"""Payload: `schedule_id`. Issues what is due and reminds of what is not paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSummary:
    """One line of the office's list."""

    schedule: PaymentSchedule
    members: int
    """Those who belong to it now."""
    debt: int
    """Tiyin, of former members too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    schedule_id: ScheduleId
    schedule_name: str
    member: Member
    debt: int
    """Tiyin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A movement of one account's money."""

    at: datetime
    amount: int
    """Tiyin; below zero for a refund."""
    rail: Rail
    order_code: OrderCode


class Tuition(Protocol):
    """Schedules, stays and bills. Accounts are made of them and of the ledger, one query for a screen."""

    async def add(self, schedule: NewSchedule) -> PaymentSchedule: ...

    async def get(self, schedule_id: ScheduleId) -> PaymentSchedule | None: ...

    async def lock(self, schedule_id: ScheduleId) -> PaymentSchedule | None:
        """Held until the unit of work ends: changes of one schedule and its bills happen one after another."""
        ...

    async def by_code(self, code: JoinCode) -> PaymentSchedule | None: ...

    async def save(self, schedule: PaymentSchedule) -> None:
        """Keep name, amount, day, end and join code."""
        ...

    async def ids(self) -> Sequence[ScheduleId]: ...

    async def summaries(self) -> Sequence[ScheduleSummary]:
        """By name."""
        ...

    async def enter(self, schedule_id: ScheduleId, user_id: UserId, day: date) -> bool:
        """Begin a stay; False when they belong to it already."""
        ...

    async def leave(self, schedule_id: ScheduleId, user_id: UserId, day: date) -> bool:
        """End the stay; False when there is none."""
        ...

    async def accounts(self, schedule_id: ScheduleId) -> Sequence[Account]:
        """Of everybody who belongs or ever belonged to it, by name."""
        ...

    async def accounts_of(self, user_id: UserId) -> Sequence[Account]:
        """The newest schedule first."""
        ...

    async def account(self, schedule_id: ScheduleId, user_id: UserId) -> Account | None: ...

    async def debtors(self, limit: int) -> Sequence[Debtor]:
        """The largest debt first."""
        ...

    async def payments(self, schedule_id: ScheduleId, user_id: UserId, limit: int) -> Sequence[Payment]:
        """The newest first."""
        ...

    async def bill(self, bill_id: BillId) -> Bill | None: ...

    async def issue(self, bills: Sequence[NewBill], now: datetime) -> Sequence[Bill]:
        """Keep them; those whose month was billed before are left out."""
        ...

    async def mark_overdue(self, bill_ids: Sequence[BillId], day: date) -> None:
        """Note the first day on which they were late."""
        ...

    async def void(self, bill_id: BillId, actor_id: UserId, reason: str, now: datetime) -> bool:
        """False when it was voided before."""
        ...

    async def people(self, words: str, limit: int) -> Sequence[Member]:
        """Registered people whose name, @username or phone number holds what was typed, by name."""
        ...

    async def desk_order(self, external_id: str) -> OrderCode | None:
        """The order that this payment at the desk has paid."""
        ...
