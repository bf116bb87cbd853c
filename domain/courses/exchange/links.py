"""Links of a file's rows: the rules are those of links that are sent in the chat."""

from domain.courses.links import link_of as sent_link
from domain.courses.model import Link
from domain.errors import InvalidInput

MAX_PROVIDER = 64


def link_of(url: str, provider: str = "") -> Link | None:
    """None for what is no address of the open web. `provider`: what it is called; empty: by its host, and with the
    picture that its provider has of it."""
    try:
        link = sent_link(url)
    except InvalidInput:
        return None
    if link is None:
        return None
    name = " ".join(provider.split())[:MAX_PROVIDER]
    return Link(url=link.url, provider=name) if name else link
