"""Reading a reply while it is still being written."""

import re

from domain.tutor.model import MAX_REPLY, ReplyKind
from domain.tutor.record import split_record

_MARKERS = {
    "hint": ReplyKind.HINT,
    "answer": ReplyKind.ANSWER,
    "solution": ReplyKind.SOLUTION,
    "nothing": ReplyKind.NOT_FOUND,
    "care": ReplyKind.CARE,
}
_MARKER = re.compile(r"\s*[*_`]{0,3}\[(hint|answer|solution|nothing|care)\]:?[*_`]{0,3}[ \t]*\n*", re.IGNORECASE)
_LONGEST_MARKER = 24
_THOUGHT = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THOUGHT_OPENING = re.compile(r"\s*<think(?:ing)?>", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Characters that no text needs: PostgreSQL refuses NUL, and direction overrides make a text lie."""


class Reply:
    """A growing reply: its pieces go in, what may be shown comes out.

    The prompts ask the model to begin with `[hint]` or `[answer]`. The marker is never shown. A model that forgets it
    is taken to have hinted, so that the way to the full solution stays open; where nothing is hinted, to have
    answered. The record behind a solution is never shown either. Reasoning between `<think>` marks, as
    some servers send it, is not part of the reply.
    """

    def __init__(self, rung: ReplyKind | None = None, *, is_direct: bool = False) -> None:
        """`rung`: the kind that was asked for, whatever the model says. `is_direct`: no hints in this course."""
        self._raw = ""
        self._rung = rung
        self._is_direct = is_direct
        self.is_full = False
        """It reached the length that is kept; more of it changes nothing."""

    def add(self, piece: str) -> None:
        if not self.is_full:
            self._raw += _CONTROLS.sub("", piece)
            length = len(self._raw)
            self.is_full = length >= 2 * MAX_REPLY or (length >= MAX_REPLY and len(self.text) >= MAX_REPLY)

    @property
    def kind(self) -> ReplyKind:
        if self._rung is not None:
            return self._rung
        marker = _MARKER.match(self._said)
        if marker is None:
            return ReplyKind.ANSWER if self._is_direct else ReplyKind.HINT
        kind = _MARKERS[marker[1].lower()]
        if self._is_direct:
            return ReplyKind.SOLUTION if kind is ReplyKind.HINT else kind
        return ReplyKind.ANSWER if kind is ReplyKind.SOLUTION else kind

    @property
    def text(self) -> str:
        """What there is to show; empty while only the marker, or a thought, is being written."""
        said = split_record(self._said).text
        marker = _MARKER.match(said)
        if marker:
            return said[marker.end() :].strip()[:MAX_REPLY]
        begun = said.lstrip()
        if len(begun) < _LONGEST_MARKER and _may_become_marker(begun):
            return ""
        return begun.rstrip()[:MAX_REPLY]

    @property
    def final_text(self) -> str:
        """The same once nothing more comes: what looked like a beginning marker was the text."""
        said = split_record(self._said)
        if self.text or _MARKER.match(self._said) or said.record is not None:
            return self.text
        return self._said.strip()[:MAX_REPLY]

    @property
    def record(self) -> str | None:
        """What the model wrote behind the record's mark; None when it wrote none."""
        return split_record(self._said).record

    @property
    def _said(self) -> str:
        without_thought = _THOUGHT.sub("", self._raw, count=1) if _THOUGHT.match(self._raw) else self._raw
        return "" if _THOUGHT_OPENING.match(without_thought) else without_thought


def _may_become_marker(begun: str) -> bool:
    bare = begun.lstrip("*_`").lower()
    if "<thinking>".startswith(bare):
        return True
    return any(f"[{word}]".startswith(bare) for word in _MARKERS)
