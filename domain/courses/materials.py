"""What a teacher puts into a lesson."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from domain.courses.model import PartKind

_SLIDES_MIME = frozenset(
    {
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.apple.keynote",
        "application/x-iwork-keynote-sffkey",
    }
)
_SLIDES_SUFFIXES = frozenset({".ppt", ".pptx", ".pps", ".ppsx", ".odp", ".key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A text in Markdown with `$formulas$`."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that Telegram holds."""

    kind: PartKind
    name: str
    mime: str
    size: int
    """Bytes; 0 when Telegram did not say."""
    telegram_file_id: str
    """Reusable by the bot `bot_id` only."""
    bot_id: int
    caption: str | None = None
    """Markdown."""
    duration_seconds: int | None = None
    """Of a recording, as Telegram says."""


Material = Writing | Upload


def kind_of_document(name: str, mime: str) -> PartKind:
    """What a file sent as a document is. Pictures and videos sent so stay documents: Telegram resends a file only
    as what it was sent as."""
    suffix = PurePosixPath(name.lower()).suffix
    if mime.lower() == "application/pdf" or suffix == ".pdf":
        return PartKind.PDF
    if mime.lower() in _SLIDES_MIME or suffix in _SLIDES_SUFFIXES:
        return PartKind.SLIDES
    return PartKind.DOCUMENT
