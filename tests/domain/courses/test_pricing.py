"""Prices as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.pricing import MAX_SOMS, MIN_SOMS, checked_price, parse_price
from domain.errors import InvalidInput
from domain.money import Money


@pytest.mark.parametrize(
    ("typed", "soms"),
    [
        ("15000", 15_000),
        (" 15 000 ", 15_000),
        ("15\u00a0000", 15_000),
        ("15.000", 15_000),
        ("15,000", 15_000),
        ("1 250 000 so‘m", 1_250_000),
        ("15000so'm", 15_000),
        ("15 000 сум", 15_000),
        ("15000 UZS", 15_000),
        ("15 ming", 15_000),
        ("15ming so'm", 15_000),
        ("15 МИНГ", 15_000),
        ("15k", 15_000),
        ("15 тыс.", 15_000),
        ("1.5 mln", 1_500_000),
        ("1,5 млн", 1_500_000),
        ("2.5k", 2_500),
        ("15.000k", 15_000),
        ("0", 0),
        ("000", 0),
        ("1000", MIN_SOMS),
        ("1000000000", MAX_SOMS),
        ("1000 mln", MAX_SOMS),
    ],
)
def test_a_price_is_understood(typed: str, soms: int) -> None:
    assert parse_price(typed) == Money.soms(soms)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "format"),
        ("bepul", "format"),
        ("-15000", "format"),
        ("+15000", "format"),
        ("15000.50", "format"),
        ("1.5", "format"),
        ("15 00", "format"),
        ("1 5000", "format"),
        ("1,000.000", "format"),
        ("1.00055 k", "format"),
        ("0.1234 ming", "format"),
        ("15 dollar", "format"),
        ("15e3", "format"),
        ("0x10", "format"),
        ("١٥٠٠٠", "format"),
        ("15⁰⁰⁰", "format"),
        ("½ mln", "format"),
        ("nan", "format"),
        ("inf", "format"),
        ("15000\n20000", "format"),
        ("1", "too_small"),
        ("999", "too_small"),
        ("0,5 ming", "too_small"),
        ("1000000001", "too_large"),
        ("1001 mln", "too_large"),
        ("9" * 5000, "too_large"),
        ("9" * 50 + ".5 mln", "too_large"),
    ],
)
def test_what_is_no_price_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_price(typed)

    assert (caught.value.field, caught.value.reason) == ("price", reason)


@given(st.integers(MIN_SOMS, MAX_SOMS), st.sampled_from(["", " ", "\u00a0", ".", ",", "_", "’"]))
def test_every_price_is_read_back_however_its_thousands_are_parted(soms: int, separator: str) -> None:
    assert parse_price(f"{soms:,}".replace(",", separator)) == Money.soms(soms)


@given(st.integers(1, 1_000_000), st.sampled_from(["ming", "k", "тыс", " ming", " K"]))
def test_thousands_may_be_said_in_words(thousands: int, word: str) -> None:
    assert parse_price(f"{thousands}{word}") == Money.soms(thousands * 1000)


@given(st.text(alphabet=st.sampled_from("0123456789 .,_-+kming’'soуmсум\u00a0\n٣²"), max_size=24) | st.text())
def test_any_text_is_a_price_in_range_or_refused(typed: str) -> None:
    try:
        price = parse_price(typed)
    except InvalidInput:
        return
    assert price.is_free or Money.soms(MIN_SOMS) <= price <= Money.soms(MAX_SOMS)
    assert price.tiyin % 100 == 0


def test_a_price_from_elsewhere_keeps_the_same_range() -> None:
    assert checked_price(Money(0)).is_free
    for outside in (Money(1), Money.soms(MIN_SOMS - 1), Money.soms(MAX_SOMS + 1)):
        with pytest.raises(InvalidInput):
            checked_price(outside)
