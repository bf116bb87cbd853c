"""Marking parts of lessons and moments of recordings, and coming back to them."""

import re
from dataclasses import replace
from datetime import datetime

from domain.clock import Clock
from domain.courses.model import LessonId, LessonPage, Part, PartId
from domain.errors import InvalidInput
from domain.language import Language
from domain.learning.bookmark_model import Bookmark, BookmarkId, BookmarkPage
from domain.learning.errors import BeyondTheEnd, BookmarkGone, PartGone
from domain.learning.service import lesson_page, open_lesson_facts
from domain.learning.study import timed_part
from domain.printable import printable_line
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

MAX_BOOKMARK_TITLE = 120
BOOKMARKS_PAGE = 8
_WORDS = 60
"""Characters of a part that name its bookmark."""
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_MARKUP = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\|)|[*~`$|]{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)", re.MULTILINE
)


class BookmarkService:
    """Somebody else's bookmark is as one that is not there. To open one takes access to its lesson."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def add(
        self, user_id: UserId, lesson_id: LessonId, part_id: PartId, second: int | None, title: str
    ) -> BookmarkId:
        """Mark a moment, or with None the part as a whole; the same twice is one, which takes a later title.

        Raises PartGone for a moment of what is no recording, and for a part that the reader was not sent or may not
        open; BeyondTheEnd, InvalidInput.
        """
        title = _checked(title)
        if second is None:
            return await self._add_whole(user_id, lesson_id, part_id, title)
        async with self._begin() as uow:
            part = await timed_part(uow, user_id, lesson_id, part_id, self._now())
            if part.longest_seconds is not None and second > part.longest_seconds:
                raise BeyondTheEnd(part.longest_seconds)
            bookmark_id = await uow.bookmarks.add(user_id, lesson_id, part_id, second, title, self._now())
            await uow.progress.act(user_id, lesson_id, self._now())
            await uow.commit()
        return bookmark_id

    async def _add_whole(self, user_id: UserId, lesson_id: LessonId, part_id: PartId, title: str) -> BookmarkId:
        now = self._now()
        async with self._begin() as uow:
            part = await _sent_part(uow, user_id, lesson_id, part_id, now)
            reader = await uow.users.get(user_id)
            words = first_words(part, reader.language) if reader is not None else ""
            bookmark_id = await uow.bookmarks.add(user_id, lesson_id, part_id, None, title, now, words=words)
            await uow.progress.act(user_id, lesson_id, now)
            await uow.commit()
        return bookmark_id

    async def page(
        self, user_id: UserId, lesson_id: LessonId | None = None, behind: BookmarkId | None = None
    ) -> BookmarkPage:
        """One page of the user's bookmarks, newest first; of one lesson, or of all."""
        async with self._read() as uow:
            entries = await uow.bookmarks.page(user_id, lesson_id, behind, limit=BOOKMARKS_PAGE + 1)
        shown = entries[:BOOKMARKS_PAGE]
        return BookmarkPage(
            entries=shown,
            next_id=shown[-1].id if len(entries) > BOOKMARKS_PAGE else None,
            lesson_title=shown[0].lesson_title if lesson_id is not None and shown else None,
        )

    async def bookmark(self, user_id: UserId, bookmark_id: BookmarkId) -> Bookmark:
        async with self._read() as uow:
            found = await uow.bookmarks.get(user_id, bookmark_id)
        if found is None:
            raise BookmarkGone(bookmark_id)
        return found

    async def rename(self, user_id: UserId, bookmark_id: BookmarkId, title: str) -> None:
        title = _checked(title)
        async with self._begin() as uow:
            if not await uow.bookmarks.rename(user_id, bookmark_id, title):
                raise BookmarkGone(bookmark_id)
            await uow.commit()

    async def delete(self, user_id: UserId, bookmark_id: BookmarkId) -> None:
        """Can be undone for a day. Deleting what is deleted changes nothing."""
        async with self._begin() as uow:
            await uow.bookmarks.delete(user_id, bookmark_id, self._now())
            await uow.commit()

    async def restore(self, user_id: UserId, bookmark_id: BookmarkId) -> None:
        async with self._begin() as uow:
            if not await uow.bookmarks.restore(user_id, bookmark_id):
                raise BookmarkGone(bookmark_id)
            await uow.commit()

    async def open(self, user_id: UserId, bookmark_id: BookmarkId) -> tuple[Bookmark, LessonPage, Part]:
        """What to send again: the part, with the page of its lesson. Raises LessonLocked, LessonGone, PartGone."""
        async with self._begin() as uow:
            bookmark = await uow.bookmarks.get(user_id, bookmark_id)
            if bookmark is None:
                raise BookmarkGone(bookmark_id)
            facts = await open_lesson_facts(uow, user_id, bookmark.lesson_id, self._now())
            parts = await uow.catalogue.parts(bookmark.lesson_id)
            part = next((one for one in parts if one.id == bookmark.part_id), None)
            if part is None:
                raise PartGone(bookmark_id)
            await uow.progress.act(user_id, bookmark.lesson_id, self._now())
            await uow.commit()
        return bookmark, replace(lesson_page(facts, self._now()), parts=(part,)), part


def _checked(title: str) -> str:
    title = " ".join(title.split())
    if len(title) > MAX_BOOKMARK_TITLE:
        raise InvalidInput("title", "too_long")
    return title


def first_words(part: Part, language: Language) -> str:
    """How the part begins, without its formatting; a file without words is known by its name. May be empty."""
    text = part.text.read_in(language) if part.text else ""
    words = printable_line(_MARKUP.sub("", _LINK.sub(r"\1", text)))
    if not words and part.link is not None:
        words = printable_line(part.link.url)
    if not words and (media := part.media_in(language)) is not None:
        words = printable_line(media.name)
    if len(words) <= _WORDS:
        return words
    cut = words[:_WORDS].rpartition(" ")[0] or words[:_WORDS]
    return f"{cut.rstrip()}…"


async def _sent_part(uow: UnitOfWork, user_id: UserId, lesson_id: LessonId, part_id: PartId, now: datetime) -> Part:
    """A part that the reader has and may open now; PartGone for everything else."""
    await open_lesson_facts(uow, user_id, lesson_id, now)
    standing = await uow.study.standing(user_id, lesson_id)
    if not any(one.part_id == part_id for one in standing.sent):
        raise PartGone(part_id)
    part = next((one for one in await uow.catalogue.parts(lesson_id) if one.id == part_id), None)
    if part is None:
        raise PartGone(part_id)
    return part
