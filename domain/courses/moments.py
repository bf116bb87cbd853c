"""Moments as teachers type them: `5.12 09:00`, `tomorrow 9:00`, `5 dekabr 9:00`, `5 декабря в 9:00`."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput
from domain.folding import fold

MORNING = time(9)
"""When a day is named without an hour."""
YEARS_AHEAD = 10

_MAX_LENGTH = 60
_SLIP = timedelta(days=180)
"""A day without a year that is gone no longer than this is a slip; an older one means next year's."""

_MONTHS = (
    "yanvar yanvarya yan january jan",
    "fevral fevralya fev february feb",
    "mart marta march mar",
    "aprel aprelya apr april",
    "may maya",
    "iyun iyunya june jun",
    "iyul iyulya july jul",
    "avgust avgusta avg august aug",
    "sentabr sentyabr sentyabrya sen sent september sep sept",
    "oktabr oktyabr oktyabrya okt october oct",
    "noyabr noyabrya noy november nov",
    "dekabr dekabrya dek december dec",
)
"""Folded, so that `декабрь` and `dekabr` are one word."""
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_AHEAD_OF = {
    "today": 0, "bugun": 0, "segodnya": 0,
    "tomorrow": 1, "ertaga": 1, "zavtra": 1,
    "day after tomorrow": 2, "indin": 2, "indinga": 2, "poslezavtra": 2,
}  # fmt: skip

_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY = re.compile(
    rf"""
    (?P<ahead>{"|".join(re.escape(name) for name in sorted(_AHEAD_OF, key=len, reverse=True))})
    | (?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})
    | (?P<dotted>\d{{1,2}}[./]\d{{1,2}}(?:[./](?:\d{{4}}|\d{{2}}))?)
    | (?:(?P<first_year>\d{{4}})\s)?(?P<day>\d{{1,2}})\s(?P<month>{_MONTH})(?:\s(?P<year>\d{{4}}))?
    | (?P<month_first>{_MONTH})\s(?P<day_second>\d{{1,2}})(?:\s(?P<year_third>\d{{4}}))?
    """,
    re.ASCII | re.VERBOSE,
)
_CLOCK = re.compile(r"(\d{1,2})[:.-](\d{2})", re.ASCII)
_CLOCK_ALONE = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_ENDING = re.compile(r"(?<=\d)(?:-(?=[a-z])|(?:st|nd|rd|th|da)\b)", re.ASCII)
_HOUR = re.compile(r"\b(?:soat|at|v)\s(\d{1,2})(?![\d:.-])", re.ASCII)
_FILLER = re.compile(r"\b(?:soat|at|v|kuni|da|yil|yili|goda|god|g)\b\.?", re.ASCII)


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC that somebody in this zone means; `now` is aware.

    A day (`5.12`, `5.12.2026`, `2026-12-05`, `5 dekabr`, `tomorrow`; Uzbek, Russian or English) with an hour, or alone:
    then its morning; or an hour alone: the next such one. Raises InvalidInput("moment", …): "format" for what names no
    moment of the next YEARS_AHEAD years, "past" for what is over.
    """
    words = _plain(text)
    here = now.astimezone(zone)
    alone = _CLOCK_ALONE.fullmatch(words)
    if alone is not None:
        hour = _time(alone)
        moment = _at(here.date(), hour, zone)
        return moment if moment > now else _at(here.date() + timedelta(days=1), hour, zone)
    found, hour = _split(words)
    day = _day(found, hour, here)
    if not here.year - 1 <= day.year <= here.year + YEARS_AHEAD:
        raise InvalidInput("moment", "past" if day < here.date() else "format")
    moment = _at(day, hour, zone)
    if moment <= now:
        raise InvalidInput("moment", "past")
    return moment


def _plain(text: str) -> str:
    if len(text) > _MAX_LENGTH:
        raise InvalidInput("moment", "format")
    words = _ENDING.sub(" ", fold(text))
    words = _HOUR.sub(r"\1:00", " ".join(words.replace(",", " ").split()))
    return " ".join(_FILLER.sub(" ", words).split())


def _split(words: str) -> tuple[re.Match[str], time]:
    """The day, and the hour behind it or before it."""
    found = _DAY.match(words)
    if found is not None:
        rest = words[found.end() :]
        if not rest:
            return found, MORNING
        # ISO writes a t between the two.
        hour = _CLOCK.fullmatch(rest, 1)
        if hour is not None and rest[0] in " t":
            return found, _time(hour)
    hour = _CLOCK_ALONE.match(words)
    if hour is not None and words[hour.end() :].startswith(" "):
        found = _DAY.fullmatch(words, hour.end() + 1)
        if found is not None:
            return found, _time(hour)
    raise InvalidInput("moment", "format")


def _day(found: re.Match[str], hour: time, here: datetime) -> date:
    ahead: str | None = found["ahead"]
    if ahead is not None:
        return here.date() + timedelta(days=_AHEAD_OF[ahead])
    if found["iso"] is not None:
        year, month, day = (int(number) for number in found["iso"].split("-"))
        return _date(year, month, day)
    if found["dotted"] is not None:
        day, month, *years = (int(number) for number in re.split(r"[./]", found["dotted"]))
        if years:
            return _date(years[0] + 2000 if years[0] < 100 else years[0], month, day)
    else:
        month = _MONTH_OF[found["month"] or found["month_first"]]
        day = int(found["day"] or found["day_second"])
        year_named: str | None = found["first_year"] or found["year"] or found["year_third"]
        if year_named is not None:
            return _date(int(year_named), month, day)
    return _without_year(month, day, hour, here)


def _without_year(month: int, day: int, hour: time, here: datetime) -> date:
    earliest = here.replace(tzinfo=None) - _SLIP
    # Only the 29th of February has to look further than next year.
    for year in range(here.year - 1, here.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if datetime.combine(found, hour) > earliest:
            return found
    raise InvalidInput("moment", "format")


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidInput("moment", "format") from error


def _time(found: re.Match[str]) -> time:
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError as error:
        raise InvalidInput("moment", "format") from error


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
