"""Pages become chunks: pieces along headings, of at most so many tokens, each of which knows its pages.

A chunk is what is found and cited, so it should make sense alone: it begins at a heading where it can, carries the
titles above it, and is cut between paragraphs, else between sentences, else between words. Nothing is lost but white
space around the cuts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.materials.model import Page

BUDGET = 320
"""Tokens of one chunk: small models of embeddings read 512 at most, and titles come on top."""
SMALLEST = 16
"""No budget is smaller: one character may take more than a token."""
_BYTES_A_TOKEN = 3
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    ordinal: int
    """Counting from 0, in the order of the file."""
    text: str
    first_page: int
    last_page: int
    headings: tuple[str, ...] = ()
    """Titles above it, the largest first."""


@dataclass(frozen=True, slots=True)
class _Piece:
    page: int
    text: str
    path: tuple[str, ...]
    begins_section: bool


def tokens_of(text: str) -> int:
    """An estimate: three bytes of UTF-8 each. Latin text has about four letters a token, Cyrillic about two, of two
    bytes each, so the estimate is a little high for the one and right for the other; both together are never less than
    the whole."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // _BYTES_A_TOKEN)


def chunks_of(pages: Sequence[Page], budget: int = BUDGET) -> list[Chunk]:
    """Pages in their order; blank ones are left out. Raises ValueError for a budget under SMALLEST."""
    if budget < SMALLEST:
        raise ValueError(f"{budget} tokens hold nothing")
    chunks: list[Chunk] = []
    held: list[_Piece] = []

    def close() -> None:
        text = "".join(piece.text for piece in held).strip()
        if text:
            written = [piece for piece in held if piece.text.strip()]
            chunks.append(
                Chunk(
                    ordinal=len(chunks),
                    text=text,
                    first_page=written[0].page,
                    last_page=written[-1].page,
                    headings=written[0].path,
                )
            )
        held.clear()

    size = 0
    for piece in _pieces(pages, budget):
        cost = tokens_of(piece.text)
        if held and (piece.begins_section or size + cost > budget):
            close()
            size = 0
        held.append(piece)
        size += cost
    close()
    return chunks


def _pieces(pages: Sequence[Page], budget: int) -> Iterator[_Piece]:
    """Everything that is written, in order, none of it over the budget.

    A heading behind another heading with nothing in between stays with it: a title alone answers nothing.
    """
    path: list[tuple[int, str]] = []
    is_bare = False
    for page in pages:
        for is_heading, text in _sections(page, path):
            begins = is_heading and not is_bare
            is_bare = is_heading or (is_bare and not text.strip())
            titles = tuple(title for _level, title in path)
            for fitting in _fitting(text, budget):
                yield _Piece(page.number, fitting, titles, begins)
                begins = False


def _sections(page: Page, path: list[tuple[int, str]]) -> Iterator[tuple[bool, str]]:
    """The page's paragraphs, each with whether a heading begins it; `path` is the way to it when it is given out."""
    marks = sorted(page.headings, key=lambda heading: heading.start)
    starts = [min(max(heading.start, 0), len(page.text)) for heading in marks]
    place = 0
    for heading, start in zip(marks, starts, strict=True):
        yield from ((False, part) for part in _paragraphs(page.text[place:start]))
        while path and path[-1][0] >= heading.level:
            path.pop()
        path.append((heading.level, heading.title))
        end = page.text.find("\n", start)
        place = len(page.text) if end < 0 else end + 1
        # Two chapters that begin on one page without a line of their own begin at the same place.
        place = place if page.text[start:place].strip() == heading.title.strip() else start
        yield True, page.text[start:place]
    # Pages do not end in a break of their own.
    yield from ((False, part) for part in _paragraphs(f"{page.text[place:]}\n"))


def _paragraphs(text: str) -> Iterator[str]:
    """With the empty lines behind them, so that joined they are the text."""
    place = 0
    for end in _PARAGRAPH_END.finditer(text):
        yield text[place : end.end()]
        place = end.end()
    if place < len(text):
        yield text[place:]


def _fitting(text: str, budget: int) -> Iterator[str]:
    """The text, or its sentences, words or letters, joined again as far as they fit."""
    if tokens_of(text) <= budget:
        yield text
        return
    for separator in (_SENTENCE_END, _SPACE):
        parts = _parts(text, separator)
        if len(parts) > 1:
            held = ""
            for part in parts:
                if held and tokens_of(held) + tokens_of(part) > budget:
                    yield from _fitting(held, budget)
                    held = ""
                held += part
            yield from _fitting(held, budget)
            return
    # A word without end: a letter takes four bytes at most.
    letters = max(1, budget * _BYTES_A_TOKEN // 4)
    for start in range(0, len(text), letters):
        yield text[start : start + letters]


def _parts(text: str, separator: re.Pattern[str]) -> list[str]:
    parts: list[str] = []
    place = 0
    for end in separator.finditer(text):
        parts.append(text[place : end.end()])
        place = end.end()
    if place < len(text):
        parts.append(text[place:])
    return parts
