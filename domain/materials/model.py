"""Files that students and teachers bring themselves: from the message to pages that can be read and cited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NewType

from domain.courses.model import CourseId
from domain.courses.wording import clean_file_name
from domain.errors import InvalidInput
from domain.language import Text
from domain.printable import printable_line
from domain.users.model import UserId

MaterialId = NewType("MaterialId", int)

MAX_BYTES = 20 * 1024 * 1024
"""Of one file: what Telegram hands out to a bot."""
MAX_NAME = 120
MAX_PAGES = 2_000
MAX_CHARACTERS = 1_000_000
"""Of the text of all pages together (AI-1)."""
MAX_SEEN_PAGES = 30
"""Pages of one scan that the model looks at: each costs about a cent."""
MAX_SHARES = 20
"""Courses that one material is shared with."""
PAGE = 8
"""Lines of a list."""
EXCERPT = 3_200
"""Characters of a page that a screen shows."""
MAX_PASSAGE = 400
"""Characters of a passage that is looked for."""
DELETED_FOR = timedelta(minutes=3)
"""How long a deletion can be undone; with the minute until the next sweep the file is gone within five (AI-4)."""

DOCUMENTS = frozenset({".pdf", ".docx", ".pptx", ".txt", ".md", ".markdown"})
IMAGES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


class MaterialState(StrEnum):
    """How far a material is; each step is done once, and a step that was interrupted is begun again."""

    WAITING = "waiting"
    """Telegram has it; it is not in the storage yet."""
    STORED = "stored"
    READ = "read"
    """Its pages are there; it is not in the index yet."""
    INDEXED = "indexed"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    """The same file was there already; this message made nothing."""


class Unreadable(StrEnum):
    """Why a material has no pages."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    LOST = "lost"
    """Telegram does not give it any more."""
    OTHER_TYPE = "other_type"
    """Its content is not what its name says."""
    NO_FORMAT = "no_format"
    """A kind of file that nobody here reads."""
    OLD_OFFICE = "old_office"
    """Of the Office of the nineties."""
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    NO_PAGES = "no_pages"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MUCH_TEXT = "too_much_text"
    TOO_HEAVY = "too_heavy"
    """It unpacks to too much, or takes too much memory or time."""
    UNSAFE = "unsafe"
    NO_TEXT = "no_text"
    """Pictures of pages, and nobody who could look at them."""
    NOTHING_SEEN = "nothing_seen"
    """The model looked at its pictures and found no text."""
    MODEL_FAILED = "model_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message with a file."""

    bot_id: int
    message_id: int
    """One message is one material, however often its update comes: unique with the owner and the bot."""
    name: str
    mime: str
    size: int
    telegram_file_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading on a page; its words are a line of the page's text that begins at `start`.

    Where the file only says that a chapter begins on the page, `start` is 0 and its words may not be there.
    """

    level: int
    """1 is the largest."""
    title: str
    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is written on one page, or slide; files without pages are cut into pages of their own."""

    number: int
    """Counting from 1, as a reader of the file counts."""
    text: str
    headings: tuple[Heading, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What the reader found in a file."""

    pages: Sequence[Page]
    is_picture: bool = False
    """The file is a picture itself, one page."""

    @property
    def blank(self) -> Sequence[int]:
        """Numbers of the pages without a text layer: a look at them may find some."""
        return [page.number for page in self.pages if page.is_blank]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    id: MaterialId
    owner_id: UserId
    name: str
    mime: str
    size: int
    telegram_file_id: str
    bot_id: int
    sha256: str | None
    state: MaterialState
    fault: Unreadable | None
    page_count: int | None
    unseen_count: int
    """Pages without text, for want of somebody who could read a scan."""
    revision: int
    """Counts the times that it was to be read: a job of an older one changes nothing."""
    status_id: int | None
    """The message that says how far it is."""
    created_at: datetime
    is_deleted: bool = False
    """For a while it may be brought back."""

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name.casefold()).suffix

    @property
    def is_under_way(self) -> bool:
        return self.state in (MaterialState.WAITING, MaterialState.STORED, MaterialState.READ)

    @property
    def has_pages(self) -> bool:
        return self.state in (MaterialState.READ, MaterialState.INDEXED)

    @property
    def shows_pictures(self) -> bool:
        """Whether a page of it can be shown as it looks."""
        return self.has_pages and (self.suffix == ".pdf" or self.suffix in IMAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialPage:
    """One page of a list, newest first."""

    materials: Sequence[Material]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A course that a material is, or could be, shared with."""

    course_id: CourseId
    title: Text
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMaterial:
    """A material as one person sees it."""

    material: Material
    is_own: bool
    shares: Sequence[Share] = ()
    """Its courses; nobody but the owner is told them."""
    may_share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    material: Material
    page: Page


def material_name(name: str, mime: str) -> str:
    """What it is called in the list: the file's name without what misleads; a photo has none of its own."""
    cleaned = clean_file_name(name) or "file"
    if not PurePosixPath(cleaned).suffix:
        cleaned += _SUFFIXES.get(mime.casefold(), "")
    return cleaned


def renamed(typed: str, material: Material) -> str:
    """The new name with the old ending, which says what the file is.

    Raises InvalidInput("name", …): "empty", "too_long".
    """
    name = printable_line(typed)
    if name.casefold().endswith(material.suffix):
        name = name[: len(name) - len(material.suffix)].rstrip()
    if not any(character.isalnum() for character in name):
        raise InvalidInput("name", "empty")
    # The name may hold what would be a path: it is never used as one, and downloads clean it again.
    whole = f"{name}{PurePosixPath(material.name).suffix}"
    if len(whole) > MAX_NAME:
        raise InvalidInput("name", "too_long")
    return whole


_SUFFIXES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}
