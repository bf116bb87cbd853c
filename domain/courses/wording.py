"""What may be a title, a description, or the text of a lesson."""

import unicodedata

from domain.courses.model import MAX_DESCRIPTION, MAX_TEXT, MAX_TITLE
from domain.errors import InvalidInput

_JOINERS = frozenset("\u200c\u200d")
"""They hold emoji and some scripts together; all other invisible characters only mislead."""


def clean_title(text: str) -> str:
    """One line of visible characters with single spaces; markup in it stays text.

    Raises InvalidInput("title", …): "empty" without a letter or digit, "too_long" over MAX_TITLE characters.
    """
    title = " ".join(_printable(text).split())
    if not any(character.isalnum() for character in title):
        raise InvalidInput("title", "empty")
    if len(title) > MAX_TITLE:
        raise InvalidInput("title", "too_long")
    return title


def clean_description(text: str) -> str | None:
    """The description with its lines, None when nothing is left. Raises InvalidInput("description", "too_long")."""
    description = _lines(text)
    if len(description) > MAX_DESCRIPTION:
        raise InvalidInput("description", "too_long")
    return description or None


def clean_text(text: str) -> str:
    """A text of a lesson. Raises InvalidInput("text", …): "empty", "too_long" over MAX_TEXT characters."""
    cleaned = _lines(text)
    if not cleaned:
        raise InvalidInput("text", "empty")
    if len(cleaned) > MAX_TEXT:
        raise InvalidInput("text", "too_long")
    return cleaned


def clean_file_name(name: str, longest: int = 100) -> str:
    """The file's name as one visible line, cut in its middle so that the extension stays."""
    cleaned = " ".join(_printable(name).replace("/", "_").replace("\\", "_").split())
    if len(cleaned) <= longest:
        return cleaned
    return f"{cleaned[: longest - 21].rstrip()}…{cleaned[-20:]}"


def _lines(text: str) -> str:
    # The unit separator counts as a space and as a control: no file and no screen takes it.
    plain = text.replace("\x1f", " ")
    return "\n".join(_printable(line).rstrip() for line in plain.splitlines()).strip("\n").strip()


def _printable(text: str) -> str:
    """Without controls, lone surrogates and direction overrides: databases, screens or readers trip over them."""
    if text.isprintable():
        # Nearly every line: a whole course is read in a second.
        return unicodedata.normalize("NFC", text)
    kept = "".join(
        character
        for character in text
        if character in _JOINERS or character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return unicodedata.normalize("NFC", kept)
