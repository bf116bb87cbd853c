"""Quiet hours: reminders that nobody asked for reach people by day only."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.notifications.model import NoticeKind

MORNING = time(9)
EVENING = time(21)

REMINDERS = frozenset({NoticeKind.BILL, NoticeKind.BILL_COVERED})
"""What waits for the morning. Everything else answers something that was done a moment ago."""


def next_allowed(now: datetime, timezone: str) -> datetime:
    """`now` from 09:00 to before 21:00 on the person's own clock, else the next 09:00 there; UTC."""
    local = now.astimezone(ZoneInfo(timezone))
    if MORNING <= local.time() < EVENING:
        return now
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    # The clock's reading is converted after the day was chosen, so a change of summer time in the night is no matter.
    return datetime.combine(day, MORNING, local.tzinfo).astimezone(UTC)
