"""A question typed as a block of lines, the way teachers of the region write them."""

from collections.abc import Iterator

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Multiple, Single

RIGHT = "+"
WRONG = "-–—−="
EXPLANATION = "!"


def draft_of_block(language: Language, text: str) -> QuestionDraft:
    """The question of such a block, in one language.

        What is 2 + 2?
        - 3
        + 4
        ! Two pairs make four.

    Lines before the first option are the question (a `?` at its start may be left out), `+` is right, `-` or `=` is
    wrong, `!` explains; a line with no sign belongs to what is above it. Raises InvalidInput: ("question", "empty"),
    ("options", "missing"), ("correct", "missing"). Several `+` make a question with several right options. Lengths and
    counts are checked by `QuestionDraft.checked`.
    """
    pieces = list(_pieces(text))
    question = "\n".join(body for sign, body in pieces if not sign)
    options = [(sign, body) for sign, body in pieces if sign and sign != EXPLANATION]
    if not options:
        raise InvalidInput("options", "missing")
    if not question:
        raise InvalidInput("question", "empty")
    right = [number for number, (sign, _body) in enumerate(options) if sign == RIGHT]
    if not right:
        raise InvalidInput("correct", "missing")
    explanation = "\n".join(body for sign, body in pieces if sign == EXPLANATION)
    return QuestionDraft(
        text=Text({language: question}),
        options=tuple(Text({language: body}) for _sign, body in options),
        key=Single(right[0]) if len(right) == 1 else Multiple(frozenset(right)),
        explanation=Text({language: explanation}) if explanation else None,
    )


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Sign and text of each piece, the question with an empty sign. An explanation can only follow an option."""
    sign, lines, has_options = "", list[str](), False
    for raw in text.splitlines():
        line = raw.strip()
        first = line[:1]
        is_option = first != "" and first in RIGHT + WRONG
        if is_option or (first == EXPLANATION and has_options):
            yield sign, _joined(lines)
            sign = RIGHT if first == RIGHT else EXPLANATION if first == EXPLANATION else WRONG[0]
            has_options = True
            lines = [line[1:].strip()]
        elif not lines and not sign:
            lines = [line.removeprefix("?").strip()]
        else:
            lines.append(line)
    yield sign, _joined(lines)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()
