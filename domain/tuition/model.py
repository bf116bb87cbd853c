"""Monthly tuition: what a group or a student pays each month, who belongs to it and when, and the bills."""

import re
import secrets
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.money import Money
from domain.tuition.errors import ScheduleGone
from domain.users.model import UserId
from domain.users.names import tidy

ScheduleId = NewType("ScheduleId", int)
BillId = NewType("BillId", int)
JoinCode = NewType("JoinCode", str)
"""Whoever has it may join the schedule: the deep link `s_<code>`."""
NewJoinCode = Callable[[], JoinCode]

MAX_NAME = 80
MAX_REASON = 200
MIN_PAYMENT = Money.soms(1_000)
"""Less does not pay for its payment."""
MAX_MONTHLY = Money.soms(100_000_000)
ISSUED_AHEAD = timedelta(days=3)
"""A bill is issued so long before it is due."""
LATE_AFTER = timedelta(days=3)
FORGOTTEN_AFTER = timedelta(days=10)
"""Reminders that come later than this after the day are not sent: the office talks to the student."""

_CODE = re.compile(r"[A-Za-z0-9_-]{22}")


def random_join_code() -> JoinCode:
    """128 random bits in 22 characters that a deep link may carry."""
    return JoinCode(secrets.token_urlsafe(16))


def parse_join_code(text: str) -> JoinCode:
    """Raises ScheduleGone for what never was a code."""
    if _CODE.fullmatch(text) is None:
        raise ScheduleGone
    return JoinCode(text)


def month_of(day: date) -> date:
    """Months are named by their first day."""
    return day.replace(day=1)


def months_from(month: date) -> Iterator[date]:
    """This month and all that follow."""
    while True:
        yield month
        month = month_of(month + timedelta(days=31))


class Stage(StrEnum):
    """Which message about an unpaid bill is due: the bill itself, that it is due today, that it is late."""

    ISSUED = "issued"
    DUE = "due"
    LATE = "late"


def stage_on(due_on: date, today: date) -> Stage | None:
    """The newest message that applies; None when the day is so long gone that no message is sent any more."""
    if today < due_on:
        return Stage.ISSUED
    if today < due_on + LATE_AFTER:
        return Stage.DUE
    return Stage.LATE if today <= due_on + FORGOTTEN_AFTER else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    name: str
    """The group's or the student's: "Matematika 9-A"."""
    amount: Money
    """A month; what was issued before keeps its amount."""
    day_of_month: int
    """1 to 31; in a shorter month its last day."""
    starts_on: date
    ends_on: date | None = None
    """The last day; before `starts_on` it never starts."""
    join_code: JoinCode
    created_by: UserId
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSchedule(NewSchedule):
    id: ScheduleId

    @property
    def title(self) -> Text:
        """Names of groups are not translated."""
        return Text({Language.UZ: self.name})

    def day_in(self, month: date) -> date:
        """The day of payment in the month that begins with `month`."""
        return month.replace(day=min(self.day_of_month, monthrange(month.year, month.month)[1]))

    def is_over(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """From when to when, both days included, a student belongs to a schedule."""

    joined_on: date
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The student of an account, as the office and the notices need them."""

    user_id: UserId
    full_name: str
    username: str | None
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBill:
    schedule_id: ScheduleId
    user_id: UserId
    month: date
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill(NewBill):
    id: BillId
    issued_at: datetime
    overdue_since: date | None = None
    """The first day on which the daily job found it late; never taken back."""
    void_reason: str | None = None

    @property
    def is_void(self) -> bool:
        return self.void_reason is not None


def clean_name(text: str) -> str:
    """One line. Raises InvalidInput("name", "empty" or "too_long")."""
    name = tidy(text)
    if not any(character.isalnum() for character in name):
        raise InvalidInput("name", "empty")
    if len(name) > MAX_NAME:
        raise InvalidInput("name", "too_long")
    return name


def clean_reason(text: str) -> str:
    """One line. Raises InvalidInput("reason", "empty" or "too_long")."""
    reason = tidy(text)
    if not any(character.isalnum() for character in reason):
        raise InvalidInput("reason", "empty")
    if len(reason) > MAX_REASON:
        raise InvalidInput("reason", "too_long")
    return reason


def checked_day(day_of_month: int) -> int:
    """Raises InvalidInput("day", "range")."""
    if not 1 <= day_of_month <= 31:
        raise InvalidInput("day", "range")
    return day_of_month


def checked_monthly(amount: Money) -> Money:
    """Raises InvalidInput("amount", "too_small" or "too_large")."""
    if amount < MIN_PAYMENT:
        raise InvalidInput("amount", "too_small")
    if amount > MAX_MONTHLY:
        raise InvalidInput("amount", "too_large")
    return amount


def parse_day(text: str) -> int:
    """A day of the month as it is typed. Raises InvalidInput("day", "format" or "range")."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
        raise InvalidInput("day", "format")
    return checked_day(int(digits))


_DATE = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})|([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def parse_date(text: str) -> date:
    """`01.09.2026` or `2026-09-01`, from 2020 to 2099. Raises InvalidInput("date", "format" or "range")."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise InvalidInput("date", "format")
    day, month, year = (match[1], match[2], match[3]) if match[3] else (match[6], match[5], match[4])
    try:
        found = date(int(year), int(month), int(day))
    except ValueError as error:
        raise InvalidInput("date", "format") from error
    if not 2020 <= found.year < 2100:
        raise InvalidInput("date", "range")
    return found
