"""How categories, levels and languages are called on the screens of settings."""

from collections.abc import Sequence

from bot import course_words
from bot.i18n import N_, _, current_language, shorten
from domain.courses.model import Category, Level

LEVELS: dict[Level | None, str] = {None: N_("For everybody"), **course_words.LEVELS}
_SHOWN = 4
"""Categories of a path; of a longer one the last ones."""


def level_word(level: Level | None) -> str:
    return _(LEVELS[level])


def category_line(category: Category, limit: int = 40) -> str:
    return f"{category.emoji} {shorten(category.title.read_in(current_language()), limit)}"


def path_line(path: Sequence[Category]) -> str:
    """`📐 Maths › 📂 Algebra`."""
    shown = [category_line(category) for category in path[-_SHOWN:]]
    return " › ".join(["…", *shown] if len(path) > _SHOWN else shown)
