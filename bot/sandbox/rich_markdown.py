"""Rich Markdown, the markup of `InputRichMessage.markdown`: GitHub's dialect with Telegram's additions, as rich HTML.

Additions: `$x$` and `$$x$$` formulas, `==marked==`, `||spoiler||`, task lists, footnotes `[^1]`, and rich HTML tags.
"""

import html
import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_FOOTNOTE = re.compile(r"^\[\^([\w-]+)\]:[ \t]*(.+(?:\n[ \t]+\S.*)*)$", re.MULTILINE)
_REFERENCE = re.compile(r"\[\^([\w-]+)\]")
_TASK = re.compile(r"<li>(\s*(?:<p>)?)\[([ xX])\] ")
_EMOJI = re.compile(r'<img src="tg://emoji\?id=(\d+)" alt="([^"]*)"[^>]*>')
_TIME = re.compile(r'<img src="tg://time\?unix=(\d+)(?:&amp;format=([^"]*))?" alt="([^"]*)"[^>]*>')
_PICTURE = re.compile(r'<img src="([^"]*)" alt="[^"]*"(?: title="([^"]*)")?[^>]*>')
_WRITTEN_FORMULA = re.compile(r"<tg-math(-block)?>.*?</tg-math\1>", re.DOTALL)
_SUMMARY = re.compile(r"(?<=<summary>)(.*?)(?=</summary>)", re.DOTALL)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_FENCE = re.compile(r"(^```.*?^```[^\n]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_PAIRS = {"=": "mark", "|": "tg-spoiler"}


def _formula(state: StateInline, silent: bool) -> bool:
    """`$…$`: no space just inside the dollars and no digit after them, so that prices stay prices."""
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    double = source.startswith("$$", start)
    mark = "$$" if double else "$"
    begin = start + len(mark)
    end = source.find(mark, begin)
    if end <= begin:
        return False
    inside, after = source[begin:end], source[end + len(mark) : end + len(mark) + 1]
    if not double and (inside[0].isspace() or inside[-1].isspace() or after.isdigit() or "\n\n" in inside):
        return False
    if not silent:
        token = state.push("html_inline", "", 0)
        token.content = f"<tg-math>{html.escape(inside.strip(), quote=False)}</tg-math>"
    state.pos = end + len(mark)
    return True


def _formula_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """`$$` at the beginning of a line opens a formula of its own that ends with the next `$$`."""
    begin = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("$$", begin):
        return False
    end = state.src.find("$$", begin + 2)
    if end < 0 or end > state.eMarks[last - 1] or state.src[end + 2 : end + 3].strip():
        return False
    if silent:
        return True
    line = first
    while state.eMarks[line] < end:
        line += 1
    token = state.push("html_block", "", 0)
    expression = html.escape(state.src[begin + 2 : end].strip(), quote=False)
    token.content = f"<tg-math-block>{expression}</tg-math-block>\n"
    state.line = line + 1
    return True


def _pair(state: StateInline, silent: bool) -> bool:
    """`==marked==` and `||spoiler||`."""
    source, start = state.src, state.pos
    mark = source[start : start + 2]
    if mark not in {"==", "||"}:
        return False
    end = source.find(mark, start + 2)
    if end <= start + 2 or source[start + 2].isspace() or source[end - 1].isspace():
        return False
    if not silent:
        tag = _PAIRS[mark[0]]
        state.push("html_inline", "", 0).content = f"<{tag}>"
        maximum, state.pos, state.posMax = state.posMax, start + 2, end
        state.md.inline.tokenize(state)
        state.posMax = maximum
        state.push("html_inline", "", 0).content = f"</{tag}>"
    state.pos = end + 2
    return True


def _terminators(state: StateInline, silent: bool) -> bool:
    """Plain text up to the next character that may mean something; the stock rule does not stop at `$` and `|`."""
    end = state.pos
    while end < state.posMax and state.src[end] not in "\n!#$%&*+-:<=>@[\\]^_`{|}~":
        end += 1
    if end == state.pos:
        return False
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _renderer() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.inline.ruler.at("text", _terminators)
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.inline.ruler.before("emphasis", "pair", _pair)
    markdown.block.ruler.before(
        "paragraph", "formula_block", _formula_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
    return markdown


_MARKDOWN = _renderer()


def to_html(source: str) -> str:
    """The same content as rich HTML."""
    pieces = _FENCE.split(source)
    notes: list[tuple[str, str]] = []
    kept: list[str] = []

    def keep(formula: str) -> str:
        """A formula written as a tag is not Markdown: it waits under a private character until the end."""
        kept.append(formula)
        return f"\ue000{len(kept) - 1}\ue001"

    for index in range(0, len(pieces), 2):
        notes += _FOOTNOTE.findall(pieces[index])
        text = _FOOTNOTE.sub("", pieces[index])
        text = _WRITTEN_FORMULA.sub(lambda match: keep(match[0]), text)
        text = _SUMMARY.sub(lambda match: _MARKDOWN.renderInline(match[1]), text)
        pieces[index] = _REFERENCE.sub(r'<sup><a href="#\1">\1</a></sup>', text)
    rendered = _MARKDOWN.render("".join(pieces))
    for name, text in notes:
        inner = _MARKDOWN.renderInline(" ".join(text.split()))
        rendered += (
            f'<footer><tg-reference name="{html.escape(name)}">{html.escape(name)}.</tg-reference> {inner}</footer>'
        )
    rendered = _TASK.sub(_checkbox, rendered)
    rendered = re.sub(r"<li>(\s*)<p>(<input[^>]*>)", r"<li>\1\2<p>", rendered)
    rendered = _EMOJI.sub(r'<tg-emoji emoji-id="\1">\2</tg-emoji>', rendered)
    rendered = _TIME.sub(r'<tg-time unix="\1" format="\2">\3</tg-time>', rendered)
    rendered = _PICTURE.sub(_media_tag, rendered)
    return _KEPT.sub(lambda match: kept[int(match[1])] if int(match[1]) < len(kept) else "", rendered)


def _checkbox(task: re.Match[str]) -> str:
    checked = "" if task[2] == " " else " checked"
    return f'<li>{task[1]}<input type="checkbox"{checked}>'


def _media_tag(picture: re.Match[str]) -> str:
    """A Markdown picture is a photo, a film, a sound or a file, by its address."""
    address, title = picture[1], f' title="{picture[2]}"' if picture[2] else ""
    name = address.lower().partition("?")[0]
    if name.startswith("tg://video") or name.endswith((".mp4", ".gif", ".webm")):
        tag = "video"
    elif name.startswith("tg://audio") or name.endswith((".mp3", ".ogg", ".m4a", ".wav")):
        tag = "audio"
    elif name.startswith("tg://document"):
        tag = "tg-document"
    else:
        return f'<img src="{address}"{title}/>'
    return f'<{tag} src="{address}"{title}></{tag}>'
