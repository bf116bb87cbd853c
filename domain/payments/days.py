"""Ranges of days, as staff names them: whole days in the centre's time zone."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput

_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?|(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_BETWEEN = re.compile(r"[\s\-–—…]*")
_MAX_LENGTH = 40
_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day, day)

    @classmethod
    def month_of(cls, day: date) -> Self:
        return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first moment, included, to the last, not included."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def parse_days(text: str, today: date) -> Days:
    """`21.11.2026`, `21.11` (of this year), `2026-11-21`, or two of them: `1.11.2026 - 15.11.2026`.

    Raises InvalidInput("days", …): "not_a_day", or "backwards" when the last day is before the first.
    """
    text = text.strip()
    first = _DAY.match(text)
    if first is None or len(text) > _MAX_LENGTH:
        raise InvalidInput("days", "not_a_day")
    days = [_date(first, today)]
    rest = text[first.end() :]
    if rest:
        second = _DAY.fullmatch(rest, (_BETWEEN.match(rest) or first).end())
        if second is None or rest[0].isdigit():
            raise InvalidInput("days", "not_a_day")
        days.append(_date(second, today))
    if days[-1] < days[0]:
        raise InvalidInput("days", "backwards")
    return Days(days[0], days[-1])


def _date(found: re.Match[str], today: date) -> date:
    day, month, year, iso_year, iso_month, iso_day = found.groups()
    if iso_year is not None:
        year, month, day = iso_year, iso_month, iso_day
    try:
        read = date(today.year if year is None else int(year), int(month), int(day))
    except ValueError as error:
        raise InvalidInput("days", "not_a_day") from error
    if read.year not in _YEARS:
        raise InvalidInput("days", "not_a_day")
    return read
