"""What a spreadsheet's cell may hold, and the way back.

No cell starts a formula (`=`, `+`, `-`, `@`) or is an error value (`#N/A`): such a text gets an apostrophe before it,
which is taken off again on the way in. What XML cannot write is left out.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.courses.pricing import checked_price, parse_price
from domain.errors import InvalidInput
from domain.money import TIYIN_PER_SOM, Money

GUARD = "'"
_GUARDED = frozenset("=+-@＝＋－＠\t\r\n'")
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_AN_ESCAPE = re.compile("_(?=\u200b*x[0-9A-Fa-f]{4}_)")
_PARTED_ESCAPE = re.compile("_\u200b(?=\u200b*x[0-9A-Fa-f]{4}_)")

_YES = frozenset({"yes", "y", "true", "1", "+", "ha", "xa", "да", "д", "✓", "✔", "✅"})
_NO = frozenset({"", "no", "n", "false", "0", "-", "—", "–", "yo'q", "yo‘q", "yo’q", "yoq", "нет", "н"})
_DAYS = re.compile(r"\+?([0-9]{1,4})(?:\.0+)?\s*(?:d|days?|kun|kundan keyin|дн\.?|день|дня|дней)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})")
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0+)?\s*%?")
_TIYIN = re.compile(r"([0-9]{1,10})[.,]([0-9]{1,2})")
_LONGEST_SECONDS = 7 * 24 * 3600


def to_cell(text: str) -> str:
    """The text as a cell that no spreadsheet reads as anything but text; `from_cell` gives it back."""
    written = _UNWRITABLE.sub("", text)
    # A spreadsheet reads _x0041_ as the letter of that number. An invisible space keeps it as it is.
    written = _LIKE_AN_ESCAPE.sub("_\u200b", written)
    return GUARD + written if written[:1] in _GUARDED or written in _ERRORS else written


def from_cell(cell: str) -> str:
    rest = cell[1:]
    if cell.startswith(GUARD) and (rest[:1] in _GUARDED or rest in _ERRORS):
        cell = rest
    return _PARTED_ESCAPE.sub("_", cell)


def to_lines(texts: Iterable[str]) -> str:
    """Several texts in one cell, a line for each; a line break inside one is written as `\\` at the line's end."""
    return "\n".join("\\\n".join(_with_even_end(line) for line in text.split("\n")) for text in texts)


def from_lines(cell: str) -> list[str]:
    """Empty lines do not count."""
    texts: list[str] = []
    begun: list[str] = []
    for line in cell.split("\n"):
        body = line.removesuffix("\r").rstrip("\\")
        marks = len(line.removesuffix("\r")) - len(body)
        begun.append(body + "\\" * (marks // 2))
        if marks % 2 == 0:
            texts.append("\n".join(begun))
            begun = []
    if begun:
        texts.append("\n".join(begun))
    return [text for text in texts if text.strip()]


def _with_even_end(line: str) -> str:
    body = line.rstrip("\\")
    return body + "\\" * (2 * (len(line) - len(body)))


def yes_or_no(cell: str) -> bool:
    """Raises ValueError for what is neither."""
    word = cell.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(cell)


def whole_number(cell: str, least: int, most: int) -> int:
    """`75`, `75%`, and `75.0` as spreadsheets write it. Raises ValueError."""
    match = _WHOLE.fullmatch(cell.strip())
    if match is None or not least <= int(match[1]) <= most:
        raise ValueError(cell)
    return int(match[1])


def percent(cell: str) -> int:
    """`70`, `70%`; `0.7` of a cell that is formatted as a percentage. Raises ValueError."""
    if re.fullmatch(r"0\.[0-9]{1,2}", cell.strip()):
        return whole_number(str(round(float(cell) * 100)), 1, 100)
    return whole_number(cell, 1, 100)


def price_of(cell: str) -> Money | None:
    """So'm as people type them, tiyin behind a point; nothing and zero are free. Raises InvalidInput("price", …)."""
    written = cell.strip()
    if not written:
        return None
    with_tiyin = _TIYIN.fullmatch(written)
    if with_tiyin is not None:
        tiyin = int(with_tiyin[1]) * TIYIN_PER_SOM + int(with_tiyin[2].ljust(2, "0"))
        if tiyin > 10**12:
            raise InvalidInput("price", "too_large")
        price = checked_price(Money(tiyin))
    else:
        price = parse_price(written)
    return None if price.is_free else price


def price_cell(price: Money | None) -> str | int | None:
    if price is None:
        return None
    soms, tiyin = divmod(price.tiyin, TIYIN_PER_SOM)
    return f"{soms}.{tiyin:02}" if tiyin else soms


def seconds_of(cell: str) -> int:
    """`90`, `1:30`, `1:02:03`. Raises ValueError."""
    written = cell.strip()
    clock = _CLOCK.fullmatch(written)
    if clock is None:
        return whole_number(written, 0, _LONGEST_SECONDS)
    if int(clock[3]) >= 60 or (clock[1] and int(clock[2]) >= 60):
        raise ValueError(cell)
    seconds = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    if seconds > _LONGEST_SECONDS:
        raise ValueError(cell)
    return seconds


def opening_of(cell: str, zone: ZoneInfo) -> tuple[datetime | None, int | None]:
    """When a lesson opens: at a moment (`2026-12-01 09:00`, in the teacher's zone unless it names another), or so many
    days after enrolment (`7`, `7 days`). Raises ValueError."""
    written = cell.strip()
    if not written:
        return None, None
    days = _DAYS.fullmatch(written)
    if days is not None:
        if not 1 <= int(days[1]) <= 365:
            raise ValueError(cell)
        return None, int(days[1])
    if _DAY.fullmatch(written[:10]) is None:
        raise ValueError(cell)
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)), None


def opening_cell(opens_at: datetime | None, opens_after_days: int | None) -> str | None:
    if opens_at is not None:
        return opens_at.isoformat(sep=" ")
    return None if opens_after_days is None else str(opens_after_days)
