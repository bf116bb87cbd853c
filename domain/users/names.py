"""What may be a person's name."""

import unicodedata

from domain.errors import InvalidInput
from domain.users.model import MAX_NAME

_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers that count as letters or symbols and show as nothing."""


def clean_name(text: str) -> str:
    """The name as it is kept: one line, no invisible characters, single spaces; markup in it stays text.

    Controls, zero-width characters and direction overrides go, because they let a name pretend to be another one.
    Raises InvalidInput("full_name", …): "empty" without a visible character, "no_letters" without a letter,
    "too_long" over 100 characters.
    """
    name = tidy(text)
    if not name:
        raise InvalidInput("full_name", "empty")
    if not any(character.isalpha() for character in name):
        raise InvalidInput("full_name", "no_letters")
    if len(name) > MAX_NAME:
        raise InvalidInput("full_name", "too_long")
    return name


def tidy(text: str) -> str:
    """One line of visible characters with single spaces; may be empty."""
    visible = "".join(
        " " if character.isspace() else character for character in text if _is_visible(character) or character.isspace()
    )
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def name_at_first_sight(full_name: str, username: str | None, user_id: int) -> str:
    """A name to go on with until the person introduces themselves; Telegram's may have no letter at all."""
    for candidate in (full_name, username or ""):
        try:
            return clean_name(tidy(candidate)[:MAX_NAME])
        except InvalidInput:
            continue
    return f"ID {user_id}"


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ" and character not in _INVISIBLE
