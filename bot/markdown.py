"""Markdown as Telegram's HTML, for servers and messages that do not take it as it is."""

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_MESSAGE = 4096
"""UTF-16 units of a message's text after parsing."""

_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_INLINE = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "s_open": "<s>",
    "s_close": "</s>",
}
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>")
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)


def html_pages(markdown: str, limit: int = MAX_MESSAGE) -> list[str]:
    """The text as HTML messages of at most `limit` units each, tags balanced in every one."""
    pages = split_html(to_html(markdown), limit)
    return [page for page in pages if _TAG.sub("", page).strip()] or ["…"]


def plain_pages(markdown: str, limit: int = MAX_MESSAGE) -> list[str]:
    """The text without any markup."""
    return [markdown[start : start + limit // 2] for start in range(0, len(markdown), limit // 2)] or ["…"]


def to_html(markdown: str) -> str:
    """Headings become bold lines, lists bullets, tables monospaced blocks; formulas stay as they are typed."""
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append((match[1] or match[2]).strip())
        return f"\ue000{len(formulas) - 1}\ue001"

    # The marks that stand for formulas must not come with the text.
    own = markdown.replace("\ue000", "").replace("\ue001", "")
    html = "\n\n".join(_blocks(_parser.parse(_FORMULA.sub(keep, own))))
    return re.sub(
        "\ue000(\\d+)\ue001", lambda match: f"<code>{escape(formulas[int(match[1])], quote=False)}</code>", html
    )


def _blocks(tokens: list[Token]) -> list[str]:
    blocks: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _end(tokens, position)
        inner = tokens[position + 1 : end]
        match token.type:
            case "heading_open":
                blocks.append(f"<b>{_inline(inner)}</b>")
            case "paragraph_open":
                blocks.append(_inline(inner))
            case "bullet_list_open" | "ordered_list_open":
                blocks.append(_list(token, inner))
            case "blockquote_open":
                blocks.append("<blockquote>" + _flat("\n".join(_blocks(inner))) + "</blockquote>")
            case "fence" | "code_block":
                blocks.append(f"<pre>{escape(token.content.rstrip(), quote=False)}</pre>")
            case "table_open":
                blocks.append(_table(inner))
            case "hr":
                blocks.append("— — —")
            case _:
                blocks.extend(_blocks(inner))
        position = end + 1
    return [block for block in blocks if block]


def _end(tokens: list[Token], start: int) -> int:
    if tokens[start].nesting != 1:
        return start
    depth = 0
    for position in range(start, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    return len(tokens) - 1


def _flat(html: str) -> str:
    """Telegram has no quotes within quotes."""
    return html.replace("<blockquote>", "").replace("</blockquote>", "")


def _list(opening: Token, tokens: list[Token]) -> str:
    lines: list[str] = []
    position = 0
    while position < len(tokens):
        item, end = tokens[position], _end(tokens, position)
        mark = "•" if opening.type == "bullet_list_open" else f"{item.info}{item.markup}"
        body = "\n".join(_blocks(tokens[position + 1 : end])).replace("\n", "\n   ")
        lines.append(f"{mark} {body}")
        position = end + 1
    return "\n".join(lines)


def _table(tokens: list[Token]) -> str:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(_text(token))
    widths = [max(len(row[column]) if column < len(row) else 0 for row in rows) for column in range(len(rows[0]))]
    lines = [" │ ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    if len(lines) > 1:
        lines.insert(1, "─┼─".join("─" * width for width in widths))
    return f"<pre>{escape(chr(10).join(lines), quote=False)}</pre>"


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or [] if child.type in ("text", "code_inline"))


def _inline(tokens: list[Token]) -> str:
    html: list[str] = []
    for token in tokens:
        for child in token.children or []:
            match child.type:
                case "text":
                    html.append(escape(child.content, quote=False))
                case "code_inline":
                    html.append(f"<code>{escape(child.content, quote=False)}</code>")
                case "softbreak" | "hardbreak":
                    html.append("\n")
                case "link_open":
                    html.append(f'<a href="{escape(str(child.attrGet("href") or ""))}">')
                case "link_close":
                    html.append("</a>")
                case "image":
                    html.append(escape(child.content, quote=False))
                case kind:
                    html.append(_INLINE.get(kind, ""))
    return "".join(html)


def length(text: str) -> int:
    """How Telegram counts: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def split_html(html: str, limit: int) -> list[str]:
    """Cut between lines where that is possible; what is open at a cut is closed before it and opened again after."""
    pages: list[str] = []
    page = ""
    for line in _lines(html, limit // 2):
        candidate = f"{page}\n{line}" if page else line
        if page and length(_TAG.sub("", candidate)) > limit - 16:
            closing, opening = _open_tags(page)
            pages.append(page.rstrip() + closing)
            page = opening + line
        else:
            page = candidate
    if page.strip():
        pages.append(page + _open_tags(page)[0])
    return pages


def _lines(html: str, limit: int) -> list[str]:
    """Lines, the overlong ones cut between words and never inside a tag or an entity."""
    lines: list[str] = []
    for line in html.split("\n"):
        rest = line
        while length(rest) > limit:
            cut = rest.rfind(" ", 0, limit // 2)
            if cut <= 0:
                cut = limit // 2
            inside = max(rest.rfind("<", 0, cut), rest.rfind("&", 0, cut))
            if inside > 0 and not re.search(r"[>;]", rest[inside:cut]):
                cut = inside
            lines.append(rest[:cut])
            rest = rest[cut:].lstrip(" ")
        lines.append(rest)
    return lines


def _open_tags(html: str) -> tuple[str, str]:
    """The tags that close what is open at the end, and those that open it again."""
    stack: list[tuple[str, str]] = []
    for match in _TAG.finditer(html):
        if not match[1]:
            stack.append((match[2], match[0]))
        elif stack:
            stack.pop()
    return "".join(f"</{name}>" for name, _tag in reversed(stack)), "".join(tag for _name, tag in stack)
