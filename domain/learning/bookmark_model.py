"""Moments of recordings that a student marks, to come back to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from domain.courses.model import LessonId, PartId, PartKind
from domain.language import Text

BookmarkId = NewType("BookmarkId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A moment, in seconds from the start; unique for its owner and part."""

    id: BookmarkId
    lesson_id: LessonId
    lesson_title: Text
    course_title: Text
    part_id: PartId | None
    """None when the teacher has replaced the part since."""
    kind: PartKind | None
    second: int
    title: str
    """May be empty."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarkPage:
    entries: Sequence[Bookmark]
    next_id: BookmarkId | None
    """Behind which bookmark the next page begins; None on the last one."""
    lesson_title: Text | None = None
    """Set in the list of one lesson that has any."""
