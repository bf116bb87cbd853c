"""Stars in words: `★★★★☆`."""

from domain.learning.ratings import MOST_STARS


def stars(number: int) -> str:
    return "★" * number + "☆" * (MOST_STARS - number)
