"""A message's text as Markdown: Telegram's formatting is kept, formulas too, and everything else stays as typed."""

import re
from collections.abc import Sequence

from aiogram.types import Message, MessageEntity
from aiogram.utils.text_decorations import TextDecoration

_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?![\s$])[^$\n]*(?<![\s\\$])\$(?!\d)", re.DOTALL)
"""As rich messages read them: no space just inside single dollars and no digit after them, so that prices stay."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|$&]|=(?==)|(?<==)=)")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>~|$&=])")
_LINE_SIGN = re.compile(r"^((?:> )?\s*)(#|[-+=]+(?=\s*$))")
"""What would make a line a heading or a rule, or the line above it a heading."""
_EMPTY_ITEM = re.compile(r"^((?:> )?\s*(?:(?:[-+]|\d{1,9}[.)])[ \t]+)*\d{0,9})([-+.)])(?=\s*$)")
"""The sign of a list's item with nothing after it, which a list would swallow."""
_WIDE_ITEM = re.compile(r"^((?:> )?\s*(?:[-+]|\d{1,9}[.)]))(?:[ \t]{2,}|\t)(?=\S)")
"""An item that begins far behind its sign, which would begin code."""
_INDENT = re.compile(r"^([ ]{4,}|[ ]*\t[ \t]*)(?=(?:([-+]|\d{1,9}[.)])\s)?\S)")
_WRITTEN_MARKDOWN = re.compile(r"^#{1,6} \S|^```|^\|?[ ]*:?-{3,}:?[ ]*\||\*\*\S[^*\n]*\*\*|^> \S", re.MULTILINE)


def markdown_of(message: Message) -> str:
    """The text of a text message.

    Who types Markdown itself (headings, tables, fences, `**bold**`) means it, unless Telegram's own formatting is there
    too. In any other text no sign has a meaning but `$formulas$`, lists, and the line breaks, which stay.
    """
    return _markdown(message.text or "", message.entities or [])


def caption_of(message: Message) -> str | None:
    """The caption of a file in Markdown, by the same rules as a text."""
    return _markdown(message.caption, message.caption_entities or []) if message.caption else None


def _markdown(text: str, all_entities: Sequence[MessageEntity]) -> str:
    entities = [entity for entity in all_entities if entity.type in _FORMATTING]
    if not entities and _WRITTEN_MARKDOWN.search(text):
        return text
    return _by_lines(_MarkdownWriter().unparse(text, entities))


_FORMATTING = frozenset(
    {"bold", "italic", "strikethrough", "spoiler", "code", "pre", "text_link", "blockquote", "expandable_blockquote"}
)


class _MarkdownWriter(TextDecoration):
    """GitHub's dialect with Telegram's `||spoiler||`."""

    def bold(self, value: str) -> str:
        return _around("**", value)

    def italic(self, value: str) -> str:
        return _around("*", value)

    def strikethrough(self, value: str) -> str:
        return _around("~~", value)

    def spoiler(self, value: str) -> str:
        return _around("||", value)

    def underline(self, value: str) -> str:
        return value

    def code(self, value: str) -> str:
        plain = _plain(value)
        fence = "``" if "`" in plain else "`"
        return f"{fence}{plain}{fence}"

    def pre(self, value: str) -> str:
        return self.pre_language(value, "")

    def pre_language(self, value: str, language: str) -> str:
        return f"\n```{language}\n{_plain(value).strip(chr(10))}\n```\n"

    def link(self, value: str, link: str) -> str:
        return f"[{value}](<{link.replace('<', '%3C').replace('>', '%3E')}>)"

    def blockquote(self, value: str) -> str:
        return "\n\n" + "\n".join(f"> {line}" for line in value.strip("\n").split("\n")) + "\n\n"

    def expandable_blockquote(self, value: str) -> str:
        return self.blockquote(value)

    def custom_emoji(self, value: str, custom_emoji_id: str) -> str:
        return value

    def date_time(self, value: str, unix_time: object, date_time_format: str | None = None) -> str:
        return value

    def quote(self, value: str) -> str:
        pieces: list[str] = []
        position = 0
        for formula in _FORMULA.finditer(value):
            pieces += [_escaped(value[position : formula.start()]), formula[0]]
            position = formula.end()
        return "".join([*pieces, _escaped(value[position:])])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _plain(value: str) -> str:
    """Code as it was typed: nothing in it is escaped."""
    return _ESCAPED.sub(r"\1", value)


def _around(mark: str, value: str) -> str:
    """The mark on each line by itself and inside of its spaces, as Markdown wants it."""
    return "\n".join(_around_line(mark, line) for line in value.split("\n"))


def _around_line(mark: str, line: str) -> str:
    core = line.strip()
    if not core:
        return line
    start = line.index(core)
    return f"{line[:start]}{mark}{core}{mark}{line[start + len(core) :]}"


def _by_lines(markdown: str) -> str:
    """What Markdown makes of whole lines: breaks between them stay, and none becomes a heading, a rule or code.

    Code and formulas are left alone.
    """
    lines = markdown.split("\n")
    is_code = is_formula = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            is_code = not is_code
            continue
        if is_code:
            continue
        was_formula = is_formula
        is_formula = is_formula != bool(line.count("$$") % 2)
        if was_formula:
            continue
        kept = _EMPTY_ITEM.sub(r"\1\\\2", _LINE_SIGN.sub(r"\1\\\2", line))
        kept = _INDENT.sub(_indented, _WIDE_ITEM.sub(r"\1 ", kept))
        is_followed = number + 1 < len(lines) and lines[number + 1].strip()
        lines[number] = f"{kept.rstrip()}  " if kept.strip() and is_followed and not is_formula else kept
    return "\n".join(lines).strip("\n").rstrip()


def _indented(match: re.Match[str]) -> str:
    """Four spaces would begin code; a list's item is indented by less."""
    return "  " if match[2] else "\u00a0" * len(match[1].expandtabs(4))
