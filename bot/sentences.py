"""Finds the sentences in the code that translators get: an extraction method for Babel (see `make locales`).

A sentence is the literal first argument of one of the names below, and its plural form, if any, the literal second one.
One without any letter of its own, such as `🎓 <b>{title}</b>`, is the same in every language and is left out.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

MARKS = frozenset({"_", "N_", "gettext", "ngettext", "T", "RichLine", "Label"})
TAG = re.compile(r"</?[a-z][^>]*>")
PLACEHOLDER = re.compile(r"\{[a-z_0-9]+\}")

Found = tuple[int, str, tuple[str, ...], list[str]]
"""Line; the function of Babel's own rules that takes these forms; the forms; comments, of which there are none."""


def extract(
    file: BinaryIO, _keywords: Collection[str], _comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield every marked sentence of a file of Python. Babel passes `options` by name; there are none."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and _name(node.func) in MARKS:
            match [_literal(argument) for argument in node.args[:2]]:
                case [str(singular), str(plural)] if has_words((singular, plural)):
                    yield node.lineno, "ngettext", (singular, plural), []
                case [str(sentence), *_] if has_words((sentence,)):
                    yield node.lineno, "gettext", (sentence,), []
                case _:
                    pass


def has_words(forms: Iterable[str]) -> bool:
    return any(any(map(str.isalpha, PLACEHOLDER.sub("", TAG.sub("", form)))) for form in forms)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
