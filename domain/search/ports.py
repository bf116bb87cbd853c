"""What a search needs looked up."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.search.model import FoundCourse, FoundLesson, FoundNote, Place, Shelf
from domain.search.query import Query, Spelling, Word
from domain.users.model import UserId


class SearchIndex(Protocol):
    """Published courses and lessons by their words. Whatever is not published is not there."""

    async def spellings(self, words: Sequence[Word]) -> Mapping[str, Spelling]:
        """Which of these words the centre's texts know, by folded word, and what resembles the others."""
        ...

    async def find(
        self, query: Query, user_id: UserId, *, shelf: Shelf | None, after: Place | None, limit: int
    ) -> tuple[Sequence[FoundCourse], Sequence[FoundLesson]]:
        """Best first, up to `limit` of each kind, or of the one kind `shelf` behind the place `after`."""
        ...


class NotesFinder(Protocol):
    """Looks through somebody's own notes."""

    async def find(self, user_id: UserId, words: Sequence[str], *, limit: int) -> Sequence[FoundNote]:
        """Their notes that hold all of these folded words or words that begin so, the newest first."""
        ...
