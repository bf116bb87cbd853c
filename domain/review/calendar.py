"""A student's own days: a set belongs to one, and intervals are counted in them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(moment: datetime, timezone: str) -> date:
    return moment.astimezone(ZoneInfo(timezone)).date()


def start_of(day: date, timezone: str) -> datetime:
    """The first moment of the day there, in UTC. A day whose midnight was skipped begins when its clocks do."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def at_hour(day: date, hour: int, timezone: str) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(timezone)).astimezone(UTC)


def days_ahead(today: date, days: int) -> date:
    """`days` may be large: a card that is known for ever is asked at the end of the calendar at the latest."""
    return date.max if days > (date.max - today).days else today + timedelta(days=days)
