"""Ids in the buttons of lists."""

from bot.links import number_in


def row_id(raw: str) -> int:
    """An id from a button; what is no id of any row becomes one that no row has."""
    return number_in(raw) or 0
