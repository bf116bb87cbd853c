"""Tests with a sign at the beginning of each line: `?` question, `+` right, `-` or `=` wrong. See README.md."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.importing.lines import labelled, lines_of, whole_in
from domain.quizzes.importing.model import Mistake, ReadQuestion
from domain.quizzes.importing.sketch import Sketch, SketchedOption, finished, without_emphasis
from domain.quizzes.keys import Essay, Matching, Multiple, Number, Ordering, Short, Single, number_in
from domain.quizzes.typed import draft_of_typed

RIGHT = "+"
WRONG = "-–—−="
_TYPED, _NUMBER, _PAIR, _GUIDE, _ITEM, _EXPLANATION = "*", "#", ">", "@", "1>", "!"
_NUMBERED = re.compile(
    r"(?:№\s*)?([0-9]{1,4})\s*(?:\.(?![0-9])|\)|-\s*(?:savol|савол|вопрос)\b[.:]?)\s*", re.IGNORECASE
)
_QUESTION = re.compile(r"(?:(?:№\s*)?[0-9]{1,4}\s*[.)]\s*)?\?")
_ORDERED = re.compile(r"[0-9]{1,2}\s*>\s*")
_PAIRED = re.compile(r"\s{0,9}(?:=>|->|→|\|)|\s{1,9}(?:=|[-–—])(?=\s)")
"""Bounded, so that many spaces cost no more than others."""
_TOLERANCE = re.compile(r"±|\+/-|\+-")
_MOST_NUMBERED = 0.8
_LONGEST_MESSAGE = 4_096
"""Characters that are typed in one message."""


def read_signs(text: str, language: Language) -> Sequence[ReadQuestion]:
    """What stands before the first question is none. Never raises."""
    begun = list(_begun(lines_of(text), language))
    sketches = [each.sketch() for each in begun]
    _drop_numbers(sketches)
    return [_read(sketch, each.typed, language) for sketch, each in zip(sketches, begun, strict=True)]


def is_question(line: str) -> bool:
    """It begins with `?`, maybe behind a number."""
    return _QUESTION.match(line) is not None


def _read(sketch: Sketch, typed: str, language: Language) -> ReadQuestion:
    """By the signs; what is no question by them may be one as it would be typed alone (`domain/quizzes/typed.py`).

    Choices are none there either. Several lines with `=` may be wrong answers whose right one was forgotten.
    """
    question = finished(sketch, language)
    if question.draft is not None or len(typed) > _LONGEST_MESSAGE:
        return question
    try:
        typed_draft = draft_of_typed(language, typed)
        draft = replace(typed_draft, topic=typed_draft.topic or sketch.topic or None).checked()
    except InvalidInput:
        return question
    if isinstance(draft.key, Single | Multiple) or (isinstance(draft.key, Short) and len(draft.key.accepted) > 1):
        return question
    return ReadQuestion(line=question.line, excerpt=question.excerpt, draft=draft)


def _begun(lines: Sequence[str], language: Language) -> Iterator["_Begun"]:
    lines = [without_emphasis(line) for line in lines]
    has_marks = any(is_question(line) for line in lines)
    topic = ""
    begun: _Begun | None = None
    blank = True
    for number, line in enumerate(lines, start=1):
        if not line:
            blank = True
            if begun is not None:
                begun.go_on("")
            continue
        told = labelled(line)
        starts = is_question(line) if has_marks else _starts_unmarked(line, begun, blank=blank)
        blank = False
        if starts:
            if begun is not None:
                yield begun
            begun = _Begun(language, number, topic, _QUESTION.sub("", line, count=1) if has_marks else line)
        elif told is not None and told[0] == "topic" and (begun is None or begun.has_answers):
            topic = told[1]
        elif begun is not None:
            begun.take(number, line, told)
    if begun is not None:
        yield begun


def _starts_unmarked(line: str, begun: "_Begun | None", *, blank: bool) -> bool:
    """Without any `?` a line without a sign begins a question behind answers: after a blank line, or a number."""
    if line[0] in RIGHT + WRONG + _EXPLANATION:
        return False
    return begun is None or (begun.has_answers and (blank or _NUMBERED.match(line) is not None))


class _Begun:
    """A question whose lines are still coming."""

    def __init__(self, language: Language, line: int, topic: str, text: str) -> None:
        self._language = language
        self._sketch = Sketch(line=line, topic=topic)
        self._pieces: list[tuple[str, int, list[str]]] = [("", line, [text.strip()])]
        self._lines = [text.strip()]

    @property
    def typed(self) -> str:
        """All of its lines as they came."""
        return "\n".join(self._lines)

    @property
    def has_answers(self) -> bool:
        return len(self._pieces) > 1

    def go_on(self, line: str) -> None:
        self._pieces[-1][2].append(line)

    def take(self, number: int, line: str, told: tuple[str, str] | None) -> None:
        self._lines.append(line)
        sign = _sign_of(line)
        ordered = _ORDERED.match(line)
        if ordered is not None:
            self._pieces.append((_ITEM, number, [line[ordered.end() :]]))
        elif sign == _EXPLANATION and not self.has_answers:
            self.go_on(line)
        elif sign:
            self._pieces.append((sign, number, [line[1:].strip()]))
        elif told is not None and self._tell(number, *told):
            return
        else:
            self.go_on(line)

    def _tell(self, number: int, name: str, value: str) -> bool:
        """What such a line says goes to the question; False: it is a line of its text."""
        if not self.has_answers:
            return False
        match name:
            case "explanation":
                self._pieces.append((_EXPLANATION, number, [value]))
            case "difficulty" | "points" if (said := whole_in(value)) is not None:
                if name == "points":
                    self._sketch.points = said
                else:
                    self._sketch.difficulty = said
            case _:
                return False
        return True

    def sketch(self) -> Sketch:
        sketch = self._sketch
        pieces = [(sign, line, "\n".join(lines).strip()) for sign, line, lines in self._pieces]
        sketch.text = pieces[0][2]
        sketch.explanation = "\n".join(text for sign, _line, text in pieces if sign == _EXPLANATION)
        sketch.options = [
            SketchedOption(text, line, is_right=sign == RIGHT)
            for sign, line, text in pieces
            if sign in (RIGHT, WRONG[0], _ITEM)
        ]
        if not any(sign in (RIGHT, WRONG[0]) for sign, _line, _text in pieces):
            self._other_kind(pieces)
        return sketch

    def _other_kind(self, pieces: Sequence[tuple[str, int, str]]) -> None:
        sketch = self._sketch

        def of(wanted: str) -> list[tuple[int, str]]:
            return [(line, text) for sign, line, text in pieces if sign == wanted]

        if pairs := of(_PAIR):
            sides = [_PAIRED.split(text, maxsplit=1) for _line, text in pairs]
            lefts = [(line, side[0]) for (line, _text), side in zip(pairs, sides, strict=True) if side[0].strip()]
            sketch.options = [SketchedOption(left, line) for line, left in lefts]
            sketch.mistakes += [
                Mistake(line, "rights", "empty")
                for (line, _text), side in zip(pairs, sides, strict=True)
                if len(side) < 2 or not side[1].strip()
            ]
            if not sketch.mistakes:
                # Right sides without a left one stand behind the others.
                rights = [side[1] for side in sides if side[0].strip()] + [s[1] for s in sides if not s[0].strip()]
                sketch.key = Matching(tuple(Text({self._language: right}) for right in rights))
        elif of(_ITEM):
            sketch.key = Ordering()
        elif numbers := of(_NUMBER):
            key = number_key(numbers[0][1])
            if key is None:
                sketch.mistakes.append(Mistake(numbers[0][0], "number", "not_a_number"))
            sketch.key = key
        elif typed := of(_TYPED):
            sketch.key = Short(tuple(text for _line, text in typed))
        elif guides := of(_GUIDE):
            guide = "\n".join(text for _line, text in guides).strip()
            sketch.key = Essay(Text({self._language: guide}) if guide else None)


def number_key(text: str) -> Number | None:
    """`3,14`, `3,14 ± 0,01`, `3.14 +- 0.01`; None for what is no number."""
    value, *tolerances = _TOLERANCE.split(text)
    number = number_in(value)
    tolerance = number_in(tolerances[0]) if tolerances else Decimal(0)
    return Number(number, tolerance) if number is not None and tolerance is not None else None


def pair_in(text: str) -> tuple[str, str] | None:
    """Left and right side of `France => Paris`; `->`, `→`, `|`, and `=` or a dash between spaces do as well."""
    left, *rights = _PAIRED.split(text, maxsplit=1)
    return (left.strip(), rights[0].strip()) if rights else None


def _sign_of(line: str) -> str:
    sign = line[0]
    if sign in RIGHT:
        return RIGHT
    if sign in WRONG:
        return WRONG[0]
    return sign if sign in (_TYPED, _NUMBER, _PAIR, _GUIDE, _EXPLANATION) else ""


def _drop_numbers(sketches: Sequence[Sketch]) -> None:
    """`1. `, `2) ` before the questions, if nearly all have one: a number that is alone belongs to its question."""
    matches = [_NUMBERED.match(sketch.text) for sketch in sketches]
    if sum(match is not None for match in matches) < _MOST_NUMBERED * len(sketches):
        return
    for sketch, match in zip(sketches, matches, strict=True):
        if match is not None:
            sketch.text = sketch.text[match.end() :]
