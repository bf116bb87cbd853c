"""Formulas on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quizzes.exporting.formulas import Node, formula_nodes


def flat(nodes: tuple[Node, ...]) -> str:
    """The pieces as one line, shapes in words."""
    written = ""
    for node in nodes:
        parts = ", ".join(flat(part) for part in node.parts)
        written += node.text if node.shape == "text" else f"{node.shape}({parts})"
    return written


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("2 + 2", "2 + 2"),
        ("$x^2$ va $x_{10}$", "xsup(2) va xsub(10)"),
        ("$\\frac{a+1}{b}$", "frac(a+1, b)"),
        ("$\\sqrt[3]{8}$, $\\sqrt2$", "root(8, 3), root(2, )"),
        ("$$a \\le \\alpha$$", "a ≤ α"),
        ("$90^\\circ$", "90sup(°)"),
        ("$5 and $6", "$5 and $6"),
        ("Narxi 100$", "Narxi 100$"),
        ("$\\foo{x}$", "foox"),
        ("$a}b{c$", "abc"),
        ("$x^$ $\\frac{1}$", "xsup() frac(1, )"),
    ],
)
def test_a_formula_is_taken_apart(text: str, drawn: str) -> None:
    assert flat(formula_nodes(text)) == drawn


@given(st.text(alphabet=st.sampled_from("$\\{}^_[] \nfracsqrt1")))
def test_nothing_that_somebody_types_fails(text: str) -> None:
    flat(formula_nodes(text))


def test_a_formula_of_a_thousand_braces_is_no_trouble() -> None:
    flat(formula_nodes("$" + "{" * 900 + "$ $" + "\\frac" * 190 + "$ $" + "^" * 900 + "$"))
