"""Tests with lettered options: the right one has a star, stands out, or is named by a line of answers.

One pass over the lines, and each line is looked at a bounded number of times.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from domain.folding import fold
from domain.language import Language
from domain.quizzes.importing.keyline import Section, sections_of
from domain.quizzes.importing.letters import LATIN, STYLES, place_of, styles_with
from domain.quizzes.importing.lines import labelled, lines_of, whole_in
from domain.quizzes.importing.model import Mistake, ReadQuestion, TestFormat
from domain.quizzes.importing.sketch import (
    EMPHASIS_BEGINS,
    EMPHASIS_ENDS,
    Sketch,
    SketchedOption,
    finished,
    without_emphasis,
)

_STARS = "*✓✔✅☑"
_E = f"[{EMPHASIS_BEGINS}{EMPHASIS_ENDS}]*"
_WORD = r"(?:savol|савол|вопрос|question|test|тест|topshiriq|топшириқ|задание)"
_NUMBERED = re.compile(
    rf"{_E}(?:{_WORD}\s*)?(?:[№#]\s*)?([0-9]{{1,4}})\s*(?:[-–]?\s*{_WORD}\b\s*[.:)]*|([.)])(?![0-9])|[-–](?![0-9])|\)|:)\s*"
    rf"|{_E}{_WORD}\s*(?:[№#]\s*)?([0-9]{{1,4}})(?![0-9])\s*[.:)]*\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:№?\s?[0-9IVXivx]{1,4}\s?[-–.)]?\s?)?(?:variant|вариант|bilet|билет|qism|қисм|часть)\b\s?№?[\s:-]?[0-9IVX]{0,4}[.:]?",
    re.IGNORECASE,
)
"""`1-variant`, `Вариант 2`."""
_TIGHT = re.compile(rf"{_E}([0-9]{{1,4}})\.\s*")
_OPTION = re.compile(rf"{_E}(?P<mark>[{_STARS}+#]?)\s*{_E}[(\[]?(?P<letter>[^\W\d_])\s*(?P<behind>[).:\]])\s*{_E}")
_BULLET = re.compile(rf"{_E}(?P<mark>)(?P<letter>)(?P<behind>)[•▪●○◦·∙]\s*")
_INLINE = re.compile(rf"(?<=\s)({_E})(?P<mark>[{_STARS}+#]?)\s?({_E})\(?(?P<letter>[^\W\d_])\s?\)\s*")
_FULL_OF_DOTS = re.compile(rf"(?<=\s)({_E})(?P<mark>[{_STARS}+#]?)\s?({_E})\(?(?P<letter>[^\W\d_])\s?[.)]\s*")
_RIGHT_WORDS = frozenset(
    map(fold, ("+", "to‘g‘ri", "to‘g‘ri javob", "верно", "правильно", "правильный ответ", "верный ответ", "right",
               "correct", "true"))
)  # fmt: skip
"""In brackets behind an option. Folded, so that they are in every alphabet."""
_LONGEST_WORDS = 24


@dataclass(slots=True)
class _Begun:
    sketch: Sketch
    number: int | None = None
    lines: list[str] = field(default_factory=list[str])
    items: int = 0
    """How many numbered statements its text has so far."""
    styles: tuple[str, ...] = STYLES
    answer: tuple[int, str] | None = None
    is_dotted: bool = False

    @property
    def style(self) -> str:
        return self.styles[0] if self.styles else LATIN


def read_lettered(text: str, language: Language, *, is_wrapped: bool = False) -> tuple[TestFormat, list[ReadQuestion]]:
    """KEYED if a line of answers was needed. `is_wrapped`: its lines were broken by a page's width. Never raises."""
    lines = lines_of(text)
    plain = [without_emphasis(line) for line in lines]
    questions: list[ReadQuestion] = []
    form = TestFormat.LETTERS
    for section in sections_of(plain):
        begun = list(_questions(lines, section, "\n" if not is_wrapped else " "))
        if _take_key(begun, section):
            form = TestFormat.KEYED
        _settle(begun)
        questions += [finished(each.sketch, language, asks=True) for each in begun]
    return form, questions


def _take_key(begun: Sequence[_Begun], section: Section) -> bool:
    """Whether an answer came from the key. One that only lists letters counts if it has one for each question: of
    any other nobody knows where it slips."""
    listed = section.listed if len(section.listed) == len(begun) else ()
    is_used = False
    for place, each in enumerate(begun):
        letters = section.numbered.get(each.number if each.number is not None else place + 1)
        if letters is None and listed:
            letters = listed[place]
        if letters is None or each.answer is not None or any(option.is_right for option in each.sketch.options):
            continue
        each.answer = (each.sketch.line, letters)
        is_used = True
    return is_used


