"""A student's own courses, how far they are in each, and where they go on."""

from collections.abc import Sequence

from domain.clock import Clock
from domain.learning.model import EnrolmentStatus
from domain.learning.shelf_model import Place, ShelfEntry, ShelfKey, ShelfPage
from domain.unit_of_work import Begin
from domain.users.model import UserId

SHELF_PAGE = 6
"""Courses on one page of one's own."""
PROGRESS_PAGE = 3
"""Courses on one page of the progress, each with its sections."""


class ShelfService:
    """Everybody sees their own only: the id is that of whoever asks."""

    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def courses(self, user_id: UserId, status: EnrolmentStatus, behind: ShelfKey | None = None) -> ShelfPage:
        """One page of the courses that are in progress, completed, or left."""
        async with self._read() as uow:
            entries = await uow.shelf.courses(user_id, status, behind, limit=SHELF_PAGE + 1)
        return _page(entries, SHELF_PAGE)

    async def progress(self, user_id: UserId, behind: ShelfKey | None = None) -> ShelfPage:
        """One page of all courses but those that were left, with their sections."""
        async with self._read() as uow:
            entries = await uow.shelf.progress(user_id, behind, limit=PROGRESS_PAGE + 1)
        return _page(entries, PROGRESS_PAGE)

    async def place(self, user_id: UserId) -> Place | None:
        """None when nothing was begun, or everything is finished."""
        async with self._read() as uow:
            return await uow.shelf.place(user_id, self._now())


def _page(entries: Sequence[ShelfEntry], size: int) -> ShelfPage:
    shown = entries[:size]
    return ShelfPage(entries=shown, next_key=shown[-1].key if len(entries) > size else None)
