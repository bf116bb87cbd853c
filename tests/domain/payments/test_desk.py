"""The desk's own rules: days as staff types them, texts that stay texts, and sums."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.learning.model import ProductKind
from domain.money import Money
from domain.payments.days import Days, parse_days
from domain.payments.desk import clean_reason, clean_search, seal
from domain.payments.desk_ports import ExportLine
from domain.payments.export import COLUMNS, SUM_COLUMNS, Sums, Words, row_of, soms, text_cell
from domain.payments.model import Order, OrderCode, OrderId, OrderState, Rail
from tests.domain.payments.fakes import ALGEBRA, ALI, NOON, PRICE

TODAY = date(2026, 11, 21)
TASHKENT = ZoneInfo("Asia/Tashkent")
WORDS = Words(
    language=Language.UZ,
    states={state: state.value for state in OrderState},
    rails={rail: rail.value for rail in Rail},
    kinds={kind: kind.value for kind in ProductKind},
)
ORDER = Order(
    id=OrderId(1),
    code=OrderCode("7K2M9QXW4TBN"),
    user_id=ALI,
    product=ALGEBRA,
    course_id=None,
    title=Text({Language.UZ: "Algebra"}),
    price=PRICE,
    created_at=NOON,
    expires_at=NOON + timedelta(days=1),
    state=OrderState.PAID,
    paid_at=NOON + timedelta(hours=1),
    paid_by=Rail.PAYME,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("21.11.2026", TODAY, TODAY),
        (" 1.2 ", date(2026, 2, 1), date(2026, 2, 1)),
        ("2026-03-04", date(2026, 3, 4), date(2026, 3, 4)),
        ("1.11.2026 - 15.11.2026", date(2026, 11, 1), date(2026, 11, 15)),
        ("1.11-15.11", date(2026, 11, 1), date(2026, 11, 15)),
        ("01/11/2026…15/11/2026", date(2026, 11, 1), date(2026, 11, 15)),
        ("2026-01-01 – 2026-12-31", date(2026, 1, 1), date(2026, 12, 31)),
        ("29.2.2028", date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_days_are_read_as_people_type_them(text: str, first: date, last: date) -> None:
    assert parse_days(text, TODAY) == Days(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "32.1.2026",
        "29.2.2026",
        "1.1.2026x",
        "1.1.2026 2",
        "2026-13-01",
        "٢١.١١.٢٠٢٦",
        "1.1.20261.1.2026",
        "1.1.0001",
        "9999-12-31",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="not_a_day"):
        parse_days(text, TODAY)


def test_days_that_run_backwards_are_refused() -> None:
    with pytest.raises(InvalidInput, match="backwards"):
        parse_days("2.1.2026 - 1.1.2026", TODAY)


@given(st.text(max_size=60))
def test_whatever_is_typed_as_days_has_an_answer(text: str) -> None:
    try:
        days = parse_days(text, TODAY)
    except InvalidInput:
        return
    since, until = days.moments(TASHKENT)
    assert since < until


def test_a_day_begins_and_ends_at_the_centres_midnight() -> None:
    since, until = Days.of(date(2026, 3, 2)).moments(TASHKENT)

    assert since.astimezone(UTC) == datetime(2026, 3, 1, 19, tzinfo=UTC)
    assert until.astimezone(UTC) == datetime(2026, 3, 2, 19, tzinfo=UTC)


def test_a_day_of_the_clock_change_has_its_own_length() -> None:
    since, until = Days.of(date(2026, 3, 29)).moments(ZoneInfo("Europe/Berlin"))

    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=23)


def test_a_month_goes_to_its_last_day() -> None:
    assert Days.month_of(date(2028, 2, 10)) == Days(date(2028, 2, 1), date(2028, 2, 29))


@given(st.text(max_size=300))
def test_a_reason_and_a_search_are_one_clean_line_or_refused(text: str) -> None:
    for clean, limit in ((clean_reason, 200), (clean_search, 64)):
        try:
            line = clean(text)
        except InvalidInput:
            continue
        assert 0 < len(line) <= limit
        assert line.isprintable()


def test_a_seal_is_good_for_one_order_in_one_state() -> None:
    others = [
        replace(ORDER, state=OrderState.REFUNDED),
        replace(ORDER, code=OrderCode("0" * 12)),
        replace(ORDER, price=Money.soms(1)),
        replace(ORDER, paid_by=Rail.CASH),
        replace(ORDER, paid_at=NOON),
        replace(ORDER, stars=5),
    ]

    assert seal(ORDER) not in {seal(other) for other in others}


@given(st.text(max_size=40))
def test_no_text_begins_like_a_formula_or_breaks_its_line(text: str) -> None:
    cell = text_cell(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell == "" or cell.isprintable()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" \t=1+1", "'=1+1"),
        ("\u202e-5", "'-5"),
        ("＝1", "'＝1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("#N/A", "'#N/A"),
        ("#1 kurs", "#1 kurs"),
        ("O‘quvchi\r\nAli", "O‘quvchi Ali"),
    ],
)
def test_hostile_texts_stay_texts(text: str, cell: str) -> None:
    assert text_cell(text) == cell


def line_of(order: Order, refunded: int = 0) -> ExportLine:
    return ExportLine(order=order, student_id=ALI, student_name="=Ali", refunded=refunded, external_id="-5e8c")


def test_a_row_is_in_the_centres_time_and_in_soms() -> None:
    row = dict(zip(COLUMNS, row_of(line_of(ORDER, PRICE.tiyin), TASHKENT, WORDS), strict=True))

    assert row == {
        "order": "7K2M9QXW4TBN",
        "created": datetime(2026, 3, 2, 12),  # noqa: DTZ001 (spreadsheets know no zones)
        "paid": datetime(2026, 3, 2, 13),  # noqa: DTZ001
        "closed": None,
        "student_id": 101,
        "student": "'=Ali",
        "kind": "course",
        "title": "Algebra",
        "state": "paid",
        "rail": "payme",
        "price": 150_000,
        "stars": None,
        "refunded": 150_000,
        "external_id": "'-5e8c",
    }


@given(st.integers(0, 10**15))
def test_soms_lose_no_tiyin(tiyin: int) -> None:
    assert soms(tiyin) * 100 == Decimal(tiyin)


def test_sums_count_what_moved_in_the_days_that_were_asked_for() -> None:
    refunded = replace(ORDER, state=OrderState.REFUNDED, closed_at=NOON + timedelta(days=3))
    by_stars = replace(ORDER, paid_by=Rail.STARS, stars=600)
    sums = Sums(since=NOON, until=NOON + timedelta(days=1))
    later = Sums(since=NOON + timedelta(days=1), until=NOON + timedelta(days=9))
    for one in (sums, later):
        one.add(line_of(ORDER))
        one.add(line_of(refunded, PRICE.tiyin))
        one.add(line_of(by_stars))
        one.add(line_of(replace(ORDER, state=OrderState.OPEN, paid_at=None, paid_by=None)))

    assert [dict(zip(SUM_COLUMNS, row, strict=True)) for row in sums.rows(WORDS)] == [
        {
            "rail": "payme",
            "kind": "course",
            "payments": 2,
            "received": 300_000,
            "stars": 0,
            "refunds": 0,
            "returned": 0,
            "stars_returned": 0,
            "left": 300_000,
        },
        {
            "rail": "stars",
            "kind": "course",
            "payments": 1,
            "received": 150_000,
            "stars": 600,
            "refunds": 0,
            "returned": 0,
            "stars_returned": 0,
            "left": 150_000,
        },
    ]
    assert [row[2:] for row in later.rows(WORDS)] == [(0, 0, 0, 1, 150_000, 0, -150_000)]
