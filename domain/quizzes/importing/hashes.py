"""Tests as the examination systems of universities take them: `++++` between questions, `====` between a question and
its options, `#` before the right option."""

import re
from collections.abc import Iterator, Sequence

from domain.language import Language
from domain.quizzes.importing.lines import lines_of
from domain.quizzes.importing.model import ReadQuestion
from domain.quizzes.importing.sketch import Sketch, SketchedOption, finished, without_emphasis

_BETWEEN_QUESTIONS = re.compile(r"\+{3,}")
_BETWEEN_OPTIONS = re.compile(r"={3,}")
_NUMBER = re.compile(r"[0-9]{1,4}\s*[.)](?![0-9])\s*")
_MOST_NUMBERED = 0.8


def looks_like_hashes(lines: Sequence[str]) -> bool:
    return any(map(_is_option_line, lines)) and any(line.lstrip("=+ ").startswith("#") for line in lines)


def read_hashes(text: str, language: Language) -> Sequence[ReadQuestion]:
    """Never raises."""
    sketches = list(_sketches([without_emphasis(line) for line in lines_of(text)]))
    matches = [_NUMBER.match(sketch.text) for sketch in sketches]
    if sum(match is not None for match in matches) >= _MOST_NUMBERED * len(sketches):
        for sketch, match in zip(sketches, matches, strict=True):
            sketch.text = sketch.text[match.end() :] if match is not None else sketch.text
    return [finished(sketch, language) for sketch in sketches]


def _is_option_line(line: str) -> bool:
    return _BETWEEN_OPTIONS.match(line) is not None


def _sketches(lines: Sequence[str]) -> Iterator[Sketch]:
    parts: list[tuple[int, list[str]]] = [(0, [])]
    for number, raw in enumerate([*lines, "++++"], start=1):
        between = _BETWEEN_QUESTIONS.match(raw)
        if between is not None:
            if any(any(part) for _line, part in parts):
                yield _sketch(parts)
            parts, line = [(0, list[str]())], raw[between.end() :].strip()
        elif (mark := _BETWEEN_OPTIONS.match(raw)) is not None:
            parts.append((0, []))
            line = raw[mark.end() :].strip()
        else:
            line = raw
        if line or parts[-1][1]:
            begin, kept = parts[-1]
            kept.append(line)
            parts[-1] = (begin or number, kept)


def _sketch(parts: Sequence[tuple[int, list[str]]]) -> Sketch:
    texts = [(line, "\n".join(kept).strip()) for line, kept in parts]
    begin = next(line for line, _text in texts if line)
    # A line of separators below the last option begins no option.
    while len(texts) > 1 and not texts[-1][1]:
        texts.pop()
    options = [
        SketchedOption(text.removeprefix("#").strip(), line or begin, is_right=text.startswith("#"))
        for line, text in texts[1:]
    ]
    return Sketch(line=begin, text=texts[0][1], options=options)
