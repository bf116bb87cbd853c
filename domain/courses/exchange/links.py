"""Which addresses a part may lead to: pages of the open web, and nothing inside anybody's network."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from domain.courses.model import Link

MAX_URL = 2_000
_PROVIDERS = {
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "vimeo.com": "Vimeo",
    "rutube.ru": "Rutube",
    "vk.com": "VK",
    "mover.uz": "Mover",
    "drive.google.com": "Google Drive",
    "t.me": "Telegram",
}
_INNER = (".local", ".internal", ".localhost", ".lan", ".home", ".intranet", ".corp")


def link_of(url: str, provider: str = "") -> Link | None:
    """None for what is no address of the open web. `provider`: what it is called; empty: by its host."""
    host = _public_host(url)
    if host is None:
        return None
    name = " ".join(provider.split())[:64]
    return Link(url=url, provider=name or provider_of(host))


def provider_of(host: str) -> str:
    plain = host.removeprefix("www.").removeprefix("m.")
    return _PROVIDERS.get(plain, plain)


def _public_host(url: str) -> str | None:
    if len(url) > MAX_URL or any(not character.isprintable() or character in ' "<>\\' for character in url):
        return None
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.username is not None or not host:
        return None
    try:
        address = ip_address(host)
    except ValueError:
        # A name needs a dot and letters at its end: `localhost`, `db`, `0x7f.1` and `2130706433` are inside.
        last = host.rpartition(".")[2]
        is_outside = "." in host and not last.isdigit() and not last.startswith("0x") and not host.endswith(_INNER)
        return host if is_outside else None
    return host if address.is_global else None