def _questions(lines: Sequence[str], section: Section, between: str) -> Iterator[_Begun]:
    begins = _begins_of_options(lines, section)
    begun: _Begun | None = None
    topic = ""
    blank = is_first = True
    for index in range(section.begin, section.end):
        line = lines[index]
        if not line:
            blank = True
            continue
        was_blank, blank = blank, False
        plain = without_emphasis(line)
        told = labelled(plain)
        if (begun is None or begun.number is None or begun.sketch.options) and _HEADING.fullmatch(plain):
            continue
        if told is not None and told[0] == "topic" and (begun is None or begun.sketch.options):
            topic = told[1]
            continue
        if begun is not None and told is not None and begun.sketch.options and _tell(begun, index + 1, *told):
            continue
        option = _option_at(line, begun)
        if option is not None and begun is not None:
            _add_options(begun, index + 1, line, option, between)
            continue
        numbered = _number_at(line, begun, is_first=is_first)
        if numbered is not None:
            if begun is not None and (begun.number is not None or begun.sketch.options or not is_first):
                yield _closed(begun, between)
            is_first = False
            number, rest = numbered
            begun = _Begun(Sketch(line=index + 1, topic=topic), number)
            _add_text(begun, index + 1, rest, between)
        elif begun is None or (begun.sketch.options and begins[index - section.begin]):
            # Text that options follow, without a number of its own.
            is_first = is_first and begun is None
            if begun is not None:
                yield _closed(begun, between)
            begun = _Begun(Sketch(line=index + 1, topic=topic))
            _add_text(begun, index + 1, line, between)
        elif not begun.sketch.options:
            _add_text(begun, index + 1, line, between)
        elif not was_blank:
            begun.sketch.options[-1].text += between + line
    if begun is not None:
        yield _closed(begun, between)


def _begins_of_options(lines: Sequence[str], section: Section) -> Sequence[bool]:
    """For each line, whether a first option is the next thing behind it that has a number or a letter."""
    answers: list[bool] = []
    is_next = False
    for index in range(section.end - 1, section.begin - 1, -1):
        line = lines[index]
        match = _OPTION.match(line)
        if match is not None and styles_with(match["letter"], 0):
            answers.append(False)
            is_next = True
        elif match is not None or _NUMBERED.match(line) is not None:
            answers.append(False)
            is_next = False
        else:
            # Options on the line of the question itself.
            inline = next(_INLINE.finditer(line), None)
            answers.append(is_next or (inline is not None and bool(styles_with(inline["letter"], 0))))
    return answers[::-1]


def _tell(begun: _Begun, line: int, name: str, value: str) -> bool:
    match name:
        case "answer":
            begun.answer = (line, value)
        case "explanation":
            begun.sketch.explanation = f"{begun.sketch.explanation}\n{value}".strip()
        case "difficulty" | "points" if (said := whole_in(value)) is not None:
            if name == "points":
                begun.sketch.points = said
            else:
                begun.sketch.difficulty = said
        case _:
            return False
    return True


def _number_at(line: str, begun: _Begun | None, *, is_first: bool) -> tuple[int, str] | None:
    """The number of a question that begins here, and what is behind it."""
    match = _NUMBERED.match(line)
    if match is None:
        tight = _TIGHT.match(line)
        if tight is None or begun is None or begun.number is None or not begun.sketch.options:
            return None
        return (int(tight[1]), line[tight.end() :]) if int(tight[1]) == begun.number + 1 else None
    number = int(match[1] or match[3])
    if begun is not None and not begun.sketch.options and begun.lines:
        if begun.number is None and is_first and number == 1:
            # What stood before it was the heading of the test.
            return number, line[match.end() :]
        # Statements of the question that is being asked: 1) … 2) …
        if number == begun.items + 1 and (begun.items or number == 1):
            begun.items += 1
            return None
        if begun.number is None or number != begun.number + 1:
            return None
    return number, line[match.end() :]


def _option_at(line: str, begun: _Begun | None) -> re.Match[str] | None:
    """The first option of the line, if the line begins with one."""
    match = _OPTION.match(line) or _BULLET.match(line)
    if match is None or begun is None:
        return None
    place = len(begun.sketch.options)
    letter = match["letter"]
    if not letter:
        return match
    if place and match["behind"] in ".:" and styles_with(letter, 0) and begun.is_dotted and place == 1:
        # `A. Navoiy` in the question, and only then the options: the first one was none.
        first = begun.sketch.options.pop()
        begun.lines.append(f"A. {first.text}")
        place = 0
    if styles_with(letter, place, begun.styles):
        return match
    # Letters that repeat or skip are still letters, unless a name could begin so.
    is_in_order = bool(place) and match["behind"] in ")]"
    return match if is_in_order and any(place_of(letter, style) >= 0 for style in STYLES) else None


def _add_text(begun: _Begun, line: int, text: str, between: str) -> None:
    """A line of the question; its options may stand on it as well."""
    if begun.sketch.options:
        begun.sketch.options[-1].text += between + text
        return
    padded = f" {text}"
    found = [match for match in _INLINE.finditer(padded) if match["letter"]]
    chain = _chain(found, 0, STYLES)
    if len(chain) < 2 and not (chain and chain[0].start() <= 1):
        begun.lines.append(text)
        return
    begun.lines.append(padded[: chain[0].start()].strip())
    _add_chain(begun, line, padded, chain)


