"""Formulas between `$` signs, taken apart so that a printer can draw them: powers, indexes, fractions, roots.

What is written there is LaTeX as people type it. What is not known here stays as it was typed, without its backslash,
and nothing fails: a formula of a stranger may be anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Shape = Literal["text", "sup", "sub", "frac", "root"]


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a line: its `text`, or a shape around other pieces (`frac` has two parts: above and below)."""

    shape: Shape
    text: str = ""
    parts: tuple[tuple["Node", ...], ...] = ()


# The signs stand close to what they enclose, so that "$5 and $6" are sums of money. Nothing in it is matched twice.
_FORMULA = re.compile(r"(?<!\\)(\${1,2})(?![\s$])([^$\n]{1,1000})(?<!\s)\1(?![0-9])")
_PIECES = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|[^\\{}^_]+", re.DOTALL)
_DEEPEST = 12
_NAMED = (
    ("αβγδεεζηθ", "alpha beta gamma delta epsilon varepsilon zeta eta theta"),
    ("ικλμνξπρστυφ", "iota kappa lambda mu nu xi pi rho sigma tau upsilon phi"),
    ("φχψωΓΔΘΛΞΠ", "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi"),
    ("ΣΦΨΩ·×÷±∓≤≤", "Sigma Phi Psi Omega cdot times div pm mp le leq"),
    ("≥≥≠≠≈≡∞∈∉⊂", "ge geq ne neq approx equiv infty in notin subset"),
    ("∪∩∅∅→→⇒", "cup cap emptyset varnothing to rightarrow Rightarrow"),
    ("←↔⇔∑∏∫∂∇", "leftarrow leftrightarrow iff sum prod int partial nabla"),
    ("∀∃∠△⊥∥°°", "forall exists angle triangle perp parallel circ degree"),
    ("……⋯⟨⟩{}′", "ldots dots cdots langle rangle lbrace rbrace prime"),
)
_SILENT = ("left", "right", "displaystyle", "limits", "mathrm", "mathbf", "text", "big", "Big", "!")
_SYMBOLS = {
    **{name: sign for signs, names in _NAMED for sign, name in zip(signs, names.split(), strict=True)},
    **dict.fromkeys((",", ";", ":", " ", "quad", "qquad", "\\"), " "),
    **dict.fromkeys(_SILENT, ""),
}
_FUNCTIONS = frozenset({"frac", "dfrac", "tfrac", "sqrt"})


def formula_nodes(text: str) -> tuple[Node, ...]:
    """A text as pieces; their texts joined are the text without its formulas' markup."""
    return tuple(_nodes(text))


def _nodes(text: str) -> Iterator[Node]:
    end = 0
    for match in _FORMULA.finditer(text):
        if match.start() > end:
            yield Node("text", text[end : match.start()])
        yield from _Reader(match[2]).read()
        end = match.end()
    if end < len(text):
        yield Node("text", text[end:])


class _Reader:
    def __init__(self, formula: str) -> None:
        self._pieces: Sequence[str] = _PIECES.findall(formula)
        self._at = 0

    def read(self) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while self._at < len(self._pieces):
            nodes += self._sequence(0)
            # A closing brace too many.
            self._at += 1
        return tuple(nodes)

    def _sequence(self, depth: int) -> list[Node]:
        nodes: list[Node] = []
        while self._at < len(self._pieces) and self._pieces[self._at] != "}":
            nodes += self._one(depth)
        return nodes

    def _one(self, depth: int) -> list[Node]:
        piece = self._pieces[self._at]
        self._at += 1
        if piece == "{":
            return self._rest_of_group(depth)
        if piece in ("^", "_"):
            return [Node("sup" if piece == "^" else "sub", parts=(self._argument(depth),))]
        if piece.startswith("\\") and len(piece) > 1:
            return self._command(piece[1:], depth)
        return [Node("text", piece)]

    def _rest_of_group(self, depth: int) -> list[Node]:
        if depth >= _DEEPEST:
            return []
        nodes = self._sequence(depth + 1)
        self._at += 1
        return nodes

    def _argument(self, depth: int) -> tuple[Node, ...]:
        """A group, a command, or one sign."""
        if self._at >= len(self._pieces) or self._pieces[self._at] == "}" or depth >= _DEEPEST:
            return ()
        piece = self._pieces[self._at]
        if piece[0] in "\\{^_":
            return tuple(self._one(depth + 1))
        kept = piece.lstrip()
        if len(kept) > 1:
            self._pieces = [*self._pieces[: self._at], kept[1:], *self._pieces[self._at + 1 :]]
        else:
            self._at += 1
        return (Node("text", kept[:1]),)

    def _command(self, name: str, depth: int) -> list[Node]:
        if name not in _FUNCTIONS:
            sign = _SYMBOLS.get(name, name)
            return [Node("text", sign)] if sign else []
        if name != "sqrt":
            return [Node("frac", parts=(self._argument(depth), self._argument(depth)))]
        index: tuple[Node, ...] = ()
        if self._at < len(self._pieces) and self._pieces[self._at].startswith("["):
            found, bracket, rest = self._pieces[self._at][1:].partition("]")
            if bracket:
                index = (Node("text", found),)
                self._pieces = [*self._pieces[: self._at], *([rest] if rest else []), *self._pieces[self._at + 1 :]]
        return [Node("root", parts=(self._argument(depth), index))]
