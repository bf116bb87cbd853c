"""Telegram's HTML parse mode, with its error texts; offsets count UTF-16 units as the Bot API does.

The rules and sentences follow `parse_html` of tdlib (td/telegram/MessageEntity.cpp): only a few tags, attributes
always with a value, entities `&lt; &gt; &amp; &quot; &#N;` only, and every bare `<` is the beginning of a tag.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import cannot_parse

Entity = dict[str, Any]

_TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_SPACES = " \t\r\n\v\0"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,8})|(\d{1,9}))|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_BEYOND_UNICODE = 0x110000
_URL = re.compile(r"(?i)^(?:https?|tg|ton|mailto|tel)://?[^\s/]|^(?:mailto|tel):.|^[^\s/@:]+\.[a-z]{2,}(?:[/?#:]|$)")
_TRIGGERS = re.compile(r"[/@#.]")
_DETECT = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})"
    r"|(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)]|(?<![\w@./])(?:[\w-]+\.)+(?:com|org|net|uz|ru|io|me|dev|app|info)\b(?:/[^\s<>\"]*[^\s<>\".,;:!?)])?)"
    r"|(?<![\w/<>.])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z]\w{2,31})\b"
    r"|(?<![\w/#])(?P<hashtag>#\w*[^\W\d]\w*)"
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its entities, as a message keeps them."""

    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


def utf16_length(text: str) -> int:
    """How many UTF-16 units the text has: characters beyond the basic plane count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_link(url: str) -> bool:
    """Whether Telegram would take this for the address of a text link."""
    return _URL.match(url) is not None


def parse_html(source: str) -> Formatted:
    """Split Telegram's HTML into text and entities, or raise "can't parse entities: …" with the byte offset."""
    if "<" not in source and "&" not in source:
        return trimmed(Formatted(source))
    return trimmed(_Parser(source).parse())


def trimmed(formatted: Formatted) -> Formatted:
    """Without the white space at both ends; entities are shortened with the text and empty ones dropped."""
    text = formatted.text.replace("\r", "")
    if text != formatted.text:
        return trimmed(_without_carriage_returns(formatted))
    stripped = text.strip(" \n\t\v\0")
    if stripped == text:
        return formatted
    left = len(text) - len(text.lstrip(" \n\t\v\0"))
    skipped, length = utf16_length(text[:left]), utf16_length(stripped)
    return Formatted(stripped, _window(formatted.entities, skipped, length))


def _without_carriage_returns(formatted: Formatted) -> Formatted:
    units = formatted.text.encode("utf-16-le", "surrogatepass")
    kept = [0]
    for index in range(0, len(units), 2):
        kept.append(kept[-1] + (units[index : index + 2] != b"\r\0"))
    moved = []
    for entity in formatted.entities:
        begin, end = kept[entity["offset"]], kept[entity["offset"] + entity["length"]]
        if end > begin:
            moved.append({**entity, "offset": begin, "length": end - begin})
    return Formatted(formatted.text.replace("\r", ""), tuple(moved))


def _window(entities: tuple[Entity, ...], skipped: int, length: int) -> tuple[Entity, ...]:
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - skipped, 0)
        end = min(entity["offset"] + entity["length"] - skipped, length)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return tuple(kept)


def with_detected(formatted: Formatted) -> Formatted:
    """Add what Telegram finds by itself: commands, links, mentions, hashtags and e-mail addresses."""
    text = formatted.text
    if not _TRIGGERS.search(text):
        return formatted
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in formatted.entities
        if entity["type"] in {"code", "pre", "text_link", "text_mention", "custom_emoji"}
    ]
    found: list[Entity] = []
    for match in _DETECT.finditer(text):
        begin = utf16_length(text[: match.start()])
        end = begin + utf16_length(match.group())
        if not any(begin < other_end and other_begin < end for other_begin, other_end in taken):
            found.append({"type": str(match.lastgroup), "offset": begin, "length": end - begin})
    if not found:
        return formatted
    return Formatted(text, tuple(_sorted([*formatted.entities, *found])))


