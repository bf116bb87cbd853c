"""A model's Markdown is data: what is not text, emphasis, lists, tables, code or formulas becomes plain text."""

import re

_KEPT = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`|\$\$.*?(?:\$\$|\Z)|\$[^$\n]+\$)", re.DOTALL)
"""Code and formulas, where every character stands for itself."""
_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\([^)]*\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:.*$", re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def clean(markdown: str) -> str:
    """The text without HTML, images and hidden link targets, so that it can show nothing but itself."""
    parts = _KEPT.split(markdown)
    # Odd parts are what the pattern captured.
    return "".join(part if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(part: str) -> str:
    part = _REFERENCE.sub("", part)
    # An image within a link, or the other way round, takes a second pass.
    for _ in range(2):
        part = _LINK.sub(r"\1", _IMAGE.sub(r"\1", part))
    return _TAG.sub(r"\\<", part.replace("\\<", "<"))


def half_written(markdown: str) -> str:
    """The same while it is being written: an open code block is closed, an open formula left out until it ends."""
    if markdown.count("```") % 2:
        return f"{markdown}\n```"
    if markdown.count("$$") % 2:
        return markdown[: markdown.rindex("$$")].rstrip() or "…"
    return markdown
