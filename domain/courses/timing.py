"""How long a part takes its reader."""

from domain.courses.model import Link, Media, PartKind
from domain.language import Text

WORDS_A_MINUTE = 200
SHORTEST_READING = 30
"""Seconds."""


def reading_seconds(text: Text) -> int:
    """Of the longest of its languages: a counter that is too high disappoints nobody."""
    words = max(len(variant.split()) for variant in text.variants.values())
    return max(SHORTEST_READING, -(-words * 60 // WORDS_A_MINUTE))


def part_seconds(kind: PartKind, text: Text | None, media: Media | None, link: Link | None) -> int:
    """A text by its words, a recording by what Telegram says, a link by what its author says; anything else takes none
    that could be known."""
    if kind is PartKind.TEXT and text is not None:
        return reading_seconds(text)
    if link is not None:
        return link.duration_seconds or 0
    return (media.duration_seconds or 0) if media is not None else 0
