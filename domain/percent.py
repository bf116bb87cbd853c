"""Shares as whole percents, the same on every screen and in every rule."""


def whole_percent(part: int, total: int) -> int:
    """Rounded; 100 means that nothing is missing, 0 that there is nothing yet."""
    if part in (0, total):
        return 100 if part else 0
    return min(max((200 * part + total) // (2 * total), 1), 99)
