"""A link as a part of a lesson. Nothing is ever fetched: what a link is, its own letters say."""

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, parse_qs, urlsplit

from domain.courses.model import Link
from domain.errors import InvalidInput

MAX_URL = 2048
LONGEST = 24 * 3600
"""Seconds of the longest video that anybody means."""

_PROVIDERS = {
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "vimeo.com": "Vimeo",
    "rutube.ru": "Rutube",
    "vk.com": "VK",
    "vk.ru": "VK",
    "vkvideo.ru": "VK",
    "t.me": "Telegram",
    "telegram.me": "Telegram",
}
_INNER = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion", "test", "invalid")
"""Names that mean something in a network of somebody's own only."""
_UNSAFE = re.compile(r"[\s<>\"\\^`{|}\x00-\x20\x7f]")
_HOST = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?(\.[^\W_]([\w-]{0,61}[^\W_])?)+")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_DURATION = re.compile(r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):(?P<s>[0-5]\d)")


def link_of(text: str) -> Link | None:
    """The link that a message is, when it is nothing else; None for any other text.

    Raises InvalidInput("link", …): "too_long", "credentials" (a name or password in it), "private" (an address that
    only some network of its own knows, loopback included, however it is spelt), "format".
    """
    url = text.strip()
    if not re.match(r"https?://", url, re.IGNORECASE) or len(url.split()) != 1:
        return None
    if len(url) > MAX_URL:
        raise InvalidInput("link", "too_long")
    if _UNSAFE.search(url) or any(unicodedata.category(character)[0] == "C" for character in url):
        raise InvalidInput("link", "format")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput("link", "format") from None
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise InvalidInput("link", "credentials")
    name = _public_name(host or "")
    provider = _provider(name)
    return Link(url=url, provider=provider, thumbnail_url=_thumbnail(provider, name, parts))


def parse_duration(text: str) -> int:
    """Seconds of `12:40` or `1:02:03`. Raises InvalidInput("duration", "format" or "too_long")."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or (match["h"] and int(match["m"]) > 59):
        raise InvalidInput("duration", "format")
    seconds = int(match["h"] or 0) * 3600 + int(match["m"]) * 60 + int(match["s"])
    if not seconds:
        raise InvalidInput("duration", "format")
    if seconds > LONGEST:
        raise InvalidInput("duration", "too_long")
    return seconds


def _public_name(host: str) -> str:
    """The host in small letters, without `www.`; full-width digits and dots are plain ones, as browsers read them."""
    name = unicodedata.normalize("NFKC", host).lower().replace("。", ".").removesuffix(".")
    if ":" in name:
        try:
            address = ipaddress.IPv6Address(name.partition("%")[0])
        except ValueError:
            raise InvalidInput("link", "format") from None
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if not address.is_global or address.is_multicast or (inner is not None and not inner.is_global):
            raise InvalidInput("link", "private")
        return name
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        # Its last piece is a number, so all of it is an address, in one of the many spellings that programs take.
        try:
            address = ipaddress.IPv4Address(name)
        except ValueError:
            raise InvalidInput("link", "private") from None
        if not address.is_global or address.is_multicast:
            raise InvalidInput("link", "private")
        return name
    if "." not in name or any(name == inner or name.endswith(f".{inner}") for inner in _INNER):
        raise InvalidInput("link", "private" if name else "format")
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise InvalidInput("link", "format")
    return name.removeprefix("www.")


def _provider(name: str) -> str:
    for host, provider in _PROVIDERS.items():
        if name == host or name.endswith(f".{host}"):
            return provider
    return name


def _thumbnail(provider: str, name: str, parts: SplitResult) -> str | None:
    if provider != "YouTube":
        return None
    pieces = [piece for piece in parts.path.split("/") if piece]
    candidate = ""
    if name.endswith("youtu.be"):
        candidate = pieces[0] if pieces else ""
    elif pieces[:1] == ["watch"]:
        candidate = parse_qs(parts.query, max_num_fields=50).get("v", [""])[0] if parts.query.count("&") < 50 else ""
    elif len(pieces) > 1 and pieces[0] in ("shorts", "embed", "live", "v"):
        candidate = pieces[1]
    return f"https://img.youtube.com/vi/{candidate}/hqdefault.jpg" if _VIDEO_ID.fullmatch(candidate) else None
