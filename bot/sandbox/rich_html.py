"""Rich HTML, the markup of `InputRichMessage.html`, read into Telegram's rich blocks.

Only the tags of the Bot API's "rich message formatting options" are taken. What is inside `<tg-math>` and
`<tg-math-block>` is LaTeX and may hold bare `<` and `&`.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from bot.sandbox.errors import bad_request, cannot_parse
from bot.sandbox.formatting import check_button
from bot.sandbox.state import Json

Text = str | list[Any] | Json
MediaOf = Callable[[str, str, Json], Json]
"""Makes a media block from a tag, an address and the block's common fields."""

_STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "mark": "marked",
    "sub": "subscript", "sup": "superscript", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_INLINE = {*_STYLES, "a", "br", "tg-emoji", "tg-time", "tg-math", "tg-reference", "tg-button"}
_HEADINGS = {f"h{size}": size for size in range(1, 7)}
_MEDIA = {"img", "video", "audio", "tg-document"}
_BLOCKS = {
    *_HEADINGS, *_MEDIA, "p", "pre", "footer", "hr", "ul", "ol", "blockquote", "aside", "details", "table", "figure",
    "tg-math-block", "tg-map", "tg-collage", "tg-slideshow", "tg-button-row", "tg-thinking",
}  # fmt: skip
_PARTS = {"li", "summary", "caption", "tr", "th", "td", "figcaption", "cite", "input"}
_VOID = {"br", "hr", "img", "input", "tg-map"}
_RAW = {"tg-math", "tg-math-block"}
_MARKDOWN_PARTS = {"thead", "tbody"}
_BARE = re.compile(r"<(?![/a-zA-Z])")
_FORMULA = re.compile(r"<(tg-math(?:-block)?)>.*?</\1>", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class Node:
    """A tag with what is inside it: other tags and texts."""

    tag: str
    attributes: dict[str, str]
    children: list["Node | str"] = field(default_factory=list["Node | str"])

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def take(self, tag: str) -> "Node | None":
        """Remove and return the first child with this tag."""
        for child in self.children:
            if isinstance(child, Node) and child.tag == tag:
                self.children.remove(child)
                return child
        return None


class _Tree(HTMLParser):
    def __init__(self, *, markdown: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._ignored = _MARKDOWN_PARTS if markdown else set[str]()
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._ignored:
            return
        if tag not in _INLINE | _BLOCKS | _PARTS:
            raise cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._offset()}')
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)
        if tag in _RAW:
            self.set_cdata_mode(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID | self._ignored:
            self._open.pop()
            self.clear_cdata_mode()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._ignored | _VOID:
            return
        if len(self._open) == 1:
            raise cannot_parse(f"Unexpected end tag at byte offset {self._offset()}")
        expected = self._open.pop().tag
        if tag != expected:
            raise cannot_parse(
                f'Unmatched end tag at byte offset {self._offset()}, expected "</{expected}>", found "</{tag}>"'
            )

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(html.unescape(data) if self._open[-1].tag in _RAW else data)

    def handle_comment(self, data: str) -> None:
        raise cannot_parse(f'Unsupported start tag "!--" at byte offset {self._offset()}')

    def _offset(self) -> int:
        line, column = self.getpos()
        lines = self.rawdata.splitlines(keepends=True)
        before = "".join(lines[: line - 1]) + (lines[line - 1][:column] if line <= len(lines) else "")
        return len(before.encode())

    def finish(self) -> Node:
        self.close()
        if len(self._open) > 1:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return self.root


def parse(source: str, media: MediaOf, *, markdown: bool = False) -> list[Json]:
    """The blocks of a rich HTML text. `markdown` accepts the table parts that a Markdown renderer writes."""
    bare = _BARE.search(_FORMULA.sub(lambda match: " " * len(match.group()), source))
    if bare:
        raise cannot_parse(f'Unsupported start tag "" at byte offset {len(source[: bare.start()].encode())}')
    tree = _Tree(markdown=markdown)
    tree.feed(source)
    return _Builder(media).blocks(tree.finish().children)


class _Builder:
    def __init__(self, media: MediaOf) -> None:
        self._media = media

    def blocks(self, children: list[Node | str]) -> list[Json]:
        """Blocks in order; loose text between them becomes paragraphs."""
        result: list[Json] = []
        loose: list[Node | str] = []
        for child in children:
            if isinstance(child, Node) and child.tag in _BLOCKS:
                self._close_loose(loose, result)
                result.append(self._block(child))
            elif isinstance(child, Node) and child.tag in _PARTS:
                raise cannot_parse(f'Tag "{child.tag}" is not allowed here')
            else:
                loose.append(child)
        self._close_loose(loose, result)
        return result

    def _close_loose(self, loose: list[Node | str], result: list[Json]) -> None:
        named = [child for child in loose if not isinstance(child, str) or child.strip()]
        only = named[0] if len(named) == 1 else None
        if isinstance(only, Node) and only.tag == "a" and "name" in only.attributes and not only.children:
            result.append({"type": "anchor", "name": only.attributes["name"]})
        elif named:
            text = self.text(loose)
            if text != "":
                result.append({"type": "paragraph", "text": text})
        loose.clear()

    def _block(self, node: Node) -> Json:
        if node.tag in _HEADINGS:
            return {"type": "heading", "size": _HEADINGS[node.tag], "text": self.text(node.children)}
        if node.tag in _MEDIA:
            return self._media(node.tag, node.attributes.get("src", ""), self._media_fields(node, None))
        match node.tag:
            case "p":
                return self._paragraph(node)
            case "pre":
                return _preformatted(node)
            case "footer" | "tg-thinking":
                kind = "footer" if node.tag == "footer" else "thinking"
                return {"type": kind, "text": self.text(node.children)}
            case "hr":
                return {"type": "divider"}
            case "tg-math-block":
                return {"type": "mathematical_expression", "expression": node.text().strip()}
            case "ul" | "ol":
                return self._list(node)
            case "blockquote" | "aside":
                return self._quotation(node)
            case "details":
                return self._details(node)
            case "table":
                return self._table(node)
            case "tg-map":
                return self._map(node, None)
            case "tg-collage" | "tg-slideshow":
                caption = node.take("figcaption")
                block: Json = {"type": node.tag.removeprefix("tg-"), "blocks": self.blocks(node.children)}
                return block | self._caption(caption)
            case "figure":
                return self._figure(node)
            case _:
                return self._button_row(node)

    def _paragraph(self, node: Node) -> Json:
        """A paragraph; one that holds nothing but a picture is the picture, as Markdown writes it."""
        inner = [child for child in node.children if not isinstance(child, str) or child.strip()]
        if len(inner) == 1 and isinstance(inner[0], Node) and inner[0].tag in _MEDIA | {"tg-math-block"}:
            return self._block(inner[0])
        return {"type": "paragraph", "text": self.text(node.children)}

    def _list(self, node: Node) -> Json:
        ordered = node.tag == "ol"
        number = _integer(node.attributes.get("start"), 1)
        items: list[Json] = []
        for child in node.children:
            if isinstance(child, str):
                if child.strip():
                    raise cannot_parse(f'Text is not allowed directly in the tag "{node.tag}"')
                continue
            if child.tag != "li":
                raise cannot_parse(f'Tag "{child.tag}" is not allowed in the tag "{node.tag}"')
            number = _integer(child.attributes.get("value"), number)
            box = child.take("input")
            item: Json = {"label": f"{number}." if ordered else "•", "blocks": self.blocks(child.children)}
            if box is not None:
                item["has_checkbox"] = True
                if "checked" in box.attributes:
                    item["is_checked"] = True
            if ordered:
                item["value"] = number
                item["type"] = node.attributes.get("type") or "1"
            items.append(item)
            number += 1
        return {"type": "list", "items": items}

    def _quotation(self, node: Node) -> Json:
        credit = node.take("cite")
        extra = {"credit": self.text(credit.children)} if credit else {}
        if node.tag == "aside":
            return {"type": "pullquote", "text": self.text(node.children), **extra}
        if "collapsed" in node.attributes or "expandable" in node.attributes:
            return {"type": "expandable_blockquote", "text": self.text(node.children), **extra}
        return {"type": "blockquote", "blocks": self.blocks(node.children), **extra}

    def _details(self, node: Node) -> Json:
        summary = node.take("summary")
        if summary is None:
            raise cannot_parse('Tag "details" must have the tag "summary"')
        block: Json = {"type": "details", "summary": self.text(summary.children), "blocks": self.blocks(node.children)}
        return {**block, "is_open": True} if "open" in node.attributes else block

    def _table(self, node: Node) -> Json:
        caption = node.take("caption")
        block: Json = {"type": "table", "cells": []}
        for child in node.children:
            if isinstance(child, Node) and child.tag == "tr":
                cells = [cell for cell in child.children if isinstance(cell, Node)]
                if any(cell.tag not in {"td", "th"} for cell in cells):
                    raise cannot_parse('Only "td" and "th" are allowed in the tag "tr"')
                block["cells"].append([self._cell(cell) for cell in cells])
            elif isinstance(child, Node) or child.strip():
                raise cannot_parse('Only "tr" is allowed in the tag "table"')
        for name, key in (("bordered", "is_bordered"), ("striped", "is_striped"), ("compact", "is_compact")):
            if name in node.attributes:
                block[key] = True
        if caption:
            block["caption"] = self.text(caption.children)
        return block

    def _cell(self, node: Node) -> Json:
        style = re.search(r"text-align:\s*(left|center|right)", node.attributes.get("style", ""))
        align = node.attributes.get("align") or (style[1] if style else "left")
        cell: Json = {"align": align, "valign": node.attributes.get("valign") or "top"}
        if align not in {"left", "center", "right"} or cell["valign"] not in {"top", "middle", "bottom"}:
            raise cannot_parse(f'Invalid alignment of the tag "{node.tag}"')
        text = self.text(node.children)
        if text != "":
            cell["text"] = text
        if node.tag == "th":
            cell["is_header"] = True
        for span in ("colspan", "rowspan"):
            size = _integer(node.attributes.get(span), 1)
            if size > 1:
                cell[span] = size
        return cell

    def _figure(self, node: Node) -> Json:
        caption = node.take("figcaption")
        inner = [child for child in node.children if isinstance(child, Node)]
        if len(inner) != 1 or inner[0].tag not in _MEDIA | {"tg-map"}:
            raise cannot_parse('Tag "figure" must have exactly one media element')
        if inner[0].tag == "tg-map":
            return self._map(inner[0], caption)
        return self._media(inner[0].tag, inner[0].attributes.get("src", ""), self._media_fields(inner[0], caption))

    def _media_fields(self, node: Node, caption: Node | None) -> Json:
        fields: Json = {"has_spoiler": True} if "tg-spoiler" in node.attributes else {}
        if caption is None and node.attributes.get("title"):
            return {**fields, "caption": {"text": node.attributes["title"]}}
        return fields | self._caption(caption)

    def _caption(self, node: Node | None) -> Json:
        if node is None:
            return {}
        credit = node.take("cite")
        caption: Json = {"text": self.text(node.children)}
        return {"caption": {**caption, "credit": self.text(credit.children)} if credit else caption}

    def _map(self, node: Node, caption: Node | None) -> Json:
        try:
            place = {"latitude": float(node.attributes["lat"]), "longitude": float(node.attributes["long"])}
        except (KeyError, ValueError):
            raise cannot_parse('Tag "tg-map" must have valid attributes "lat" and "long"') from None
        sizes = {name: _integer(node.attributes.get(name), size) for name, size in (("width", 600), ("height", 300))}
        zoom = _integer(node.attributes.get("zoom"), 15)
        return {"type": "map", "location": place, "zoom": zoom, **sizes, **self._caption(caption)}

    def _button_row(self, node: Node) -> Json:
        buttons = [self._button(child) for child in node.children if isinstance(child, Node)]
        block: Json = {"type": "buttons", "buttons": buttons}
        return {**block, "align": node.attributes["align"]} if node.attributes.get("align") else block

    def _button(self, node: Node) -> Json:
        if node.tag != "tg-button":
            raise cannot_parse('Only "tg-button" is allowed in the tag "tg-button-row"')
        button: Json = {"text": self.text(node.children)}
        attributes = node.attributes
        for name, key in (("style", "style"), ("url", "url"), ("href", "url"), ("callback-data", "callback_data")):
            if name in attributes:
                button[key] = attributes[name]
        if "copy-text" in attributes:
            button["copy_text"] = {"text": attributes["copy-text"]}
        if "disabled" in attributes:
            button["disabled"] = {}
        check_button(button)
        return button

    def text(self, children: list[Node | str]) -> Text:
        """Inline content as Telegram's `RichText`; white space is folded as in any HTML."""
        parts: list[Any] = []
        for child in children:
            piece = _SPACE.sub(" ", child) if isinstance(child, str) else self._span(child)
            if isinstance(piece, str) and parts and isinstance(parts[-1], str):
                parts[-1] = _SPACE.sub(" ", parts[-1] + piece) if "\n" not in parts[-1] + piece else parts[-1] + piece
            elif piece != "":
                parts.append(piece)
        if parts and isinstance(parts[0], str):
            parts[0] = parts[0].lstrip(" \n")
        if parts and isinstance(parts[-1], str):
            parts[-1] = parts[-1].rstrip(" \n")
        parts = [part for part in parts if part != ""]
        if not parts:
            return ""
        return parts[0] if len(parts) == 1 else parts

    def _span(self, node: Node) -> Text:
        if node.tag in _BLOCKS | _PARTS:
            raise cannot_parse(f'Tag "{node.tag}" is not allowed in a text')
        if node.tag in _STYLES:
            return {"type": _STYLES[node.tag], "text": self._inner(node)}
        attributes = node.attributes
        match node.tag:
            case "br":
                return "\n"
            case "tg-math":
                return {"type": "mathematical_expression", "expression": node.text().strip()}
            case "tg-emoji":
                identifier = attributes.get("emoji-id", "")
                if not identifier.isdigit():
                    raise cannot_parse("Invalid custom emoji identifier specified")
                return {"type": "custom_emoji", "custom_emoji_id": identifier, "alternative_text": node.text()}
            case "tg-time":
                unix = _integer(attributes.get("unix"), -1)
                date: Json = {"type": "date_time", "text": self._inner(node), "unix_time": unix}
                return {**date, "date_time_format": attributes.get("format", "")}
            case "tg-reference":
                return {"type": "reference", "text": self._inner(node), "name": attributes.get("name", "")}
            case "tg-button":
                return {"type": "button", "button": self._button(node)}
            case _:
                return self._link(node)

    def _inner(self, node: Node) -> Text:
        """Inside a style the spaces at both ends count: `<b>a </b>b`."""
        whole = node.text()
        text = self.text(node.children)
        if isinstance(text, str) and whole.strip():
            return (" " if whole[:1].isspace() else "") + text + (" " if whole[-1:].isspace() else "")
        return text

    def _link(self, node: Node) -> Text:
        attributes, text = node.attributes, self._inner(node)
        if "name" in attributes:
            anchor: Json = {"type": "anchor", "name": attributes["name"]}
            return [anchor, text] if text != "" else anchor
        href = attributes.get("href", "")
        if href.startswith("#"):
            return {"type": "anchor_link", "text": text, "anchor_name": href[1:]}
        if href.startswith("mailto:"):
            return {"type": "email_address", "text": text, "email_address": href.removeprefix("mailto:")}
        if href.startswith("tel:"):
            return {"type": "phone_number", "text": text, "phone_number": href.removeprefix("tel:")}
        return {"type": "url", "text": text, "url": href} if href else text


def _preformatted(node: Node) -> Json:
    code = node.take("code") if len(node.children) == 1 else None
    language = (code or node).attributes.get("class", "").removeprefix("language-")
    block: Json = {"type": "pre", "text": (code or node).text().removesuffix("\n")}
    return {**block, "language": language} if language else block


def _integer(value: str | None, fallback: int) -> int:
    if value is None or value == "":
        return fallback
    try:
        return int(value)
    except ValueError:
        raise bad_request("an integer is expected in an attribute") from None
