"""Sums, dates and plurals as each language writes them."""

from datetime import UTC, datetime

import pytest
from aiogram.utils.i18n import ngettext

from bot.i18n import day, day_and_time, money, speaking
from domain.language import Language
from domain.money import Money

NEW_YEARS_EVE = datetime(2026, 12, 31, 20, 5, tzinfo=UTC)
"""In Tashkent it is next year already."""


@pytest.mark.parametrize(
    ("language", "tiyin", "written"),
    [
        (Language.EN, 14_900_000, "149\u00a0000\u00a0so'm"),
        (Language.UZ, 14_900_000, "149\u00a0000\u00a0so‘m"),
        (Language.RU, 14_900_000, "149\u00a0000\u00a0сум"),
        (Language.EN, 123_456_705, "1\u00a0234\u00a0567.05\u00a0so'm"),
        (Language.UZ, 123_456_705, "1\u00a0234\u00a0567,05\u00a0so‘m"),
        (Language.RU, 123_456_705, "1\u00a0234\u00a0567,05\u00a0сум"),
        (Language.RU, 0, "0\u00a0сум"),
    ],
)
def test_sums_do_not_break_and_show_tiyin_only_where_there_are_any(
    language: Language, tiyin: int, written: str
) -> None:
    with speaking(language):
        assert money(Money(tiyin)) == written


@pytest.mark.parametrize(
    ("language", "date", "moment"),
    [
        (Language.EN, "1 January 2027", "1 January 2027, 01:05"),
        (Language.UZ, "2027-yil 1-yanvar", "2027-yil 1-yanvar, 01:05"),
        (Language.RU, "1 января 2027", "1 января 2027, 01:05"),
    ],
)
def test_dates_are_those_of_the_readers_clock(language: Language, date: str, moment: str) -> None:
    with speaking(language):
        assert day(NEW_YEARS_EVE, "Asia/Tashkent") == date
        assert day_and_time(NEW_YEARS_EVE, "Asia/Tashkent") == moment


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        (Language.EN, ["1 lesson", "2 lessons", "5 lessons", "11 lessons", "21 lessons", "104 lessons"]),
        (Language.UZ, ["1 ta dars", "2 ta dars", "5 ta dars", "11 ta dars", "21 ta dars", "104 ta dars"]),
        (Language.RU, ["1 урок", "2 урока", "5 уроков", "11 уроков", "21 урок", "104 урока"]),
    ],
)
def test_nouns_follow_their_numbers(language: Language, forms: list[str]) -> None:
    with speaking(language):
        said = [
            ngettext("{lesson_count} lesson", "{lesson_count} lessons", number).format(lesson_count=number)
            for number in (1, 2, 5, 11, 21, 104)
        ]

    assert said == forms
