"""Finds the sentences in the code that translators get: an extraction method for Babel (see `make locales`).

A sentence is the literal first argument of one of the names below, and its plural form, if any, the literal second one.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

MARKS = frozenset({"_", "N_", "gettext", "ngettext", "T", "RichLine", "Label"})

Found = tuple[int, str, tuple[str, ...], list[str]]
"""Line; the function of Babel's own rules that takes these forms; the forms; comments, of which there are none."""


def extract(
    file: BinaryIO, _keywords: Collection[str], _comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield every marked sentence of a file of Python. Babel passes `options` by name; there are none."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and _name(node.func) in MARKS:
            match [_literal(argument) for argument in node.args[:2]]:
                case [str(singular), str(plural)]:
                    yield node.lineno, "ngettext", (singular, plural), []
                case [str(sentence), *_]:
                    yield node.lineno, "gettext", (sentence,), []


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
