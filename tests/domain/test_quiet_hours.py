"""Quiet hours, on any clock of the world."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notifications.quiet import next_allowed

ZONES = ("Asia/Tashkent", "Asia/Kathmandu", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (Hypothesis adds the zone)


@given(moments, st.sampled_from(ZONES))
def test_nothing_comes_before_nine_or_after_nine_at_night_and_nothing_is_kept_longer_than_a_night(
    now: datetime, zone: str
) -> None:
    allowed = next_allowed(now, zone)
    there = allowed.astimezone(ZoneInfo(zone))

    assert 9 <= there.hour < 21
    assert timedelta() <= allowed - now <= timedelta(hours=13)
    assert next_allowed(allowed, zone) == allowed
    if allowed != now:
        assert (there.hour, there.minute) == (9, 0)
        assert not 9 <= now.astimezone(ZoneInfo(zone)).hour < 21


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-03-02T03:59:59", "Asia/Tashkent", "2026-03-02T04:00:00"),
        ("2026-03-02T04:00:00", "Asia/Tashkent", "2026-03-02T04:00:00"),
        ("2026-03-02T15:59:59", "Asia/Tashkent", "2026-03-02T15:59:59"),
        ("2026-03-02T16:00:00", "Asia/Tashkent", "2026-03-03T04:00:00"),
        # The night in which New York's clocks go forward is an hour shorter, and the autumn one an hour longer.
        ("2026-03-08T02:00:00", "America/New_York", "2026-03-08T13:00:00"),
        ("2026-11-01T01:00:00", "America/New_York", "2026-11-01T14:00:00"),
    ],
)
def test_the_night_ends_at_nine_on_the_persons_own_clock(now: str, zone: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert next_allowed(moment, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
