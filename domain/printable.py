"""What people type, without what databases, screens or readers trip over."""

import unicodedata

_JOINERS = frozenset("\u200c\u200d")
"""They hold emoji and some scripts together; all other invisible characters only mislead."""
_BREAK = "  "
"""At the end of a line Markdown reads two spaces as a break that stays."""


def printable_line(text: str) -> str:
    """One line with single spaces; may be empty."""
    return " ".join(_printable(text).split())


def printable_lines(text: str) -> str:
    """The lines as they are, without empty ones around them; may be empty."""
    return "\n".join(_printable(line).rstrip() for line in _lines(text)).strip()


def printable_markdown(text: str) -> str:
    """As `printable_lines`, and the breaks of lines stay."""
    return "\n".join(_markdown_line(_printable(line)) for line in _lines(text)).strip()


def _markdown_line(line: str) -> str:
    kept = line.rstrip()
    return f"{kept}{_BREAK}" if kept and line.endswith(_BREAK) else kept


def _lines(text: str) -> list[str]:
    # The unit separator counts as a space and as a control: no file and no screen takes it.
    return text.replace("\x1f", " ").splitlines()


def _printable(text: str) -> str:
    """Without controls, lone surrogates and direction overrides; spaces stay."""
    if text.isprintable():
        # Nearly every line.
        return unicodedata.normalize("NFC", text)
    kept = "".join(
        character
        for character in text
        if character in _JOINERS or character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return unicodedata.normalize("NFC", kept)
