"""Phone numbers as E.164: a plus, the country code and the number, at most 15 digits."""

import re

from domain.errors import InvalidInput

_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015\u00a0]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_UZBEK = re.compile(r"\+998[0-9]{9}")
_UZBEK_LOCAL = re.compile(r"(?:20|33|50|55|[67][0-9]|8[78]|9[0-9])[0-9]{7}")


def normalise_phone(text: str) -> str:
    """The number as `+998XXXXXXXXX`, or `+` and the digits of another country's number.

    Telegram gives the international number with or without the plus; nine digits that begin with an Uzbek area or
    operator code are a number without its country code. Raises InvalidInput("phone", "format").
    """
    digits = _SEPARATORS.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if _UZBEK_LOCAL.fullmatch(digits):
        digits = "+998" + digits
    if not digits.startswith("+"):
        digits = "+" + digits
    expected = _UZBEK if digits.startswith("+998") else _E164
    if not expected.fullmatch(digits):
        raise InvalidInput("phone", "format")
    return digits


def masked(phone: str) -> str:
    """Enough to recognise one's own number, too little to call it: `+998 ••• 67`."""
    return f"{phone[:4]} ••• {phone[-2:]}"
