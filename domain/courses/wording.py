"""What may be a title, a description, or the text of a lesson."""

from domain.courses.model import MAX_DESCRIPTION, MAX_TEXT, MAX_TITLE
from domain.errors import InvalidInput
from domain.printable import printable_line, printable_lines, printable_markdown


def clean_title(text: str) -> str:
    """One line of visible characters with single spaces; markup in it stays text.

    Raises InvalidInput("title", …): "empty" without a letter or digit, "too_long" over MAX_TITLE characters.
    """
    title = printable_line(text)
    if not any(character.isalnum() for character in title):
        raise InvalidInput("title", "empty")
    if len(title) > MAX_TITLE:
        raise InvalidInput("title", "too_long")
    return title


def clean_description(text: str) -> str | None:
    """The description with its lines, None when nothing is left. Raises InvalidInput("description", "too_long")."""
    description = printable_lines(text)
    if len(description) > MAX_DESCRIPTION:
        raise InvalidInput("description", "too_long")
    return description or None


def clean_text(text: str) -> str:
    """A text of a lesson; the breaks of its lines stay.

    Raises InvalidInput("text", …): "empty", "too_long" over MAX_TEXT characters.
    """
    cleaned = printable_markdown(text)
    if not cleaned:
        raise InvalidInput("text", "empty")
    if len(cleaned) > MAX_TEXT:
        raise InvalidInput("text", "too_long")
    return cleaned


def clean_file_name(name: str, longest: int = 100) -> str:
    """The file's name as one visible line, cut in its middle so that the extension stays."""
    cleaned = printable_line(name.replace("/", "_").replace("\\", "_"))
    if len(cleaned) <= longest:
        return cleaned
    return f"{cleaned[: longest - 21].rstrip()}…{cleaned[-20:]}"