def _add_options(begun: _Begun, line: int, text: str, first: re.Match[str], between: str) -> None:
    begun.is_dotted = first["behind"] == "."
    if not first["letter"]:
        begun.sketch.options.append(SketchedOption(text, line))
        begun.sketch.options[-1].text = text[first.end() :]
        return
    place = len(begun.sketch.options)
    pattern = _FULL_OF_DOTS if begun.is_dotted else _INLINE
    rest = [match for match in pattern.finditer(text, first.end()) if match["letter"]]
    styles = styles_with(first["letter"], place, begun.styles) or begun.styles
    _add_chain(begun, line, text, [first, *_chain(rest, place + 1, styles)])


def _chain(found: Sequence[re.Match[str]], place: int, styles: tuple[str, ...]) -> list[re.Match[str]]:
    """Those whose letters go on in order."""
    chain: list[re.Match[str]] = []
    for match in found:
        possible = styles_with(match["letter"], place + len(chain), styles)
        if possible:
            styles = possible
            chain.append(match)
    return chain


def _add_chain(begun: _Begun, line: int, text: str, chain: Sequence[re.Match[str]]) -> None:
    for match, following in zip(chain, [*chain[1:], None], strict=True):
        end = following.start() if following is not None else len(text)
        place = len(begun.sketch.options)
        begun.styles = styles_with(match["letter"], place, begun.styles) or begun.styles
        # What is emphasised may begin before the letter.
        opened = EMPHASIS_BEGINS if _is_open(text[: match.end()]) else ""
        begun.sketch.options.append(
            SketchedOption(opened + text[match.end() : end].strip(), line, is_right=bool(match["mark"]))
        )


def _is_open(text: str) -> bool:
    return text.rfind(EMPHASIS_BEGINS) > text.rfind(EMPHASIS_ENDS)


def _closed(begun: _Begun, between: str) -> _Begun:
    begun.sketch.text = between.join(begun.lines).strip()
    options = begun.sketch.options
    for option in options:
        _mark(option)
    plus = [option for option in options if option.text.endswith(" +")]
    if len(plus) == 1 and not any(option.is_right for option in options):
        plus[0].text, plus[0].is_right = plus[0].text[:-2].rstrip(), True
    if sum(option.text.endswith(";") for option in options) >= max(len(options) - 1, 1):
        if options[-1].text.endswith(".") and not options[0].text.endswith(".;"):
            options[-1].text = options[-1].text[:-1]
        for option in options:
            option.text = option.text.rstrip("; ")
    return begun


def _mark(option: SketchedOption) -> None:
    """What marks an option goes out of its text."""
    inside = outside = 0
    is_inside = False
    for piece in re.split(f"([{EMPHASIS_BEGINS}{EMPHASIS_ENDS}])", option.text):
        if piece in (EMPHASIS_BEGINS, EMPHASIS_ENDS):
            is_inside = piece == EMPHASIS_BEGINS
        elif is_inside:
            inside += len(piece.strip(" .;,"))
        else:
            outside += len(piece.strip(" .;,"))
    option.is_emphasised = inside > outside
    text = without_emphasis(option.text).strip()
    before, bracket, words = text.rpartition("(")
    if bracket and len(words) < _LONGEST_WORDS and words.endswith(")") and fold(words[:-1]) in _RIGHT_WORDS:
        text, option.is_right = before.rstrip(), True
    bare = text.rstrip(";. ")
    if bare[-1:] in tuple(_STARS):
        text, option.is_right = bare.rstrip(_STARS + " "), True
    elif text[:1] in tuple(_STARS) and len(text) > 1:
        text, option.is_right = text.lstrip(_STARS + " "), True
    option.text = text.strip()


def _settle(begun: Sequence[_Begun]) -> None:
    """The answers that lines below the questions or the key have named."""
    for each in begun:
        if each.answer is None:
            continue
        line, value = each.answer
        options = each.sketch.options
        places = _places(value, each)
        if places is None:
            each.sketch.mistakes.append(Mistake(line, "correct", "unknown"))
        else:
            for place in places:
                options[place].is_right = True


def _places(value: str, begun: _Begun) -> Sequence[int] | None:
    """Of the right options: letters, `B) 30`, or the text of one. None when it names no option."""
    options = begun.sketch.options
    folded = fold(value).strip(" .;")
    named = [place for place, option in enumerate(options) if fold(option.text).strip(" .;") == folded]
    letters = [letter for letter in re.split(r"[\s,;.)(]+|\bva\b|\bва\b|\bи\b|\band\b", value) if letter]
    if letters and all(letter.isalpha() for letter in letters) and (len(letters) > 1 or len(value) <= 7):
        joined = "".join(letters) if all(len(letter) == 1 for letter in letters) or len(letters) == 1 else ""
        places = [place_of(letter, begun.style) for letter in joined]
        if places and all(0 <= place < len(options) for place in places):
            return places
    if len(named) == 1:
        return named
    head = re.match(r"\(?([^\W\d_])\s*[).\]:\-–]", value)
    if head is not None and 0 <= (place := place_of(head[1], begun.style)) < len(options):
        return [place]
    return None
