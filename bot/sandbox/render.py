"""Messages as safe HTML for the chat page: everything a bot or a person wrote is escaped, only known tags come out."""

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape, unescape
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element
from latex2mathml.exceptions import (
    DenominatorNotFoundError,
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    InvalidAlignmentError,
    InvalidStyleForGenfracError,
    InvalidWidthError,
    LimitsMustFollowMathOperatorError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
    NoAvailableTokensError,
    NumeratorNotFoundError,
)

from bot.sandbox.entities import Entity
from bot.sandbox.state import Json

_FORMULA_ERRORS = (
    DenominatorNotFoundError, DoubleSubscriptsError, DoubleSuperscriptsError, ExtraLeftOrMissingRightError,
    InvalidAlignmentError, InvalidStyleForGenfracError, InvalidWidthError, LimitsMustFollowMathOperatorError,
    MissingEndError, MissingSuperScriptOrSubscriptError, NoAvailableTokensError, NumeratorNotFoundError,
    IndexError, KeyError, ValueError, StopIteration, RecursionError,
)  # fmt: skip
_ENTITY_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "blockquote": "blockquote",
}
_RICH_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "marked": "mark",
    "subscript": "sub",
    "superscript": "sup",
}
_MATHML_TAGS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup",
    "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose",
    "mmultiscripts", "mprescripts", "none",
}  # fmt: skip
_SIGNS = frozenset("+-−±")
_BRACED = frozenset(",.;:")
_CLOSING = frozenset(")]}|!′%")
_MATHML_ATTRIBUTES = {
    "xmlns", "display", "displaystyle", "mathvariant", "stretchy", "fence", "form", "linethickness", "width",
    "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize", "mathsize", "accent",
    "movablelimits", "scriptlevel", "notation", "separator", "columnalign", "columnspacing", "columnlines",
    "rowspacing", "rowlines", "linebreak",
}  # fmt: skip
_SCHEMES = {"http", "https", "tg", "mailto", "tel", "ton"}
_WORD = re.compile(r"[^\w-]+")


def safe_url(url: str) -> str | None:
    """An address that may stand in `href`; None for scripts and the like."""
    parts = urlsplit(url)
    if not parts.scheme:
        return f"https://{url}" if "." in url.partition("/")[0] else None
    return url if parts.scheme.lower() in _SCHEMES else None


def _link(url: str, inner: str) -> str:
    address = safe_url(url)
    if address is None:
        return inner
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{inner}</a>'


def text_html(text: str, entities: list[Entity]) -> str:
    """A message text with its entities as nested tags; offsets count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")

    def cut(begin: int, end: int) -> str:
        return units[2 * begin : 2 * end].decode("utf-16-le", "replace")

    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    return _nest(ordered, 0, len(units) // 2, cut)


def _nest(entities: list[Entity], begin: int, end: int, cut: Callable[[int, int], str]) -> str:
    pieces: list[str] = []
    position, index = begin, 0
    while index < len(entities):
        entity = entities[index]
        start, stop = entity["offset"], min(entity["offset"] + entity["length"], end)
        index += 1
        if start < position or stop <= start:
            continue
        inner: list[Entity] = []
        while index < len(entities) and entities[index]["offset"] < stop:
            inner.append(entities[index])
            index += 1
        pieces.append(escape(cut(position, start)))
        pieces.append(_entity_html(entity, cut(start, stop), _nest(inner, start, stop, cut)))
        position = stop
    pieces.append(escape(cut(position, end)))
    return "".join(pieces)


def _entity_html(entity: Entity, text: str, inner: str) -> str:
    kind = entity["type"]
    if kind in _ENTITY_TAGS:
        return f"<{_ENTITY_TAGS[kind]}>{inner}</{_ENTITY_TAGS[kind]}>"
    match kind:
        case "spoiler":
            return f'<span class="spoiler">{inner}</span>'
        case "expandable_blockquote":
            return f'<blockquote class="expandable">{inner}</blockquote>'
        case "pre":
            language = _WORD.sub("", entity.get("language", ""))
            return f'<pre data-language="{language}"><code>{inner}</code></pre>' if language else f"<pre>{inner}</pre>"
        case "text_link":
            return _link(entity["url"], inner)
        case "url":
            return _link(text, inner)
        case "email":
            return _link(f"mailto:{text}", inner)
        case "bot_command":
            return f'<a class="command" data-command="{escape(text)}">{inner}</a>'
        case "mention" | "hashtag" | "text_mention":
            return f'<span class="{kind.replace("_", "-")}">{inner}</span>'
        case _:
            return inner


@lru_cache(maxsize=2048)
def formula(expression: str, *, block: bool) -> str:
    """LaTeX as MathML; what cannot be read is shown as it was written."""
    try:
        drawn = convert_to_element(expression, display="block" if block else "inline")
        _clean(drawn)
        _space(drawn)
        return tostring(drawn, encoding="unicode", short_empty_elements=False)
    except _FORMULA_ERRORS:
        return f'<code class="formula-source">{escape(expression)}</code>'


def _clean(drawn: Element) -> None:
    """Leave only what draws: LaTeX knows links and colours too, and the text of a formula is anybody's."""
    for element in drawn.iter():
        if element.tag not in _MATHML_TAGS:
            raise ValueError(f"unexpected element {element.tag}")
        for name in element.attrib.keys() - _MATHML_ATTRIBUTES:
            del element.attrib[name]
        element.text = unescape(element.text or "")


