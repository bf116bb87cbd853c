"""A student's own notebook: what they wrote or said about a lesson, or about nothing in particular."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from domain.courses.model import CourseId, LessonId, PartId
from domain.errors import InvalidInput
from domain.folding import folded_words
from domain.language import Text
from domain.printable import printable_line, printable_lines, printable_markdown
from domain.users.model import UserId

NoteId = NewType("NoteId", int)

MAX_NOTE = 4_000
"""Characters of a note, as they were typed."""
MAX_MARKDOWN = 32_000
"""Characters of the same note as Markdown: signs that mean nothing are escaped, and a rich message takes 32,768."""
MAX_NOTES = 5_000
"""Notes of one user; the schema counts them."""
MAX_FOLDED = 16_000
MAX_WORDS = 6
"""Words of one search; the others are left out."""
MAX_VOICE_BYTES = 20_000_000
"""What a bot may download."""
PAGE = 8
BEGINNING = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A recording: Telegram has it under a `file_id` that only the bot `bot_id` can use."""

    file_id: str
    bot_id: int
    duration_seconds: int
    sha256: str | None = None
    """Of the original in storage; None while only Telegram has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """A message that becomes a note."""

    text: str
    """As it was typed; empty for a recording without words."""
    markdown: str
    """The same with its formatting."""
    voice: Voice | None = None
    bot_id: int
    message_id: int
    """One message is one note, however often its update comes: unique with the user and the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The words of a note, checked: what is shown, how it begins, and how it is searched."""

    markdown: str
    beginning: str
    folded: str
    """Its words, folded, with a space between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a note is about. Titles are those of now; what was deleted since has none."""

    course_id: CourseId
    course_title: Text
    lesson_id: LessonId | None
    lesson_title: Text | None
    part_id: PartId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: NoteId
    user_id: UserId
    markdown: str
    beginning: str
    """Its first words without formatting, for lists; empty for a recording without words."""
    voice: Voice | None
    place: Place | None
    created_at: datetime
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCourse:
    """A course that somebody has notes about."""

    id: CourseId
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFilter:
    """Which notes a list shows: all, those about one course, those with these words."""

    course_id: CourseId | None = None
    words: tuple[tuple[str, ...], ...] = ()
    """Folded; a note has to have one of each group, as a word or within one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePage:
    """One page of a list, newest first."""

    notes: Sequence[Note]
    has_more: bool
    total: int
    """All notes of the user, whatever the filter."""
    is_near: bool = False
    """No note has exactly the words that were searched: these have similar ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNote:
    note: Note
    may_open_lesson: bool
    """The note is its author's for good; the lesson may have closed since."""


def writing_of(text: str, markdown: str, *, may_be_empty: bool) -> Writing:
    """Raises InvalidInput("note", …): "empty", "too_long" over MAX_NOTE characters."""
    typed = printable_lines(text)
    if not typed and not may_be_empty:
        raise InvalidInput("note", "empty")
    kept = printable_markdown(markdown)
    if len(typed) > MAX_NOTE or len(kept) > MAX_MARKDOWN:
        raise InvalidInput("note", "too_long")
    folded = " ".join(folded_words(typed))[:MAX_FOLDED]
    return Writing(markdown=kept, beginning=printable_line(typed)[:BEGINNING].strip(), folded=folded)


def searched_words(text: str) -> tuple[str, ...]:
    """The words of a search, folded; none when there is neither a letter nor a digit."""
    return tuple(dict.fromkeys(folded_words(text[:200])))[:MAX_WORDS]
