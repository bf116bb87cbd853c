"""A question of any kind, typed as a block of lines in the least that teachers would type.

    choices    + right, - wrong (`block.py`)    true/false  + true (to‘g‘ri, rost, верно; false, yolg‘on, неверно)
    short      = answer, one line each variant  number          = 3,14 ± 0,01
    matching   left -> right, a line each       ordering      1. first  2. second, in the right order
    essay      ... alone on the last line

`!` explains (for an essay: what to look for). Lines like `topic: Percents` come last: mavzu, тема; difficulty (1–5),
qiyinlik, сложность; points, ball, баллы; source, manba, источник.
"""

import re
from dataclasses import replace

from domain.errors import InvalidInput
from domain.folding import fold
from domain.language import Language, Text
from domain.quizzes.block import EXPLANATION, RIGHT, WRONG, draft_of_block
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, Key, Matching, Number, Ordering, Short, TrueFalse, number_in

_LABELS = {
    fold(word): name
    for name, words in {
        "topic": ("topic", "mavzu", "тема"),
        "difficulty": ("difficulty", "qiyinlik", "сложность"),
        "points": ("points", "ball", "баллы", "балл"),
        "source": ("source", "manba", "источник"),
    }.items()
    for word in words
}
_TRUE = {fold(word) for word in ("true", "to‘g‘ri", "rost", "ha", "верно", "правда", "да")}
_FALSE = {fold(word) for word in ("false", "noto‘g‘ri", "yolg‘on", "yo‘q", "неверно", "ложь", "нет")}
_ARROW = re.compile(r"\s*(?:->|→|=>)\s*")
_NUMBERED = re.compile(r"([0-9]{1,2})[.)]\s+(.+)", re.ASCII)
_TOLERANCE = re.compile(r"\s*(?:±|\+-|\+/-)\s*")


def draft_of_typed(language: Language, text: str) -> QuestionDraft:
    """Raises InvalidInput as `draft_of_block` does, for ("difficulty" and "points", "format"), and for ("rights",
    "empty") where an arrow has nothing behind it. Everything else `QuestionDraft.checked` finds."""
    body, labels = _without_labels(text)
    return replace(_draft(language, body), **labels)


def _draft(language: Language, text: str) -> QuestionDraft:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    signs = {line[0] for line in lines[1:]}
    behind = [number for number, line in enumerate(lines) if number and line.startswith(EXPLANATION)]
    end = behind[0] if behind else len(lines)
    asked, told = lines[:end], "\n".join(lines[end:]).removeprefix(EXPLANATION).strip()
    explanation = Text({language: told}) if told else None
    if len(asked) > 1 and asked[-1] in ("...", "…"):
        return _of(language, asked[:-1], Essay(explanation))
    if RIGHT in signs:
        return _true_or_false(language, asked, explanation) or draft_of_block(language, text)
    arrows = next((number for number, line in enumerate(asked) if number and _ARROW.search(line)), None)
    if arrows is not None:
        return replace(_matching(language, asked, arrows), explanation=explanation)
    answers = next((number for number, line in enumerate(asked) if number and line.startswith("=")), None)
    if answers is not None and all(line.startswith("=") for line in asked[answers:]):
        key = _typed_key([line[1:].strip() for line in asked[answers:]])
        return replace(_of(language, asked[:answers], key), explanation=explanation)
    numbered = _numbered(asked)
    if numbered is not None:
        first, items = numbered
        draft = _of(language, asked[:first], Ordering())
        return replace(draft, options=tuple(Text({language: item}) for item in items), explanation=explanation)
    return draft_of_block(language, text)


def _of(language: Language, lines: list[str], key: Key) -> QuestionDraft:
    question = "\n".join(lines).removeprefix("?").strip()
    if not question:
        raise InvalidInput("question", "empty")
    return QuestionDraft(text=Text({language: question}), key=key)


def _true_or_false(language: Language, lines: list[str], explanation: Text | None) -> QuestionDraft | None:
    first = next((number for number, line in enumerate(lines) if number and line[0] in RIGHT + WRONG), None)
    if first is None:
        # What begins with a sign belongs to the explanation.
        return None
    words = {line[0] == RIGHT: fold(line[1:]) for line in lines[first:]}
    right = words.get(True, "")
    if len(lines) - first > 2 or not set(words.values()) <= _TRUE | _FALSE or not right:
        return None
    return replace(_of(language, lines[:first], TrueFalse(right in _TRUE)), explanation=explanation)


def _typed_key(answers: list[str]) -> Key:
    """One answer that is a number asks for a number; every other one for words."""
    if len(answers) == 1:
        value, *tolerance = _TOLERANCE.split(answers[0], maxsplit=1)
        number, around = number_in(value), number_in(tolerance[0]) if tolerance else None
        if number is not None and (around is not None or not tolerance):
            return Number(number, around) if around is not None else Number(number)
    return Short(tuple(answers))


def _matching(language: Language, lines: list[str], first: int) -> QuestionDraft:
    lefts, rights, spare = list[Text](), list[Text](), list[Text]()
    for line in lines[first:]:
        left, *right = _ARROW.split(line, maxsplit=1)
        if not right or not right[0]:
            raise InvalidInput("rights", "empty")
        if left:
            lefts.append(Text({language: left}))
            rights.append(Text({language: right[0]}))
        else:
            spare.append(Text({language: right[0]}))
    return replace(_of(language, lines[:first], Matching((*rights, *spare))), options=tuple(lefts))


def _numbered(lines: list[str]) -> tuple[int, list[str]] | None:
    """Where lines `1.`, `2.`, … to the end begin, and what they say."""
    first = next((number for number, line in enumerate(lines) if number and line.startswith(("1.", "1)"))), None)
    if first is None:
        return None
    found = [_NUMBERED.fullmatch(line) for line in lines[first:]]
    items = [match[2] for number, match in enumerate(found, start=1) if match and int(match[1]) == number]
    return (first, items) if len(items) == len(found) > 1 else None


def _without_labels(text: str) -> tuple[str, dict[str, str | int]]:
    lines = text.strip().splitlines()
    labels: dict[str, str | int] = {}
    while len(lines) > 1:
        word, colon, value = lines[-1].partition(":")
        name = _LABELS.get(fold(word))
        if not colon or name is None or not value.strip():
            break
        labels.setdefault(name, _whole(name, value) if name in ("difficulty", "points") else value.strip())
        lines.pop()
    return "\n".join(lines), labels


def _whole(name: str, value: str) -> int:
    digits = value.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 4):
        raise InvalidInput(name, "format")
    return int(digits)