def _space(row: Element) -> None:
    """Signs as TeX spaces them, which browsers only know from a form: the minus of a negative number stands close to
    it, and a braced comma, as in `0{,}5`, is a part of its number.
    """
    before: Element | None = None
    for element in row:
        if element.tag == "mo":
            if element.text in _SIGNS and (before is None or _opens(before)):
                element.set("form", "prefix")
            if row.tag == "mrow" and len(row) == 1 and element.text in _BRACED:
                element.set("lspace", "0")
                element.set("rspace", "0")
        _space(element)
        before = element


def _opens(before: Element) -> bool:
    """True for what a number may follow, so that a minus after it is a sign."""
    return before.tag == "mo" and before.text not in _CLOSING


def rich_html(message: Json) -> str:
    """A rich message as safe HTML; media come from `/sandbox/files/`."""
    inner = blocks_html(message["blocks"])
    return f'<div class="rich" dir="rtl">{inner}</div>' if message.get("is_rtl") else f'<div class="rich">{inner}</div>'


def blocks_html(blocks: list[Json]) -> str:
    return "".join(_block_html(block) for block in blocks)


def _block_html(block: Json) -> str:
    kind = block["type"]
    match kind:
        case "paragraph":
            return f"<p>{inline_html(block['text'])}</p>"
        case "heading":
            size = min(max(int(block["size"]), 1), 6)
            return f"<h{size}>{inline_html(block['text'])}</h{size}>"
        case "pre":
            language = _WORD.sub("", block.get("language") or "")
            label = f' data-language="{language}"' if language else ""
            return f"<pre{label}><code>{inline_html(block['text'])}</code></pre>"
        case "footer":
            return f"<footer>{inline_html(block['text'])}</footer>"
        case "divider":
            return "<hr>"
        case "mathematical_expression":
            return formula(block["expression"], block=True)
        case "anchor":
            return f'<a id="{_anchor(block["name"])}"></a>'
        case "list":
            return _list_html(block)
        case "blockquote":
            return f"<blockquote>{blocks_html(block['blocks'])}{_credit(block)}</blockquote>"
        case "expandable_blockquote":
            return f'<blockquote class="expandable">{inline_html(block["text"])}{_credit(block)}</blockquote>'
        case "pullquote":
            return f"<aside>{inline_html(block['text'])}{_credit(block)}</aside>"
        case "details":
            opened = " open" if block.get("is_open") else ""
            summary = inline_html(block["summary"])
            return f"<details{opened}><summary>{summary}</summary>{blocks_html(block['blocks'])}</details>"
        case "table":
            return _table_html(block)
        case "collage" | "slideshow":
            return f'<div class="{kind}">{blocks_html(block["blocks"])}</div>{_caption(block)}'
        case "buttons":
            return f'<div class="button-row">{"".join(_button_html(button) for button in block["buttons"])}</div>'
        case "map":
            place = block["location"]
            where = f"{place['latitude']},{place['longitude']}"
            return f'<figure class="map" data-location="{escape(where)}">📍 {escape(where)}{_caption(block)}</figure>'
        case "thinking":
            return f'<p class="thinking">{inline_html(block["text"])}</p>'
        case _:
            return _media_html(block)


def _list_html(block: Json) -> str:
    items: list[Json] = block["items"]
    ordered = bool(items) and items[0].get("value") is not None
    tag = "ol" if ordered else "ul"
    pieces = [f"<{tag}>"]
    for item in items:
        value = f' value="{int(item["value"])}"' if ordered and item.get("value") is not None else ""
        checked = " checked" if item.get("is_checked") else ""
        box = f'<input type="checkbox" disabled{checked}> ' if item.get("has_checkbox") else ""
        blocks = item["blocks"]
        alone = len(blocks) == 1 and blocks[0]["type"] == "paragraph"
        inner = inline_html(blocks[0]["text"]) if alone else blocks_html(blocks)
        task = ' class="task"' if box else ""
        pieces.append(f"<li{task}{value}>{box}{inner}</li>")
    return "".join([*pieces, f"</{tag}>"])


