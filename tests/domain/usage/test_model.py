"""What calls cost, and what an admin types as a limit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.usage.model import (
    MAX_LIMIT,
    MICROS,
    Budgets,
    Feature,
    Limit,
    Measure,
    Payer,
    Period,
    Price,
    Unit,
    Whose,
    centre_day,
    read_limit,
)
from domain.usage.payer import current_payer, paid_by
from domain.users.model import UserId

MINI = Price(tokens_in=Decimal("0.15"), tokens_out=Decimal("0.60"), minute=Decimal("0.006"))


@pytest.mark.parametrize(
    ("used", "micros"),
    [
        (Measure(tokens_in=1_000_000), 150_000),
        (Measure(tokens_in=1_000_000, tokens_out=1_000_000), 750_000),
        (Measure(tokens_in=1), 1),
        (Measure(seconds=60), 6_000),
        (Measure(seconds=1), 100),
        (Measure(), 0),
    ],
)
def test_a_call_costs_its_tokens_and_seconds_and_never_nothing(used: Measure, micros: int) -> None:
    assert used.cost(MINI) == micros


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.decimals(0, 1000, places=4))
def test_a_cost_is_rounded_up_by_less_than_one(tokens_in: int, tokens_out: int, price: Decimal) -> None:
    exact = (tokens_in + tokens_out) * price
    cost = Measure(tokens_in=tokens_in, tokens_out=tokens_out).cost(Price(tokens_in=price, tokens_out=price))

    assert 0 <= cost - exact < 1


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("200000", Unit.TOKENS, 200_000),
        (" 200 000 ", Unit.TOKENS, 200_000),
        ("0", Unit.TOKENS, None),
        ("2.50", Unit.MONEY, 2_500_000),
        ("2,5", Unit.MONEY, 2_500_000),
        ("$20", Unit.MONEY, 20_000_000),
        ("0", Unit.MONEY, None),
    ],
)
def test_limits_are_read_as_admins_type_them(text: str, unit: Unit, amount: int | None) -> None:
    assert read_limit(text, unit) == amount


@pytest.mark.parametrize(
    "text", ["", "much", "-5", "1e9", "١٢", "2.", ".5", "1.2.3", "2,000.5", "NaN", "9" * 40, "0.1234567", "\x00"]
)
@pytest.mark.parametrize("unit", Unit)
def test_what_is_no_limit_is_refused(text: str, unit: Unit) -> None:
    with pytest.raises(InvalidInput):
        read_limit(text, unit)


def test_a_number_of_tokens_has_no_fraction() -> None:
    """`200.000` might mean two hundred or two hundred thousand."""
    with pytest.raises(InvalidInput):
        read_limit("200.000", Unit.TOKENS)


@given(st.text(), st.sampled_from(Unit))
def test_whatever_is_typed_is_a_limit_in_range_or_refused(text: str, unit: Unit) -> None:
    try:
        amount = read_limit(text, unit)
    except InvalidInput:
        return

    assert amount is None or 0 < amount <= MAX_LIMIT


@given(st.sampled_from(Whose), st.sampled_from(Period), st.sampled_from(Unit), st.integers(1, MAX_LIMIT))
def test_changing_one_limit_leaves_the_others(whose: Whose, period: Period, unit: Unit, amount: int) -> None:
    every = Limit(tokens=7, micros=7)
    budgets = Budgets(person_day=every, person_month=every, centre_day=every, centre_month=every)

    changed = budgets.with_limit(whose, period, unit, amount)

    assert changed.limit(whose, period).of(unit) == amount
    assert changed.with_limit(whose, period, unit, 7) == budgets


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(Period))
def test_a_day_lies_in_its_period(day: date, period: Period) -> None:
    assert period.start(day) <= day < period.end(day)
    assert period.start(period.end(day)) == period.end(day)


def test_the_centres_day_begins_at_its_own_midnight() -> None:
    assert centre_day(datetime(2026, 11, 30, 19, 0, tzinfo=UTC), "Asia/Tashkent") == date(2026, 12, 1)
    assert MICROS == 1_000_000


def test_a_call_that_nobody_speaks_for_is_the_centres() -> None:
    mine = Payer(feature=Feature.TUTOR, user_id=UserId(1))

    with paid_by(mine):
        inside = current_payer()

    assert inside == mine
    assert current_payer() == Payer(feature=Feature.OTHER)
