"""Prices as people type them."""

import re
from decimal import Decimal

from domain.errors import InvalidInput
from domain.money import Money

MIN_SOMS = 1_000
"""The cheapest product: less does not pay for its payment."""
MAX_SOMS = 1_000_000_000

_CURRENCY = re.compile(r"\s*(so[‘’ʻʼ'`´]?m|sum|сум|сўм|uzs)\.?$", re.IGNORECASE)
_NUMBER = re.compile(r"([0-9]+(?:[\s_.,’']?[0-9]+)*)\s*([^\W\d_]*)\.?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([\s_.,’'])[0-9]{3})(?:\1[0-9]{3})*")
_FRACTION = re.compile(r"([0-9]+)[.,]([0-9]{1,3})")
_UNITS = {
    **dict.fromkeys(("ming", "минг", "k", "к", "тыс", "тысяч", "тысяча", "тысячи", "thousand"), 1_000),
    **dict.fromkeys(("mln", "млн", "million", "миллион", "миллиона", "миллионов", "m", "м"), 1_000_000),
}


def parse_price(text: str) -> Money:
    """`15000`, `15 000`, `15.000 so'm`, `15 ming`, `15k`, `1,5 mln`: whole so'm; zero is free.

    Raises InvalidInput("price", …): "format", "too_small" between zero and MIN_SOMS, "too_large" over MAX_SOMS.
    """
    match = _NUMBER.fullmatch(_CURRENCY.sub("", text.strip()).strip())
    if match is None:
        raise InvalidInput("price", "format")
    number, unit = match[1], match[2].lower()
    if unit and unit not in _UNITS:
        raise InvalidInput("price", "format")
    return checked_price(Money(_tiyin(number, _UNITS.get(unit, 1))))


def checked_price(price: Money) -> Money:
    """The price, if a product may have it; zero is free. Raises InvalidInput("price", "too_small" or "too_large")."""
    if 0 < price.tiyin < Money.soms(MIN_SOMS).tiyin:
        raise InvalidInput("price", "too_small")
    if price > Money.soms(MAX_SOMS):
        raise InvalidInput("price", "too_large")
    return price


def _tiyin(number: str, unit: int) -> int:
    """`15.000` is a grouped number by itself and a fraction before a unit: nobody writes "15.000 thousand"."""
    fraction = _FRACTION.fullmatch(number) if unit > 1 else None
    if fraction is not None:
        soms = Decimal(f"{fraction[1][:12]}.{fraction[2]}") * unit
        if len(fraction[1]) > 12:
            raise InvalidInput("price", "too_large")
    elif number.isdigit() or _GROUPED.fullmatch(number):
        digits = re.sub(r"[^0-9]", "", number).lstrip("0")
        if len(digits) > 12:
            raise InvalidInput("price", "too_large")
        soms = Decimal(digits or "0") * unit
    else:
        raise InvalidInput("price", "format")
    if soms != soms.to_integral_value():
        raise InvalidInput("price", "format")
    if soms > MAX_SOMS:
        raise InvalidInput("price", "too_large")
    return Money.soms(int(soms)).tiyin
