"""What people type, without what databases, screens or readers trip over."""

import unicodedata

_JOINERS = frozenset("\u200c\u200d")
"""They hold emoji and some scripts together; all other invisible characters only mislead."""


def printable(text: str) -> str:
    """Without controls, lone surrogates and direction overrides; spaces and line breaks stay."""
    kept = "".join(
        character
        for character in text
        if character in _JOINERS or character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return unicodedata.normalize("NFC", kept)


def printable_line(text: str) -> str:
    """One line with single spaces; may be empty."""
    return " ".join(printable(text).split())


def printable_lines(text: str) -> str:
    """The lines as they are, without empty ones around them; may be empty."""
    # The unit separator counts as a space and as a control: no file and no screen takes it.
    plain = text.replace("\x1f", " ")
    return "\n".join(printable(line).rstrip() for line in plain.splitlines()).strip("\n").strip()
