"""What an answer may claim: sentences that name a given source stand as facts, the others are set apart.

The model puts the number of its source behind a sentence, as `[1]`. Numbers that were not given are taken out; a
sentence that is left without any is no fact of the lessons, and the student reads it under a heading of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from domain.tutor.model import Citation, Source

_MARK = re.compile(r"[ \t]*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()")
_VERBATIM = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|\$\$.*?(?:\$\$|\Z)|\$[^$\n]+\$", re.DOTALL)
"""Code and formulas: brackets in them are no citations."""
_MASK = re.compile("\ue000(\\d+)\ue001")
_END = re.compile(r"[.!?…]+[\"»”*_)]*(?:\s*\[\d[\d,\s]*\])*(?:\s+|$)")
"""A sentence's end; a citation behind the full stop still belongs to it."""
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_LEAST_WORDS = 4
"""Shorter sentences greet, agree or lead over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    text: str
    """The sentences that stand, in their order."""
    unsupported: tuple[str, ...]
    """Claims that name no given source; empty when nothing in the reply names one."""
    citations: tuple[Citation, ...]
    """In the order in which they are first named. Empty: the lessons carry nothing of this reply."""


def ground(text: str, sources: Sequence[Source]) -> Grounded:
    """Split what the sources carry from what they do not."""
    masked = _Masked()
    reading = _Reading({source.number: source for source in sources})
    lines = [reading.line(line) for line in masked.hide(text).split("\n")]
    if not reading.named:
        bare = "\n".join(_MARK.sub("", line) for line in masked.hide(text).split("\n"))
        return Grounded(text=masked.show(bare).strip(), unsupported=(), citations=())
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None))
    return Grounded(
        text=masked.show(kept).strip(),
        unsupported=tuple(map(masked.show, reading.unsupported)),
        citations=tuple(
            Citation(number=source.number, lesson_id=source.lesson_id, title=source.title)
            for source in reading.named.values()
        ),
    )


class _Masked:
    """Puts short marks, which no text holds, in the place of code and formulas."""

    def __init__(self) -> None:
        self._hidden: list[str] = []

    def hide(self, text: str) -> str:
        self._hidden = []
        return _VERBATIM.sub(self._hide, text.replace("\ue000", "").replace("\ue001", ""))

    def show(self, text: str) -> str:
        return _MASK.sub(lambda match: self._hidden[int(match[1])], text)

    def _hide(self, match: re.Match[str]) -> str:
        self._hidden.append(match[0])
        return f"\ue000{len(self._hidden) - 1}\ue001"


@dataclass(slots=True)
class _Reading:
    known: dict[int, Source]
    named: dict[int, Source] = field(default_factory=dict[int, Source])
    unsupported: list[str] = field(default_factory=list[str])

    def line(self, line: str) -> str | None:
        """What stands of the line; None when nothing does."""
        if not line.strip() or line.lstrip().startswith(("#", "|", ">")):
            return self._marked(line)[0]
        bullet = _BULLET.match(line)
        opening, rest = (bullet[0], line[bullet.end() :]) if bullet else ("", line)
        kept: list[str] = []
        for sentence in _sentences(rest):
            said, is_cited = self._marked(sentence)
            if is_cited or not _is_claim(said):
                kept.append(said)
            else:
                self.unsupported.append(said)
        return opening + " ".join(kept) if kept else None

    def _marked(self, sentence: str) -> tuple[str, bool]:
        """The sentence with the numbers that were given, and whether there is one."""
        is_cited = False

        def keep(match: re.Match[str]) -> str:
            nonlocal is_cited
            numbers = [number for number in map(int, match[1].split(",")) if number in self.known]
            for number in numbers:
                self.named.setdefault(number, self.known[number])
            is_cited = is_cited or bool(numbers)
            return " " + "".join(f"[{number}]" for number in numbers) if numbers else ""

        return _MARK.sub(keep, sentence), is_cited


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(text):
        if text[start : match.end()].strip():
            yield text[start : match.end()].strip()
        start = match.end()
    if text[start:].strip():
        yield text[start:].strip()


def _is_claim(sentence: str) -> bool:
    """Questions, lead-ins and short words of courtesy claim nothing."""
    said = sentence.rstrip("*_ ")
    return not said.endswith(("?", ":")) and len(said.split()) >= _LEAST_WORDS
