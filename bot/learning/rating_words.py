"""Stars in words: `★ 4.7 (128)`, `★★★★☆`."""

from babel.numbers import format_decimal

from bot.i18n import current_language
from domain.learning.ratings import MOST_STARS


def average(rating: float | None, count: int) -> str:
    """Empty without any rating."""
    if rating is None:
        return ""
    return f"★ {format_decimal(round(rating, 1), format='0.0', locale=str(current_language()))} ({count})"


def stars(number: int) -> str:
    return "★" * number + "☆" * (MOST_STARS - number)
