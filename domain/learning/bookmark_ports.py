from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import LessonId, PartId
from domain.learning.bookmark_model import Bookmark, BookmarkId
from domain.users.model import UserId


class Bookmarks(Protocol):
    """Each method touches bookmarks of this user only."""

    async def add(
        self,
        user_id: UserId,
        lesson_id: LessonId,
        part_id: PartId,
        second: int | None,
        title: str,
        now: datetime,
        *,
        words: str = "",
    ) -> BookmarkId:
        """Unique per user, part and second: one that is there, or was deleted, comes back and takes the title.

        `words`: what a new one is called without a title.
        """
        ...

    async def page(
        self, user_id: UserId, lesson_id: LessonId | None, behind: BookmarkId | None, *, limit: int
    ) -> Sequence[Bookmark]: ...

    async def get(self, user_id: UserId, bookmark_id: BookmarkId) -> Bookmark | None: ...
    async def rename(self, user_id: UserId, bookmark_id: BookmarkId, title: str) -> bool: ...

    async def delete(self, user_id: UserId, bookmark_id: BookmarkId, now: datetime) -> bool:
        """Put it aside; what the user put aside more than a day ago goes for good."""
        ...

    async def restore(self, user_id: UserId, bookmark_id: BookmarkId) -> bool: ...
