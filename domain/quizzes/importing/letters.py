"""The letters before the options of a question: Latin, Cyrillic, and the mixtures of both that keyboards make."""

from collections.abc import Collection

LATIN = "abcdefghijkl"
_RUSSIAN = "абвгдежзиклм"
_MIXED = "abvgdejziklm"
"""Latin letters in the order of the Cyrillic alphabet."""
_TO_LATIN = str.maketrans("авсдеф", "abcdef")
_TO_RUSSIAN = str.maketrans("ae", "ае")

STYLES = (LATIN, _RUSSIAN, _MIXED)


def styles_with(letter: str, place: int, styles: Collection[str] = STYLES) -> tuple[str, ...]:
    """The alphabets in which the letter stands at the place, counting from 0."""
    return tuple(style for style in styles if style.find(_in_style(letter, style)) == place)


def place_of(letter: str, style: str) -> int:
    """The place of a letter of the key; one of the other alphabet counts in that. -1 for what is no such letter."""
    found = style.find(_in_style(letter, style))
    small = letter.casefold()
    return found if found >= 0 else max(LATIN.find(small), _RUSSIAN.find(small))


def _in_style(letter: str, style: str) -> str:
    small = letter.casefold()
    if style == LATIN:
        # А, В and С look like Latin letters; Д and Ф stand for their sounds.
        return small.translate(_TO_LATIN)
    return small.translate(_TO_RUSSIAN) if style == _RUSSIAN else small
