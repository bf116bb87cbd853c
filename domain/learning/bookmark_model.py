"""Parts of lessons, and moments of recordings, that a student marks to come back to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from domain.courses.model import LessonId, PartId, PartKind
from domain.language import Text

BookmarkId = NewType("BookmarkId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A moment of a recording, or a part as a whole; unique for its owner and part."""

    id: BookmarkId
    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    part_id: PartId | None
    """None when the teacher has replaced the part since."""
    kind: PartKind | None
    second: int | None
    """From the start of the recording; None for the part as a whole."""
    title: str
    """May be empty for a moment; a whole part is named by its first words."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarkPage:
    entries: Sequence[Bookmark]
    next_id: BookmarkId | None
    """Behind which bookmark the next page begins; None on the last one."""
    lesson_title: Text | None = None
    """Set in the list of one lesson that has any."""
