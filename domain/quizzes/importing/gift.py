"""Moodle's GIFT format (docs.moodle.org/en/GIFT_format), as far as its kinds of questions are ours."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from domain.language import Language, Text
from domain.quizzes.importing.lines import lines_of
from domain.quizzes.importing.model import Mistake, ReadQuestion
from domain.quizzes.importing.sketch import Sketch, SketchedOption, finished, without_emphasis
from domain.quizzes.keys import (
    Essay,
    Key,
    Matching,
    Multiple,
    Number,
    Ordering,
    QuestionKind,
    Short,
    TrueFalse,
    number_in,
)

# Characters that are no signs of the format, be it by a backslash or inside a formula, are put aside under these.
_ESCAPED = "\\~=#{}:\n"
_ASIDE = "".join(chr(0xE010 + place) for place in range(len(_ESCAPED)))
_BACK = str.maketrans(_ASIDE, _ESCAPED)
_PUT_ASIDE = str.maketrans("~=#{}:\\", "".join(_ASIDE[_ESCAPED.index(sign)] for sign in "~=#{}:\\"))
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_FORMULA = re.compile(r"\$\$?(?=[^\s$])([^$\n]{1,500})(?<=\S)\$\$?")
_BLOCK = re.compile(r"(?<!\\)\{\s*(?:[=~#}]|TRUE\b|FALSE\b|T\b|F\b|%)")
_TITLE = re.compile(r"::(.*?)::", re.DOTALL)
_MARKUP = re.compile(r"\[(?:html|moodle|plain|markdown)\]")
_CATEGORY = re.compile(r"\$CATEGORY\s*:\s*(.*)")
_PERCENT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_ANSWERS = re.compile(r"([=~])([^=~]*)")
NOTE = "// ustoz:"
"""A comment of our own export: what the format has no place for, as JSON. Moodle skips it."""
_GAP = "_____"
PARTED_ARROW = "-\u2060>"
"""An arrow that is a part of a text: with a word joiner, which no eye sees, it divides no pair."""
_ALL = Decimal(100)


def looks_like_gift(text: str) -> bool:
    return _BLOCK.search(text) is not None


def read_gift(text: str, language: Language) -> Sequence[ReadQuestion]:
    """Descriptions are no questions, and are passed over. Never raises."""
    questions: list[ReadQuestion] = []
    topic = ""
    for line, block, note in _blocks(lines_of(without_emphasis(text))):
        category = _CATEGORY.match(block)
        if category is not None:
            topic = _last_part(category[1])
            continue
        sketch = _Block(line, _safe(block), topic, language).sketch()
        if sketch is not None:
            _take_note(sketch, note, language)
            questions.append(finished(sketch, language))
    return questions


def _take_note(sketch: Sketch, note: str, language: Language) -> None:
    """A comment that says nothing of the kind is any comment."""
    try:
        data: Any = json.loads(note) if note else None
    except (ValueError, RecursionError):
        return
    if not isinstance(data, dict):
        return
    noted = cast("Mapping[str, Any]", data)
    points, difficulty, source, guide = (noted.get(name) for name in ("points", "difficulty", "source", "guide"))
    if type(points) is int:
        sketch.points = points
    if type(difficulty) is int:
        sketch.difficulty = difficulty
    if isinstance(source, str):
        sketch.source = source
    if isinstance(guide, str) and guide.strip() and isinstance(sketch.key, Essay):
        sketch.key = Essay(Text({language: guide}))
        # Without an explanation Moodle shows the guide in its place.
        sketch.explanation = sketch.explanation if noted.get("is_explained") is True else ""
    if noted.get("kind") == QuestionKind.ORDERING.value and isinstance(sketch.key, Matching):
        items = [right.read_in(language) for right in sketch.key.rights]
        sketch.options = [SketchedOption(item, sketch.line) for item in items]
        sketch.key = Ordering()


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Line, text and note. Questions are apart by a blank line; one inside of braces divides nothing."""
    begin, kept, is_open, note = 0, list[str](), False, ""
    for number, line in enumerate(lines, start=1):
        if line.startswith("//"):
            note = line.removeprefix(NOTE) if line.startswith(NOTE) and not kept else note
            continue
        is_category = _CATEGORY.match(line) is not None
        if kept and (is_category or (not line and not is_open) or line.startswith("::")):
            yield begin, "\n".join(kept), note
            kept, is_open, note = [], False, ""
        if is_category:
            yield number, line, ""
        elif line or is_open:
            begin = begin if kept else number
            kept.append(line)
            bare = _safe(line)
            braces = [sign for sign in bare if sign in "{}"]
            is_open = braces[-1] == "{" if braces else is_open
    if kept:
        yield begin, "\n".join(kept), note


def _safe(text: str) -> str:
    """With everything put aside that only looks like a sign of the format."""
    text = _FORMULA.sub(_safe_formula, text)
    return _ESCAPE.sub(lambda match: _ASIDE[_ESCAPED.index("\n" if match[1] == "n" else match[1])], text)


def _safe_formula(match: re.Match[str]) -> str:
    """A formula as people write it, without the backslashes that the format asks for."""
    inner = match[1]
    is_escaped = re.search(r"\\[~=#{}:\\]", inner) is not None
    if is_escaped or inner.count("{") != inner.count("}") or re.search(r"(?:^|\s)[=~]|\}\s*\{\s*[=~]", inner):
        return match[0]
    return match[0].translate(_PUT_ASIDE)


