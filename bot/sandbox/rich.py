"""Rich messages: from the three ways to write one (html, markdown, blocks) to the blocks that Telegram answers."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox import rich_html, rich_markdown
from bot.sandbox.entities import utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.files import Kind, Upload
from bot.sandbox.formatting import check_button
from bot.sandbox.state import Json

if TYPE_CHECKING:
    from bot.sandbox.core import Core

_CHARACTERS, _BLOCKS, _DEPTH, _MEDIA, _COLUMNS = 32_768, 500, 16, 50, 20
_ZOOM = range(13, 21)
_MEDIA_TYPES: dict[str, Kind] = {
    "photo": "photo",
    "video": "video",
    "animation": "animation",
    "audio": "audio",
    "voice_note": "voice",
    "document": "document",
}
_BY_TAG = {
    "img": {"photo"},
    "video": {"video", "animation"},
    "audio": {"audio", "voice_note"},
    "tg-document": {"document"},
}


def read(core: "Core", source: Json, uploads: Mapping[str, Upload], *, draft: bool = False) -> Json:
    """The `RichMessage` for an `InputRichMessage`, within Telegram's limits."""
    given = [name for name in ("html", "markdown", "blocks") if source.get(name) is not None]
    if len(given) != 1:
        raise bad_request("exactly one of html, markdown and blocks must be specified in the rich message")
    reader = _Reader(core, source, uploads)
    if given == ["blocks"]:
        blocks = reader.blocks(source["blocks"])
    elif given == ["html"]:
        blocks = rich_html.parse(source["html"], reader.tagged)
    else:
        blocks = rich_html.parse(rich_markdown.to_html(source["markdown"]), reader.tagged, markdown=True)
    _measure(blocks, draft=draft)
    message: Json = {"blocks": blocks}
    return {**message, "is_rtl": True} if source.get("is_rtl") else message


class _Reader:
    def __init__(self, core: "Core", source: Json, uploads: Mapping[str, Upload]) -> None:
        self._core = core
        self._uploads = uploads
        self._media: dict[str, Json] = {each["id"]: each["media"] for each in source.get("media") or []}

    def tagged(self, tag: str, address: str, fields: Json) -> Json:
        """A media block for a tag whose address is `tg://photo?id=…`: the media given beside the text."""
        parts = urlsplit(address)
        if parts.scheme != "tg":
            raise bad_request("failed to get HTTP URL content")
        identifier = parse_qs(parts.query).get("id", [""])[0]
        media = self._media.get(identifier)
        if media is None:
            raise bad_request(f'media "{identifier}" of the rich message is not found')
        if media["type"] not in _BY_TAG[tag]:
            raise bad_request(f'can\'t use {media["type"]} in the tag "{tag}"')
        return self._block(media, fields)

    def _block(self, media: Json, fields: Json) -> Json:
        kind = _MEDIA_TYPES[media["type"]]
        value = str(media["media"])
        if value.startswith("attach://"):
            upload = self._uploads.get(value.removeprefix("attach://"))
            if upload is None:
                raise bad_request("file not found in the request")
            thing = self._core.files.add(kind, upload)
        else:
            thing = self._core.files.known(kind, value)
        spoiler = {"has_spoiler": True} if media.get("has_spoiler") else {}
        return {"type": media["type"], media["type"]: [thing] if kind == "photo" else thing, **spoiler, **fields}

    def blocks(self, blocks: list[Json]) -> list[Json]:
        """Input blocks as the blocks of a message: files resolved, list labels added."""
        return [self._input(block) for block in blocks]

    def _input(self, block: Json) -> Json:
        kind = block["type"]
        if kind in _MEDIA_TYPES:
            fields = {"caption": block["caption"]} if block.get("caption") else {}
            return self._block(block[kind], fields)
        if kind == "list":
            return {**block, "items": [self._item(item, number) for number, item in enumerate(block["items"], 1)]}
        if kind == "map":
            return {"zoom": 15, "width": 600, "height": 300, **block}
        if kind == "buttons":
            for button in block["buttons"]:
                check_button(button)
        if "blocks" in block:
            return {**block, "blocks": self.blocks(block["blocks"])}
        return block

    def _item(self, item: Json, number: int) -> Json:
        value = item.get("value")
        ordered = value is not None or item.get("type")
        label = f"{value or number}." if ordered else "•"
        return {"label": label, **item, "blocks": self.blocks(item["blocks"])}


def _measure(blocks: list[Json], *, draft: bool) -> None:
    if not blocks:
        raise bad_request("rich message must be non-empty")
    every = list(walk(blocks))
    if len(every) > _BLOCKS:
        raise bad_request("rich message has too many blocks")
    if max(depth for depth, _ in every) > _DEPTH:
        raise bad_request("rich message blocks are nested too deep")
    if sum(block["type"] in _MEDIA_TYPES for _, block in every) > _MEDIA:
        raise bad_request("rich message has too many media")
    for _, block in every:
        if block["type"] == "thinking" and not draft:
            raise bad_request("thinking blocks are allowed only in drafts")
        if block["type"] == "table" and any(_columns(row) > _COLUMNS for row in block["cells"]):
            raise bad_request("table of the rich message has too many columns")
        if block["type"] == "map" and block["zoom"] not in _ZOOM:
            raise bad_request("invalid map zoom specified")
    text = plain_text(blocks)
    if not text and not any(block["type"] in {*_MEDIA_TYPES, "map", "divider", "buttons"} for _, block in every):
        raise bad_request("rich message must be non-empty")
    if utf16_length(text) > _CHARACTERS:
        raise bad_request("message is too long")


def _columns(row: list[Json]) -> int:
    return sum(cell.get("colspan") or 1 for cell in row)


def walk(blocks: list[Json], depth: int = 1) -> Iterator[tuple[int, Json]]:
    """Every block with its depth; list items and table rows count as blocks too."""
    for block in blocks:
        yield depth, block
        for item in block.get("items", []):
            yield depth + 1, {"type": "item"}
            yield from walk(item["blocks"], depth + 2)
        for _ in block.get("cells", []):
            yield depth + 1, {"type": "row"}
        yield from walk(block.get("blocks", []), depth + 1)


def plain_text(blocks: list[Json]) -> str:
    """All the words of the blocks, a line per block: for tests, notifications and measuring."""
    return "\n".join(line for line in (_words(block) for block in blocks) if line)


def _words(block: Json) -> str:
    if block["type"] == "mathematical_expression":
        return block["expression"]
    lines = [inline_text(block[name]) for name in ("summary", "text") if block.get(name)]
    if block["type"] == "list":
        lines += [f"{item['label']} {plain_text(item['blocks'])}" for item in block["items"]]
    if block["type"] == "table":
        lines += [" | ".join(inline_text(cell.get("text", "")) for cell in row) for row in block["cells"]]
    if block["type"] == "buttons":
        lines += [inline_text(button["text"]) for button in block["buttons"]]
    lines.append(plain_text(block.get("blocks", [])))
    caption = block.get("caption")
    if caption:
        lines.append(inline_text(caption["text"] if isinstance(caption, dict) and "type" not in caption else caption))
    if block.get("credit"):
        lines.append(inline_text(block["credit"]))
    return "\n".join(line for line in lines if line)


def inline_text(text: Any) -> str:
    """The words of a `RichText`."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(inline_text(each) for each in text)
    match text["type"]:
        case "mathematical_expression":
            return text["expression"]
        case "custom_emoji":
            return text["alternative_text"]
        case "anchor":
            return ""
        case "button":
            return inline_text(text["button"]["text"])
        case _:
            return inline_text(text["text"])
