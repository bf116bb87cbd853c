"""Which addresses may stand in a profile: of the right place, encrypted, and never of a private network."""

import ipaddress
import re
from urllib.parse import urlsplit

from domain.errors import InvalidInput
from domain.users.profiles import LinkKind

MAX_URL = 200

_HOSTS: dict[LinkKind, frozenset[str]] = {
    LinkKind.INSTAGRAM: frozenset({"instagram.com", "www.instagram.com"}),
    LinkKind.YOUTUBE: frozenset({"youtube.com", "www.youtube.com", "m.youtube.com"}),
    LinkKind.GITHUB: frozenset({"github.com", "www.github.com"}),
    LinkKind.LINKEDIN: frozenset({"linkedin.com", "www.linkedin.com", "uz.linkedin.com", "ru.linkedin.com"}),
}
_PROFILES: dict[LinkKind, str] = {
    LinkKind.INSTAGRAM: "https://instagram.com/{name}",
    LinkKind.YOUTUBE: "https://youtube.com/@{name}",
    LinkKind.GITHUB: "https://github.com/{name}",
    LinkKind.LINKEDIN: "https://linkedin.com/in/{name}",
}
_NAME = re.compile(r"@?([A-Za-z0-9][A-Za-z0-9._-]{0,59})")
_PUBLIC_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_PRIVATE_ENDS = (
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test",
    "invalid", "example", "onion",
)  # fmt: skip
_PLAIN_PATH = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*")


def clean_link(kind: LinkKind, text: str) -> str:
    """The address as it is kept: `https://` with a lower-case host. A name alone, as `@ali`, is enough for its place.

    Raises InvalidInput("link", …): "https" for another scheme, "host" for another place than the kind's, "format" for
    what is no public address, "too_long".
    """
    typed = text.strip()
    name = _NAME.fullmatch(typed)
    if kind in _PROFILES and name and not _is_host(typed, kind):
        return _PROFILES[kind].format(name=name[1])
    address = typed if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", typed) else f"https://{typed}"
    if len(address) > MAX_URL:
        raise InvalidInput("link", "too_long")
    if not address.lower().startswith("https://"):
        raise InvalidInput("link", "https")
    host, rest = _split(address)
    if kind in _HOSTS:
        if host not in _HOSTS[kind]:
            raise InvalidInput("link", "host")
        if not rest.strip("/"):
            raise InvalidInput("link", "format")
    elif not _is_public(host):
        raise InvalidInput("link", "format")
    return f"https://{host}{rest}".removesuffix("/")


def _is_host(typed: str, kind: LinkKind) -> bool:
    """`instagram.com` is an address without a profile, not somebody's name."""
    return typed.lower() in _HOSTS[kind]


def _split(address: str) -> tuple[str, str]:
    """Host, and what comes behind it. Names, passwords and ports only mislead."""
    try:
        parts = urlsplit(address)
        is_odd = parts.port is not None or parts.username is not None or parts.password is not None
    except ValueError as error:
        raise InvalidInput("link", "format") from error
    host = _ascii(parts.hostname or "")
    behind = address.split("//", 1)[1]
    start = min((place for sign in "/?#" if (place := behind.find(sign)) >= 0), default=len(behind))
    rest = behind[start:]
    if is_odd or "@" in behind[:start] or not host or not _PLAIN_PATH.fullmatch(rest):
        raise InvalidInput("link", "format")
    return host, rest


def _ascii(host: str) -> str:
    """Letters that only look like others show as what they are (`xn--…`)."""
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError as error:
        raise InvalidInput("link", "format") from error


def _is_public(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return False
    return _PUBLIC_HOST.fullmatch(host) is not None and host.rsplit(".", 1)[-1] not in _PRIVATE_ENDS
