"""A student types a word, misspelt perhaps and in whichever script, and finds what it meant."""

from collections.abc import Sequence

from domain.clock import Clock
from domain.notes.model import NoteFilter
from domain.search.model import Findings, FoundCourse, Place, Shelf
from domain.search.query import query_of, words_of
from domain.unit_of_work import Begin
from domain.users.model import UserId

FIRST_LOOK = {Shelf.COURSES: 4, Shelf.LESSONS: 4, Shelf.NOTES: 3}
"""Lines of each shelf on the first screen."""
PAGE = 8
"""Lines of one shelf alone."""
NOBODY = UserId(0)
"""Whoever asks from another chat: only what everybody sees is found for them."""


class SearchService:
    """Everybody may search; what is found is published, or one's own."""

    def __init__(self, *, read: Begin, now: Clock) -> None:
        self._read = read
        self._now = now

    async def search(self, user_id: UserId, text: str) -> Findings:
        """The best of each shelf: at most three statements. Very common words bring courses alone at first."""
        words = words_of(text)
        if not words:
            return Findings(words=text, meant=None)
        async with self._read() as uow:
            query = query_of(words, await uow.search.spellings(words))
            most = max(FIRST_LOOK.values()) + 1
            courses, lessons = await uow.search.find(
                query, user_id, shelf=None, after=None, limit=most, now=self._now()
            )
            own = NoteFilter(words=tuple((word.folded,) for word in words))
            _, notes = await uow.notes.newest(user_id, own, before=None, limit=FIRST_LOOK[Shelf.NOTES] + 1)
        found = {Shelf.COURSES: courses, Shelf.LESSONS: lessons, Shelf.NOTES: notes}
        return Findings(
            words=text,
            meant=query.meant if courses or lessons else None,
            courses=courses[: FIRST_LOOK[Shelf.COURSES]],
            lessons=lessons[: FIRST_LOOK[Shelf.LESSONS]],
            notes=notes[: FIRST_LOOK[Shelf.NOTES]],
            # Whether there are lessons behind words that fill a list of courses is not looked up until it is asked.
            more=frozenset(
                shelf
                for shelf, lines in found.items()
                if len(lines) > FIRST_LOOK[shelf] or (shelf is Shelf.LESSONS and not lines and len(courses) == most)
            ),
        )

    async def shelf(self, user_id: UserId, text: str, shelf: Shelf, after: Place | None) -> Findings:
        """One page of the courses or of the lessons alone, behind the place where the last page ended."""
        words = words_of(text)
        if not words:
            return Findings(words=text, meant=None)
        async with self._read() as uow:
            query = query_of(words, await uow.search.spellings(words))
            courses, lessons = await uow.search.find(
                query, user_id, shelf=shelf, after=after, limit=PAGE + 1, now=self._now()
            )
        is_more = len(courses) > PAGE or len(lessons) > PAGE
        return Findings(
            words=text,
            meant=query.meant,
            courses=courses[:PAGE],
            lessons=lessons[:PAGE],
            more=frozenset((shelf,) if is_more else ()),
        )

    async def public(self, text: str, after: Place | None, size: int) -> tuple[Sequence[FoundCourse], bool]:
        """Courses that everybody sees, and whether there are more: for whoever asks from another chat."""
        words = words_of(text)
        if not words:
            return (), False
        async with self._read() as uow:
            query = query_of(words, await uow.search.spellings(words))
            courses, _ = await uow.search.find(
                query, NOBODY, shelf=Shelf.COURSES, after=after, limit=size + 1, now=self._now()
            )
        return courses[:size], len(courses) > size
