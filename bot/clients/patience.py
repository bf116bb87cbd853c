"""How long to wait before a server is asked again."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def asked_pause(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a server asks to wait in `Retry-After`: a number, or a date as RFC 9110 allows it."""
    asked = headers.get("retry-after", "").strip()
    try:
        seconds = float(asked)
    except ValueError:
        try:
            moment = parsedate_to_datetime(asked)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    # Written so that a NaN is no pause either.
    return max(seconds, 0.05) if seconds < float("inf") else None


def own_pause(first: float, attempt: int) -> float:
    """Seconds after this attempt: doubled each time, shortened by up to a half at random, so that many clients of one
    server do not come back together."""
    return first * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311