def _sorted(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._size = len(source)
        self._pieces: list[str] = []
        self._offset = 0
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> Formatted:
        position, source = 0, self._source
        while position < self._size:
            character = source[position]
            if character == "<":
                is_end = self._at(position + 1) == "/"
                position = self._end_tag(position) if is_end else self._start_tag(position)
            elif character == "&":
                decoded, position = self._reference(position)
                self._append(decoded)
            else:
                ends = [end for end in (source.find("<", position), source.find("&", position)) if end >= 0]
                end = min(ends, default=self._size)
                self._append(source[position:end])
                position = end
        if self._open:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return Formatted("".join(self._pieces), tuple(_sorted(self._entities)))

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._offset += utf16_length(text)

    def _at(self, position: int) -> str:
        return self._source[position] if position < self._size else "\0"

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    def _reference(self, position: int) -> tuple[str, int]:
        match = _REFERENCE.match(self._source, position)
        if match is None:
            return "&", position + 1
        hexadecimal, decimal, name = match.groups()
        if name:
            return _NAMED[name], match.end()
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        if code == 0 or code >= _BEYOND_UNICODE:
            return "&", position + 1
        if 0xD800 <= code <= 0xDFFF:
            raise cannot_parse(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return chr(code), match.end()

    def _start_tag(self, begin: int) -> int:
        position = begin + 1
        while self._at(position) not in _SPACES and self._at(position) != ">":
            position += 1
        if position >= self._size:
            raise cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self._source[begin + 1 : position].lower()
        if tag not in _TAGS:
            raise cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        while True:
            while position < self._size and self._source[position] in _SPACES:
                position += 1
            if self._at(position) == ">" and position < self._size:
                break
            name, value, position = self._attribute(tag, begin, position)
            argument = _argument(tag, name, value, argument)
        if tag == "span" and argument != "tg-spoiler":
            raise cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self._open.append(_Open(tag, argument, self._offset, len(self._pieces)))
        return position + 1

    def _attribute(self, tag: str, begin: int, position: int) -> tuple[str, str, int]:
        at_byte = f"at byte offset {self._byte(begin)}"
        start = position
        while self._at(position) not in _SPACES and self._at(position) not in "=>":
            position += 1
        name = self._source[start:position].lower()
        if position >= self._size:
            raise cannot_parse(f'Unclosed start tag "{tag}" {at_byte}')
        if not name:
            raise cannot_parse(f'Empty attribute name in the tag "{tag}" {at_byte}')
        while position < self._size and self._source[position] in _SPACES:
            position += 1
        if self._at(position) != "=":
            if position >= self._size:
                raise cannot_parse(f'Unclosed start tag "{tag}" {at_byte}')
            if tag == "blockquote" and name == "expandable":
                return name, "1", position
            raise cannot_parse(f'Expected equal sign in declaration of an attribute of the tag "{tag}" {at_byte}')
        position += 1
        while position < self._size and self._source[position] in _SPACES:
            position += 1
        if position >= self._size:
            raise cannot_parse(f'Unclosed start tag "{tag}" {at_byte}')
        if self._source[position] in "\"'":
            value, position = self._quoted(begin, position)
        else:
            value, position = self._token(position)
        return name, value, position

    def _quoted(self, begin: int, position: int) -> tuple[str, int]:
        quote = self._source[position]
        position += 1
        pieces: list[str] = []
        while position < self._size and self._source[position] != quote:
            if self._source[position] == "&":
                piece, position = self._reference(position)
            else:
                piece, position = self._source[position], position + 1
            pieces.append(piece)
        if position >= self._size:
            raise cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return "".join(pieces), position + 1

    def _token(self, position: int) -> tuple[str, int]:
        start = position
        while position < self._size and (self._source[position].isalnum() or self._source[position] in ".-"):
            position += 1
        if self._at(position) not in _SPACES and self._at(position) != ">":
            raise cannot_parse(f"Unexpected end of name token at byte offset {self._byte(start)}")
        return self._source[start:position].lower(), position

    def _end_tag(self, begin: int) -> int:
        at_byte = f"at byte offset {self._byte(begin)}"
        if not self._open:
            raise cannot_parse(f"Unexpected end tag {at_byte}")
        position = begin + 2
        while self._at(position) not in _SPACES and self._at(position) != ">":
            position += 1
        name = self._source[begin + 2 : position].lower()
        while position < self._size and self._source[position] in _SPACES:
            position += 1
        if position >= self._size or self._source[position] != ">":
            raise cannot_parse(f"Unclosed end tag {at_byte}")
        opened = self._open.pop()
        if name and name != opened.tag:
            raise cannot_parse(f'Unmatched end tag {at_byte}, expected "</{opened.tag}>", found "</{name}>"')
        if self._offset > opened.offset:
            self._close(opened)
        return position + 1

    def _close(self, opened: _Open) -> None:
        span = {"offset": opened.offset, "length": self._offset - opened.offset}
        kind = _TAGS[opened.tag]
        if kind == "text_link":
            url = opened.argument or "".join(self._pieces[opened.begin :])
            if is_link(url):
                self._entities.append({"type": kind, **span, "url": url})
            return
        if kind == "custom_emoji":
            if not opened.argument.isdigit():
                raise cannot_parse("Invalid custom emoji identifier specified")
            self._entities.append({"type": kind, **span, "custom_emoji_id": opened.argument})
            return
        if kind == "date_time":
            unix, _, layout = opened.argument.partition("|")
            if not unix.lstrip("-").isdigit():
                raise cannot_parse("Invalid date-time specified")
            entity = {"type": kind, **span, "unix_time": int(unix)}
            self._entities.append({**entity, "date_time_format": layout} if layout else entity)
            return
        if kind == "blockquote" and opened.argument:
            kind = "expandable_blockquote"
        if kind in {"pre", "code"}:
            self._close_code(kind, span, opened)
            return
        self._entities.append({"type": kind, **span})

    def _close_code(self, kind: str, span: dict[str, int], opened: _Open) -> None:
        entity: Entity = {"type": kind, **span}
        inner = self._entities[-1] if self._entities else None
        if kind == "pre" and inner and inner["type"] == "code" and inner.items() >= span.items():
            self._entities.pop()
            if "language" in inner:
                entity["language"] = inner["language"]
        elif kind == "code" and opened.argument and self._open and self._open[-1].tag == "pre":
            entity["language"] = opened.argument
        self._entities.append(entity)


def _argument(tag: str, name: str, value: str, argument: str) -> str:
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("span", "class"):
            return value
        case "tg-time", "unix":
            return value + argument
        case "tg-time", "format":
            return f"{argument}|{value}"
        case "blockquote", "expandable":
            return "1"
        case ("code" | "pre", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case _:
            return argument
