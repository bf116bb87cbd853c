"""Bills and balances: what is owed for which months, and how money covers it."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.money import Money
from domain.tuition.account import Account, BillState
from domain.tuition.errors import NotYourTuition
from domain.tuition.model import Stage, Stay, parse_date, parse_day, stage_on
from tests.domain.tuition.books import MONTHLY, START, account_of, bill_of, issued

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Stays one after another, any day of the month, any span of the schedule."""
    moments = sorted(draw(st.lists(days, min_size=1, max_size=5, unique=True)))
    pairs = list(zip(moments[::2], [*moments[1::2], None], strict=False))
    starts_on = draw(days)
    return account_of(
        stays=[Stay(joined_on=joined, left_on=left) for joined, left in pairs],
        day_of_month=draw(st.integers(1, 31)),
        starts_on=starts_on,
        ends_on=draw(st.none() | st.dates(starts_on, date(2028, 6, 1))),
    )


def dues_day_by_day(account: Account, until: date) -> dict[date, date]:
    """Written independently of the rule: walk through every day and ask whether a bill is due on it."""
    found: dict[date, date] = {}
    schedule = account.schedule
    for stay in account.stays:
        first = day = max(stay.joined_on, schedule.starts_on)
        while day <= until and (not stay.left_on or day <= stay.left_on) and not schedule.is_over(day):
            last_of_month = monthrange(day.year, day.month)[1]
            is_the_day = day.day == schedule.day_of_month or (
                day.day == last_of_month and schedule.day_of_month > last_of_month
            )
            if is_the_day or (day == first and day.day > min(schedule.day_of_month, last_of_month)):
                found.setdefault(day.replace(day=1), day)
            day += timedelta(days=1)
    return found


@given(accounts(), days)
def test_the_bills_are_those_that_a_walk_through_the_days_finds(account: Account, until: date) -> None:
    assert {bill.month: bill.due_on for bill in account.owed(until)} == dues_day_by_day(account, until)


@given(accounts(), st.lists(days, max_size=8), days)
def test_after_any_downtime_the_same_bills_are_there_as_without(
    account: Account, runs: list[date], last_run: date
) -> None:
    patchy = account
    for day in [*sorted(run for run in runs if run < last_run), last_run]:
        patchy = replace(patchy, bills=(*patchy.bills, *issued(patchy.owed(day), len(patchy.bills))))

    at_once = {(bill.month, bill.due_on) for bill in account.owed(last_run)}
    assert {(bill.month, bill.due_on) for bill in patchy.bills} == at_once
    assert len(patchy.bills) == len(at_once)


@given(st.lists(st.integers(1, 10**9), max_size=8), st.integers(0, 10**10), days, st.sets(st.integers(0, 7)))
def test_money_covers_the_oldest_bill_first_and_none_is_lost(
    amounts: list[int], paid: int, today: date, void: set[int]
) -> None:
    bills = [
        replace(
            bill_of(date(2026, number + 1, 1), Money(amount), number=number),
            void_reason="a mistake" if number in void else None,
        )
        for number, amount in enumerate(amounts)
    ]
    account = account_of(bills=bills[::-1], paid=paid)

    lines = account.lines(today)
    living = [line for line in lines if line.state is not BillState.VOID]
    assert sum(line.covered for line in lines) + account.prepaid == paid
    assert sum(line.left for line in lines) == account.debt
    assert account.prepaid == 0 or account.debt == 0
    assert all(line.covered == 0 and line.left == 0 for line in lines if line.state is BillState.VOID)
    first_gap = next((index for index, line in enumerate(living) if line.left), len(living))
    assert all(line.state is BillState.PAID for line in living[:first_gap])
    assert all(line.covered == 0 for line in living[first_gap + 1 :])
    assert account.overdue(today) == sum(line.left for line in living if line.bill.due_on < today)


def test_a_part_of_a_bill_is_part_paid_until_its_day_and_overdue_after_it() -> None:
    account = account_of(bills=[bill_of(date(2026, 10, 1))], paid=Money.soms(150_000).tiyin)

    on_its_day, day_after = account.lines(date(2026, 10, 5))[0], account.lines(date(2026, 10, 6))[0]

    assert (on_its_day.state, day_after.state) == (BillState.PART_PAID, BillState.OVERDUE)
    assert day_after.left == Money.soms(250_000).tiyin


