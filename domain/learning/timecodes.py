"""Moments of a video as people write them: `12:40`, `1:02:03`, `12.40`, `740`, `12 daqiqa 40 soniya`."""

import re
import unicodedata

MAX_SECONDS = 99 * 3600 + 59 * 60 + 59
"""The last moment that `99:59:59` can name."""
_LONGEST = 64
"""Characters of the longest time that is read at all."""

_HOURS = r"(?:soat|hours?|hrs?|hr|h|s|часов|часа|час|ч|соат)"
_MINUTES = r"(?:daqiqa|daq|minutes?|mins?|min|m|d|минуты|минута|минуту|минут|мин|м|дақиқа|дак)"
_SECONDS = r"(?:soniya|sekund|seconds?|secs?|sec|son|sek|s|секунды|секунда|секунду|секунд|сек|с|сония)"
_UNITS = re.compile(
    rf"(?:(?P<h>\d{{1,2}})\s*{_HOURS}\b\.?)?[\s,]*"
    rf"(?:(?P<m>\d{{1,4}})\s*{_MINUTES}\b\.?)?[\s,]*"
    rf"(?:(?P<s>\d{{1,5}})\s*{_SECONDS}\b\.?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_DOTTED = re.compile(r"(?:(\d{1,2})\.)?(\d{1,3})\.(\d{2})")
_PLAIN = re.compile(r"\d{1,6}")
_LEADING = re.compile(r"((?:\d{1,2}[:：])?\d{1,3}[:：]\d{2})(?![\d:：.])(?:\s*[-–—]\s+|\s+|$)")


def parse_timecode(text: str) -> int | None:
    """The seconds from the start that the whole text names; None when it is no time.

    A number alone is seconds. With hours the minutes stay below 60; seconds behind minutes always do.
    """
    text = _simplified(text)
    if not text or len(text) > _LONGEST:
        return None
    for form in (_CLOCK, _DOTTED):
        if match := form.fullmatch(text):
            return _moment(match[1], match[2], match[3])
    if _PLAIN.fullmatch(text):
        return _within(int(text))
    match = _UNITS.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (int(match[name] or 0) for name in ("h", "m", "s"))
    if (match["h"] and minutes > 59) or ((match["h"] or match["m"]) and seconds > 59):
        return None
    return _within(hours * 3600 + minutes * 60 + seconds)


def leading_timecode(text: str) -> tuple[int, str] | None:
    """`12:40 the trick with signs` as (760, "the trick with signs"); None when it does not begin with such a time.

    In front of words only the form with colons counts: a sentence may well begin with a number. Alone, every form
    does except a mere number, which may be an answer to something.
    """
    text = text.strip()
    if match := _LEADING.match(text):
        second = parse_timecode(match[1])
        return None if second is None else (second, text[match.end() :].strip())
    if _PLAIN.fullmatch(_simplified(text)):
        return None
    second = parse_timecode(text)
    return None if second is None else (second, "")


def format_timecode(second: int) -> str:
    """As Telegram makes it clickable: `12:40`, `1:02:03`."""
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _simplified(text: str) -> str:
    """Digits and spaces of other scripts and keyboards as the plain ones."""
    return unicodedata.normalize("NFKC", text).strip().strip("«»\"'“”").strip()


def _moment(hours: str | None, minutes: str, seconds: str) -> int | None:
    if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
        return None
    return _within(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds))


def _within(seconds: int) -> int | None:
    return seconds if seconds <= MAX_SECONDS else None
