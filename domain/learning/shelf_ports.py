from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.learning.model import EnrolmentStatus
from domain.learning.shelf_model import Place, ShelfEntry, ShelfKey
from domain.users.model import UserId


class Shelf(Protocol):
    """A student's own courses, newest enrolment first; a page begins behind a key."""

    async def courses(
        self, user_id: UserId, status: EnrolmentStatus, behind: ShelfKey | None, *, limit: int
    ) -> Sequence[ShelfEntry]: ...

    async def progress(self, user_id: UserId, behind: ShelfKey | None, *, limit: int) -> Sequence[ShelfEntry]:
        """Active and completed ones, with their sections and the time spent."""
        ...

    async def place(self, user_id: UserId, now: datetime) -> Place | None:
        """Where the student goes on: what nothing but money closes comes first."""
        ...
