"""Admins grow the category tree; whoever teaches looks around in it."""

import unicodedata

from domain.clock import Clock
from domain.courses.authorship import require_author
from domain.courses.category_ports import CategoryPage
from domain.courses.errors import CategoryCircle, CategoryInUse, WorkGone
from domain.courses.model import Category, CategoryId
from domain.courses.slugs import checked_slug, numbered, slug_of
from domain.courses.wording import clean_title
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language, Text
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

SUBJECT_EMOJI = "📘"
BRANCH_EMOJI = "📂"
MAX_EMOJI = 8
"""Code points: a family or a flag is one sign of several."""
SLUG_TRIES = 200

_JOINERS = frozenset({"\u200d", *map(chr, range(0xE0020, 0xE0080))})
"""What holds the signs of one emoji together; other invisible characters only mislead."""


class CategoryService:
    """Every method raises TeachersOnly for whoever may not teach and WorkGone for what is not there; those that change
    something raise NotAllowed for everybody but admins."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read

    async def page(self, actor_id: UserId, category_id: CategoryId | None = None) -> CategoryPage:
        """A category with its branches; None is the top of the tree."""
        async with self._read() as uow:
            await require_author(uow, actor_id)
            return await _page(uow, category_id)

    async def add(self, actor_id: UserId, parent_id: CategoryId | None, title: str) -> CategoryPage:
        """A branch of `parent_id`, or a subject, at the end of its level.

        The same title again while the last one there is empty is the same branch: a message that is worked on twice
        adds one. The slug comes from the title; a second one of that name becomes `algebra-2`. Raises
        InvalidInput("title", …).
        """
        cleaned = clean_title(title)
        async with self._begin() as uow:
            actor = await _require_admin(uow, actor_id)
            await uow.categories.hold()
            above = await _page(uow, parent_id)
            last = above.branches[-1].category if above.branches else None
            if last is not None and cleaned in last.title.variants.values():
                page = await _page(uow, last.id)
                if page.is_empty:
                    return page
            added = await _add(uow, parent_id, Text({actor.language: cleaned}), slug_of(cleaned) or "category")
            page = await _page(uow, added)
            await uow.commit()
        return page

    async def rename(self, actor_id: UserId, category_id: CategoryId, language: Language, title: str) -> None:
        """Its name in one language. Raises InvalidInput("title", …)."""
        cleaned = clean_title(title)
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await _known(uow, category_id)
            await uow.categories.set_title(category_id, language, cleaned)
            await uow.commit()

    async def set_emoji(self, actor_id: UserId, category_id: CategoryId, emoji: str) -> None:
        """Raises InvalidInput("emoji", "format")."""
        checked = checked_emoji(emoji)
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await _known(uow, category_id)
            await uow.categories.set_emoji(category_id, checked)
            await uow.commit()

    async def set_slug(self, actor_id: UserId, category_id: CategoryId, slug: str) -> None:
        """Raises InvalidInput("slug", …): "format", "too_long", "taken"."""
        checked = checked_slug(slug)
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await _known(uow, category_id)
            if not await uow.categories.set_slug(category_id, checked):
                raise InvalidInput("slug", "taken")
            await uow.commit()

    async def move(self, actor_id: UserId, category_id: CategoryId, parent_id: CategoryId | None) -> CategoryPage:
        """Hang the branch under another one, or make it a subject. Raises CategoryCircle.

        A subject that becomes a branch is no subject any more: whoever chose it has chosen the subject it is in now.
        """
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await uow.categories.hold()
            page = await _page(uow, category_id)
            target = await _page(uow, parent_id)
            moved = await _known(uow, category_id)
            above = [*target.path, *([target.category] if target.category else [])]
            if any(category.id == category_id for category in above):
                raise CategoryCircle(category_id)
            if moved.parent_id == parent_id:
                return page
            await uow.categories.move(category_id, parent_id)
            if page.has_learners and above:
                await uow.categories.hand_over_learners(category_id, above[0].id)
            page = await _page(uow, category_id)
            await uow.commit()
        return page

    async def shift(self, actor_id: UserId, category_id: CategoryId, *, up: bool) -> None:
        """Change places with the one above or below on its level; at the end of it nothing changes."""
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await uow.categories.hold()
            category = await _known(uow, category_id)
            level = await _page(uow, category.parent_id)
            order = [entry.category.id for entry in level.branches]
            place = order.index(category_id)
            other = place - 1 if up else place + 1
            if not 0 <= other < len(order):
                return
            order[place], order[other] = order[other], order[place]
            await uow.categories.arrange(order)
            await uow.commit()

    async def remove(self, actor_id: UserId, category_id: CategoryId) -> CategoryId | None:
        """Delete an empty branch; the one that it was in. Raises CategoryInUse."""
        async with self._begin() as uow:
            await _require_admin(uow, actor_id)
            await uow.categories.hold()
            category = await _known(uow, category_id)
            if not await uow.categories.remove(category_id):
                raise CategoryInUse(category_id)
            await uow.commit()
        return category.parent_id


def checked_emoji(text: str) -> str:
    """One sign for buttons. Raises InvalidInput("emoji", "format")."""
    emoji = text.strip()
    is_picture = any(unicodedata.category(character) == "So" for character in emoji) and all(
        unicodedata.category(character) in ("So", "Sk", "Mn", "Me") or character in _JOINERS for character in emoji
    )
    is_keycap = len(emoji) > 1 and emoji[0] in "0123456789#*" and emoji[1:] in ("\u20e3", "\ufe0f\u20e3")
    if len(emoji) > MAX_EMOJI or not (is_picture or is_keycap):
        raise InvalidInput("emoji", "format")
    return emoji


async def _add(uow: UnitOfWork, parent_id: CategoryId | None, title: Text, slug: str) -> CategoryId:
    emoji = SUBJECT_EMOJI if parent_id is None else BRANCH_EMOJI
    for number in range(1, SLUG_TRIES):
        tried = slug if number == 1 else numbered(slug, number)
        added = await uow.categories.add(slug=tried, emoji=emoji, title=title, parent_id=parent_id)
        if added is not None:
            return added
    raise InvalidInput("title", "taken")


async def _page(uow: UnitOfWork, category_id: CategoryId | None) -> CategoryPage:
    page = await uow.categories.page(category_id)
    if page is None:
        raise WorkGone(f"category {category_id}")
    return page


async def _known(uow: UnitOfWork, category_id: CategoryId) -> Category:
    category = await uow.catalogue.category(category_id)
    if category is None:
        raise WorkGone(f"category {category_id}")
    return category


async def _require_admin(uow: UnitOfWork, actor_id: UserId) -> User:
    actor = await require_author(uow, actor_id)
    if not actor.is_admin:
        raise NotAllowed
    return actor
