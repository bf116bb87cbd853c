"""Cutting a lesson's Markdown into passages that make sense alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PASSAGE = 1200
"""Characters."""

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~|\$\$\s*$)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    heading: str
    text: str


def pieces(markdown: str, title: str) -> Iterator[Piece]:
    """Passages along headings, then paragraphs, then sentences, each of at most `MAX_PASSAGE` characters.

    `title` stands for the heading of what comes before the first one. Paragraphs of one heading share a passage while
    they fit; code and formula blocks are kept whole where they can be.
    """
    for heading, body in _sections(markdown, title):
        held = ""
        for paragraph in _paragraphs(body):
            for part in _fitting(paragraph):
                if held and len(held) + len(part) + 2 > MAX_PASSAGE:
                    yield Piece(heading, held)
                    held = ""
                held = f"{held}\n\n{part}" if held else part
        if held:
            yield Piece(heading, held)


def _sections(markdown: str, title: str) -> Iterator[tuple[str, list[str]]]:
    heading, lines, fence = title, list[str](), None
    for line in markdown.splitlines():
        fence = _fence_after(line, fence)
        found = None if fence else _HEADING.match(line)
        if found:
            yield heading, lines
            heading, lines = found[1], []
        else:
            lines.append(line)
    yield heading, lines


def _paragraphs(lines: list[str]) -> Iterator[str]:
    held: list[str] = []
    fence = None
    for line in lines:
        fence = _fence_after(line, fence)
        if line.strip() or fence:
            held.append(line)
        elif held:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _fence_after(line: str, fence: str | None) -> str | None:
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    kind = mark[1].strip()
    if fence is None:
        return kind
    return None if kind == fence else fence


def _fitting(paragraph: str) -> Iterator[str]:
    """The paragraph, cut at sentences, words or, at worst, anywhere, so that every part fits."""
    if len(paragraph) <= MAX_PASSAGE:
        yield paragraph
        return
    held = ""
    for sentence in _SENTENCE_END.split(paragraph.rstrip()):
        rest = sentence
        while len(rest) > MAX_PASSAGE:
            cut = rest.rfind(" ", 1, MAX_PASSAGE)
            cut = cut if cut > 0 else MAX_PASSAGE
            if held:
                yield held
                held = ""
            yield rest[:cut]
            rest = rest[cut:].lstrip()
        if held and len(held) + len(rest) + 1 > MAX_PASSAGE:
            yield held
            held = ""
        held = f"{held} {rest}" if held else rest
    if held:
        yield held