def _table_html(block: Json) -> str:
    names = [name for name in ("bordered", "striped", "compact") if block.get(f"is_{name}")]
    pieces = [f'<table class="{" ".join(names)}">' if names else "<table>"]
    if block.get("caption"):
        pieces.append(f"<caption>{inline_html(block['caption'])}</caption>")
    for row in block["cells"]:
        pieces.append("<tr>")
        for cell in row:
            tag = "th" if cell.get("is_header") else "td"
            spans = "".join(f' {span}="{int(cell[span])}"' for span in ("colspan", "rowspan") if cell.get(span))
            align, valign = _WORD.sub("", cell["align"]), _WORD.sub("", cell["valign"])
            place = f' align="{align}" valign="{valign}"'
            pieces.append(f"<{tag}{spans}{place}>{inline_html(cell.get('text', ''))}</{tag}>")
        pieces.append("</tr>")
    return "".join([*pieces, "</table>"])


def _button_html(button: Json) -> str:
    inner = inline_html(button["text"])
    style = _WORD.sub("", button.get("style") or "")
    if button.get("url"):
        return _link(button["url"], inner)
    data = f' data-callback="{escape(button["callback_data"])}"' if button.get("callback_data") else ""
    return f'<button type="button" class="{style}"{data}{"" if data else " disabled"}>{inner}</button>'


def _media_html(block: Json) -> str:
    kind = block["type"]
    thing = block[kind][-1] if kind == "photo" else block[kind]
    source = f"/sandbox/files/{quote(thing['file_id'])}"
    hidden = ' class="spoiler"' if block.get("has_spoiler") else ""
    match kind:
        case "photo":
            drawn = f'<img src="{source}" width="{thing["width"]}" height="{thing["height"]}" loading="lazy" alt="">'
        case "video":
            drawn = f'<video src="{source}" controls preload="metadata" playsinline></video>'
        case "animation":
            drawn = f'<video src="{source}" autoplay loop muted playsinline></video>'
        case "document":
            drawn = f'<a class="document" href="{source}" download>{escape(thing["file_name"])}</a>'
        case _:
            drawn = f'<audio src="{source}" controls preload="metadata"></audio>'
    return f"<figure{hidden}>{drawn}{_caption(block)}</figure>"


def _credit(block: Json) -> str:
    return f"<cite>{inline_html(block['credit'])}</cite>" if block.get("credit") else ""


def _caption(block: Json) -> str:
    caption = block.get("caption")
    return f"<figcaption>{inline_html(caption['text'])}{_credit(caption)}</figcaption>" if caption else ""


def _anchor(name: str) -> str:
    return f"anchor-{escape(name)}"


def inline_html(text: Any) -> str:
    """A `RichText` as safe HTML."""
    if isinstance(text, str):
        return escape(text).replace("\n", "<br>")
    if isinstance(text, list):
        return "".join(inline_html(each) for each in text)
    kind = text["type"]
    if kind in _RICH_TAGS:
        return f"<{_RICH_TAGS[kind]}>{inline_html(text['text'])}</{_RICH_TAGS[kind]}>"
    match kind:
        case "spoiler":
            return f'<span class="spoiler">{inline_html(text["text"])}</span>'
        case "mathematical_expression":
            return formula(text["expression"], block=False)
        case "custom_emoji":
            return escape(text["alternative_text"])
        case "url":
            return _link(text["url"], inline_html(text["text"]))
        case "email_address":
            return _link(f"mailto:{text['email_address']}", inline_html(text["text"]))
        case "phone_number":
            return _link(f"tel:{text['phone_number']}", inline_html(text["text"]))
        case "anchor":
            return f'<a id="{_anchor(text["name"])}"></a>'
        case "anchor_link" | "reference_link":
            name = text.get("anchor_name") or text.get("reference_name") or ""
            return f'<a href="#{_anchor(name)}">{inline_html(text["text"])}</a>'
        case "reference":
            return f'<span id="{_anchor(text["name"])}">{inline_html(text["text"])}</span>'
        case "bot_command":
            return f'<a class="command" data-command="{escape(text["bot_command"])}">{inline_html(text["text"])}</a>'
        case "button":
            return _button_html(text["button"])
        case _:
            return inline_html(text["text"])