def _plain(text: str) -> str:
    return text.strip().translate(_BACK).replace(PARTED_ARROW, "->").strip()


def _last_part(category: str) -> str:
    return category.rstrip("/ ").rpartition("/")[2].replace("$course$", "").strip()[:60]


@dataclass(slots=True)
class _Answer:
    is_equal: bool
    percent: Decimal | None
    text: str
    feedback: str


class _Block:
    """One question; `text` is safe: its signs are signs."""

    def __init__(self, line: int, text: str, topic: str, language: Language) -> None:
        self._language = language
        self._text = text
        self._sketch = Sketch(line=line, topic=topic)

    def sketch(self) -> Sketch | None:
        sketch = self._sketch
        text = _TITLE.sub("", self._text, count=1) if self._text.startswith("::") else self._text
        text = _MARKUP.sub("", text, count=1)
        begin, end = text.find("{"), text.rfind("}")
        if begin < 0:
            return None
        before, behind = _plain(text[:begin]), _plain(text[end + 1 :]) if end > begin else ""
        sketch.text = f"{before} {_GAP} {behind}" if behind else before
        if end < begin:
            sketch.mistakes.append(Mistake(sketch.line, "options", "missing"))
            return sketch
        inside, _mark, general = text[begin + 1 : end].partition("####")
        self._fill(inside.strip())
        if general.strip():
            sketch.explanation = _plain(general)
        return sketch

    def _fill(self, inside: str) -> None:
        sketch = self._sketch
        word, _mark, feedback = inside.partition("#")
        truth = word.strip().casefold()
        if not inside:
            sketch.key = Essay()
        elif truth in ("t", "true", "f", "false"):
            sketch.key = TrueFalse(truth[0] == "t")
            sketch.explanation = _plain(feedback.partition("#")[0])
        elif inside.startswith("#"):
            sketch.key = self._number(inside[1:])
        else:
            self._choose(_answers(inside))

    def _choose(self, answers: Sequence[_Answer]) -> None:
        sketch = self._sketch
        if answers and all(answer.is_equal for answer in answers):
            sketch.key = self._matching(answers) if any("->" in each.text for each in answers) else _short(answers)
            if isinstance(sketch.key, Short):
                sketch.explanation = next((_plain(each.feedback) for each in answers if each.feedback.strip()), "")
            return
        # Moodle's own rule: where no answer has `=` but some have a share of the whole, several may be chosen.
        is_several = any(each.percent is not None for each in answers) and not any(each.is_equal for each in answers)
        for answer in answers:
            is_right = answer.percent > 0 if answer.percent is not None else answer.is_equal
            sketch.options.append(SketchedOption(_plain(answer.text), sketch.line, is_right=is_right))
            if is_right and answer.feedback.strip() and not sketch.explanation:
                sketch.explanation = _plain(answer.feedback)
        if is_several:
            sketch.key = Multiple(frozenset(place for place, each in enumerate(sketch.options) if each.is_right))

    def _matching(self, answers: Sequence[_Answer]) -> Key | None:
        sides = [answer.text.partition("->") for answer in answers]
        lefts = [(_plain(left), _plain(right)) for left, _arrow, right in sides if _plain(left)]
        others = [_plain(right) for left, _arrow, right in sides if not _plain(left)]
        self._sketch.options = [SketchedOption(left, self._sketch.line) for left, _right in lefts]
        # The same right side of two left ones is one that our kind does not have: the rules say so.
        rights = [right for _left, right in lefts] + others
        if not all(rights):
            self._sketch.mistakes.append(Mistake(self._sketch.line, "rights", "empty"))
            return None
        return Matching(tuple(Text({self._language: right}) for right in rights))

    def _number(self, inside: str) -> Key | None:
        """`3.14:0.01`, `1..5`, or several of them with percents: the first that is right counts."""
        answers = [answer for answer in _answers(inside) if answer.is_equal] if "=" in inside else []
        whole = [each for each in answers if each.percent is None or each.percent >= _ALL] or answers
        if whole:
            written, feedback = whole[0].text, whole[0].feedback
        else:
            written, _mark, feedback = inside.partition("#")
        self._sketch.explanation = _plain(feedback)
        key = _range(written)
        if key is None:
            self._sketch.mistakes.append(Mistake(self._sketch.line, "number", "not_a_number"))
        return key


def _range(written: str) -> Number | None:
    if ".." in written:
        low, high = (number_in(_plain(side)) for side in written.split("..", 1))
        return Number((low + high) / 2, (high - low) / 2) if low is not None and high is not None else None
    value, _colon, tolerance = written.partition(":")
    number = number_in(_plain(value))
    around = number_in(_plain(tolerance)) if tolerance.strip() else Decimal(0)
    return Number(number, around) if number is not None and around is not None else None


def _answers(inside: str) -> Sequence[_Answer]:
    answers: list[_Answer] = []
    for match in _ANSWERS.finditer(inside):
        text = match[2].strip()
        percent = _PERCENT.match(text)
        text, _mark, feedback = (text[percent.end() :] if percent else text).partition("#")
        answers.append(
            _Answer(match[1] == "=", Decimal(percent[1]) if percent else None, _MARKUP.sub("", text, count=1), feedback)
        )
    return answers


def _short(answers: Sequence[_Answer]) -> Key:
    whole = [each for each in answers if each.percent is None or each.percent >= _ALL]
    return Short(tuple(_plain(each.text) for each in whole or answers))
