"""What the rules about ratings need kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from domain.courses.model import CourseId
from domain.identity import UserId

if TYPE_CHECKING:
    from domain.learning.ratings import Rating, RatingFacts, RatingId


class Ratings(Protocol):
    """The sums on the course follow by themselves."""

    async def facts(self, user_id: UserId, course_id: CourseId) -> "RatingFacts | None":
        """One query; None without such a course."""
        ...

    async def give(self, user_id: UserId, course_id: CourseId, stars: int, now: datetime) -> "Rating":
        """The student's one rating of the course, new or changed; a sentence that is there stays."""
        ...

    async def set_comment(
        self, user_id: UserId, course_id: CourseId, comment: str | None, now: datetime
    ) -> "Rating | None":
        """None when there is no rating that it could go with."""
        ...

    async def remove(self, user_id: UserId, course_id: CourseId) -> bool:
        """A hidden one loses its words and stays hidden."""
        ...

    async def of_course(
        self, course_id: CourseId, before: "RatingId | None", limit: int, *, with_hidden: bool
    ) -> "Sequence[tuple[Rating, str]]":
        """Newest first, each with its author's full name."""
        ...

    async def get(self, rating_id: "RatingId") -> "tuple[Rating, str] | None": ...

    async def hide(self, rating_id: "RatingId", by: UserId, reason: str, now: datetime) -> bool:
        """False when it was hidden already."""
        ...

    async def unhide(self, rating_id: "RatingId", by: UserId) -> bool: ...
