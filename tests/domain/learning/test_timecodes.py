"""Moments of a recording, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.timecodes import MAX_SECONDS, format_timecode, leading_timecode, parse_timecode

moments = st.integers(0, MAX_SECONDS)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12:40", 760),
        ("1:02:03", 3723),
        ("12.40", 760),
        ("740", 740),
        ("0:00", 0),
        ("90:00", 5400),
        ("12 daqiqa 40 soniya", 760),
        ("12 мин 40 сек", 760),
        ("12 мин. 40 сек.", 760),
        ("«12:40»", 760),
        ("1 soat 2 daqiqa", 3720),
        ("1h 2m 3s", 3723),
        ("12 минут", 720),
        ("40 sek", 40),
        (" 12:40 ", 760),
        ("１２：４０", 760),
        ("99:59:59", MAX_SECONDS),
    ],
)
def test_a_time_is_read_as_it_is_written(text: str, seconds: int) -> None:
    assert parse_timecode(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "12:60", "1:60:00", "12:4", "-1:00", "12:40:99", "abc", "12:40 title", "1 soat 60 daqiqa"),
        *("100:00:00", "9" * 7, "12,5", "12 olma", "<b>", "\u202e12:40", "12:40" * 2000, "soat", "12 мин 75 сек"),
    ],
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    assert parse_timecode(text) is None


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("12:40 the rule of signs", (760, "the rule of signs")),
        ("1:02:03 — xulosa", (3723, "xulosa")),
        ("12:40 x² + 1 < 2", (760, "x² + 1 < 2")),
        ("１２：４０ belgi", (760, "belgi")),
        ("12:40title", None),
        ("12:40", (760, "")),
        ("12.40", (760, "")),
        ("12:40\nsecond line", (760, "second line")),
        ("12 мин 40 сек", (760, "")),
        ("12:40:", None),
        ("740", None),
        ("12.40 so‘m", None),
        ("12 olma oldim", None),
        ("at 12:40", None),
        ("12:75 nothing", None),
        ("1:2:3", None),
        ("12:401", None),
        ("", None),
    ],
)
def test_a_reply_is_a_mark_only_when_it_clearly_begins_with_a_time(text: str, mark: tuple[int, str] | None) -> None:
    assert leading_timecode(text) == mark


@given(moments)
def test_what_is_shown_is_read_back(second: int) -> None:
    assert parse_timecode(format_timecode(second)) == second
    assert leading_timecode(f"{format_timecode(second)} words") == (second, "words")


@given(st.integers(0, 5999))
def test_the_forms_of_one_moment_agree(second: int) -> None:
    minutes, rest = divmod(second, 60)

    assert parse_timecode(f"{minutes}.{rest:02}") == second
    assert parse_timecode(f"{minutes} daqiqa {rest} soniya") == second
    assert parse_timecode(f"{minutes} мин {rest} сек") == second
    assert parse_timecode(str(second)) == second


@given(st.text())
def test_any_text_gives_a_moment_in_bounds_or_nothing(text: str) -> None:
    found = parse_timecode(text)
    mark = leading_timecode(text)

    assert found is None or 0 <= found <= MAX_SECONDS
    assert mark is None or 0 <= mark[0] <= MAX_SECONDS
