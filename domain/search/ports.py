"""What a search needs looked up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.search.model import FoundCourse, FoundLesson, Place, Shelf
from domain.search.query import Query, Spelling, Word
from domain.users.model import UserId


class SearchIndex(Protocol):
    """Published courses and lessons by their words. Whatever is not published is not there."""

    async def spellings(self, words: Sequence[Word]) -> Mapping[str, Spelling]:
        """Which of these words the centre's texts know, by folded word, and what resembles the others."""
        ...

    async def find(
        self, query: Query, user_id: UserId, *, shelf: Shelf | None, after: Place | None, limit: int, now: datetime
    ) -> tuple[Sequence[FoundCourse], Sequence[FoundLesson]]:
        """Best first, up to `limit` of each kind, or of the one kind `shelf` behind the place `after`."""
        ...
