"""Readable names in links: small Latin letters, digits and single hyphens."""

import re

from domain.errors import InvalidInput
from domain.folding import folded_words

MAX_SLUG = 48

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FOREIGN = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str | None:
    """What a title is called in links: folded, whole words as far as they fit; None when no letter is left of it."""
    words = [word for folded in folded_words(title) for word in _FOREIGN.split(folded) if word]
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:MAX_SLUG]
        if len(longer) > MAX_SLUG:
            break
        slug = longer
    return slug or None


def numbered(slug: str, number: int) -> str:
    """The slug for the second, third… thing of the same name: `algebra-2`."""
    ending = f"-{number}"
    return slug[: MAX_SLUG - len(ending)].rstrip("-") + ending


def checked_slug(text: str) -> str:
    """A slug that somebody typed. Raises InvalidInput("slug", "format" or "too_long")."""
    slug = text.strip().lower()
    if len(slug) > MAX_SLUG:
        raise InvalidInput("slug", "too_long")
    if _SLUG.fullmatch(slug) is None:
        raise InvalidInput("slug", "format")
    return slug
