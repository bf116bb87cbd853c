"""The category tree, and what it needs kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.courses.model import Category, CategoryEntry, CategoryId
from domain.language import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPage:
    """One category with what lies in it; the top of the tree is no category."""

    category: Category | None
    path: tuple[Category, ...] = ()
    """From the subject down to the category's parent."""
    branches: tuple[CategoryEntry, ...] = ()
    course_count: int = 0
    """Published courses here and in the branches below."""
    has_courses: bool = False
    """Courses right here, drafts and archived ones too."""
    has_learners: bool = False
    """Somebody has chosen it as what they want to learn."""

    @property
    def is_empty(self) -> bool:
        return not (self.branches or self.has_courses or self.has_learners)


class Categories(Protocol):
    async def hold(self) -> None:
        """Keep everybody else from changing the shape of the tree, and from publishing, until the transaction ends."""
        ...

    async def page(self, category_id: CategoryId | None) -> CategoryPage | None:
        """None is the top: the subjects."""
        ...

    async def add(self, *, slug: str, emoji: str, title: Text, parent_id: CategoryId | None) -> CategoryId | None:
        """Behind the last one of its level; None when the slug is taken, and the transaction goes on."""
        ...

    async def set_title(self, category_id: CategoryId, language: Language, title: str) -> None:
        """In this language only, whatever others write in other languages meanwhile."""
        ...

    async def set_emoji(self, category_id: CategoryId, emoji: str) -> None: ...

    async def set_slug(self, category_id: CategoryId, slug: str) -> bool:
        """False when it is taken; the transaction goes on."""
        ...

    async def move(self, category_id: CategoryId, parent_id: CategoryId | None) -> None:
        """Behind the last one there. Raises CategoryCircle, by the schema's own judgement."""
        ...

    async def hand_over_learners(self, from_id: CategoryId, to_id: CategoryId) -> None:
        """Whoever chose the one subject has chosen the other one from now on."""
        ...

    async def arrange(self, category_ids: Sequence[CategoryId]) -> None:
        """Number the categories of one level in this order."""
        ...

    async def remove(self, category_id: CategoryId) -> bool:
        """False while anything lies in it."""
        ...