@pytest.mark.parametrize(
    ("day", "month", "expected"),
    [
        (31, date(2027, 2, 1), date(2027, 2, 28)),
        (31, date(2028, 2, 1), date(2028, 2, 29)),
        (30, date(2026, 11, 1), date(2026, 11, 30)),
        (31, date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_a_day_that_the_month_does_not_have_is_its_last_day(day: int, month: date, expected: date) -> None:
    assert account_of(day_of_month=day).schedule.day_in(month) == expected


def test_the_month_of_coming_is_paid_on_the_day_of_coming_when_its_day_has_passed() -> None:
    account = account_of(stays=[Stay(joined_on=date(2026, 10, 20))])

    assert [bill.due_on for bill in account.owed(date(2026, 11, 30))] == [date(2026, 10, 20), date(2026, 11, 5)]


def test_a_month_that_was_left_before_its_day_is_not_owed() -> None:
    account = account_of(stays=[Stay(joined_on=START, left_on=date(2026, 10, 4))])

    assert [bill.month for bill in account.owed(date(2026, 12, 31))] == [date(2026, 9, 1)]


def test_who_comes_back_in_the_same_month_does_not_pay_it_twice() -> None:
    stays = [Stay(joined_on=START, left_on=date(2026, 9, 10)), Stay(joined_on=date(2026, 9, 20))]

    assert [bill.due_on for bill in account_of(stays=stays).owed(date(2026, 9, 30))] == [date(2026, 9, 5)]


@given(accounts(), days)
def test_the_next_bill_is_the_first_that_will_be_issued_from_today_on(account: Account, today: date) -> None:
    coming = [due for due in dues_day_by_day(account, date(2028, 12, 31)).values() if due >= today]

    found = account.next_due(today)

    assert (found.due_on if found else None) == (coming[0] if coming else None)


@pytest.mark.parametrize(
    ("days_after", "stage"),
    [
        (-3, Stage.ISSUED),
        (-1, Stage.ISSUED),
        (0, Stage.DUE),
        (2, Stage.DUE),
        (3, Stage.LATE),
        (10, Stage.LATE),
        (11, None),
        (400, None),
    ],
)
def test_the_newest_message_that_applies(days_after: int, stage: Stage | None) -> None:
    assert stage_on(START, START + timedelta(days=days_after)) is stage


def test_a_member_pays_ahead_up_to_twelve_months() -> None:
    account = account_of()
    year = Money(MONTHLY.tiyin * 12)

    assert account.payable(year, START) == year
    with pytest.raises(InvalidInput, match="too_large"):
        account.payable(Money(year.tiyin + 1), START)


def test_too_little_is_refused_except_for_the_rest_of_a_debt() -> None:
    rest = Money(12_345)
    account = account_of(bills=[bill_of(START, rest)])

    assert account.payable(rest, START) == rest
    with pytest.raises(InvalidInput, match="too_small"):
        account.payable(Money(12_344), START)


def test_nothing_is_no_payment_where_nothing_is_owed_either() -> None:
    with pytest.raises(InvalidInput, match="too_small"):
        account_of().payable(Money(0), START)


def test_who_has_left_pays_what_they_owe_and_no_more() -> None:
    left = account_of(stays=[Stay(joined_on=START, left_on=START)], bills=[bill_of(START)])

    assert left.payable(MONTHLY, START) == MONTHLY
    with pytest.raises(InvalidInput, match="too_large"):
        left.payable(Money(MONTHLY.tiyin + 100), START)
    with pytest.raises(NotYourTuition):
        replace(left, paid=MONTHLY.tiyin).payable(MONTHLY, START)


@pytest.mark.parametrize("text", ["0", "32", "-1", "1.5", "", "٣", "first", "001"])
def test_no_day_of_a_month(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_day(text)


@pytest.mark.parametrize("text", ["01.09.2026", "1/9/2026", "2026-09-01", " 1.9.2026 "])
def test_a_date_as_people_type_it(text: str) -> None:
    assert parse_date(text) == date(2026, 9, 1)


@pytest.mark.parametrize("text", ["31.02.2026", "1.9.26", "2026", "01.09.1999", "9999-01-01", "tomorrow", ""])
def test_no_date(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_date(text)
