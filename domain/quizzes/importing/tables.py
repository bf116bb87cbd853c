"""Tests in a table: a row a question, with a row of headings in one of our languages, or none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.courses.exchange.cells import from_cell, from_lines
from domain.folding import fold
from domain.language import Language, Text
from domain.quizzes.importing.letters import LATIN, STYLES, place_of
from domain.quizzes.importing.lines import whole_in
from domain.quizzes.importing.model import Mistake, ReadTest, TestFormat
from domain.quizzes.importing.signs import number_key, pair_in
from domain.quizzes.importing.sketch import (
    EMPHASIS_BEGINS,
    Sketch,
    SketchedOption,
    finished,
    truth_in,
    without_emphasis,
)
from domain.quizzes.keys import Essay, Matching, Multiple, Ordering, QuestionKind, Short, Single, TrueFalse

_HEADINGS: dict[str, tuple[str, ...]] = {
    "question": (
        "Savol", "Savollar", "Savol matni", "Test savoli", "Test topshirig‘i", "Савол", "Савол матни", "Вопрос",
        "Вопросы", "Текст вопроса", "Question", "Question text",
    ),
    "right": (
        "To‘g‘ri javob", "To‘g‘ri javobi", "To‘g‘ri", "Javob", "Kalit", "To‘g‘ri variant", "Тўғри жавоб", "Жавоб",
        "Калит", "Правильный ответ", "Верный ответ", "Правильный", "Ответ", "Ключ", "Right answer", "Correct answer",
        "Correct", "Answer", "Key", "Right",
    ),
    "wrong": (
        "Noto‘g‘ri javob", "Muqobil javob", "Нотўғри жавоб", "Муқобил жавоб", "Неправильный ответ", "Неверный ответ",
        "Альтернативный ответ", "Wrong answer", "Distractor",
    ),
    "option": ("Variant", "Javob varianti", "Вариант", "Вариант ответа", "Жавоб варианти", "Option", "Choice"),
    "explanation": ("Izoh", "Tushuntirish", "Yechim", "Изоҳ", "Пояснение", "Объяснение", "Explanation", "Feedback"),
    "topic": ("Mavzu", "Bo‘lim", "Мавзу", "Бўлим", "Тема", "Раздел", "Topic", "Section", "Category"),
    "difficulty": ("Qiyinlik", "Qiyinlik darajasi", "Қийинлик", "Сложность", "Difficulty", "Level"),
    "points": ("Ball", "Балл", "Баллы", "Points", "Point", "Score"),
    "kind": ("Tur", "Turi", "Savol turi", "Тури", "Тип", "Тип вопроса", "Вид", "Kind", "Type", "Question type"),
    "source": ("Manba", "Манба", "Источник", "Source"),
    "number": ("№", "#", "T/r", "Т/р", "Raqam", "Tartib raqami", "№ п/п", "п/п", "Номер", "No", "Number", "ID"),
}  # fmt: skip
_COLUMNS = {fold(word).strip(" ."): name for name, words in _HEADINGS.items() for word in words}
_NUMBER_OF_COLUMN = re.compile(r"\s*[-–]?\s*№?\s*\d{1,2}\s*[-–.)]?\s*|\s+[^\W\d_][).]?$")
_KINDS: dict[str, QuestionKind] = {
    **{kind.value: kind for kind in QuestionKind},
    **{
        fold(word): kind
        for kind, words in {
            QuestionKind.SINGLE: ("Bitta javob", "Один ответ", "Bir javobli", "Single choice"),
            QuestionKind.MULTIPLE: ("Ko‘p javobli", "Несколько ответов", "Multiple choice"),
            QuestionKind.TRUE_FALSE: ("To‘g‘ri/noto‘g‘ri", "Верно/неверно", "True/false"),
            QuestionKind.SHORT: ("Qisqa javob", "Краткий ответ", "Short answer"),
            QuestionKind.NUMBER: ("Son", "Число", "Numeric", "Numerical"),
            QuestionKind.MATCHING: ("Moslashtirish", "Соответствие", "Match"),
            QuestionKind.ORDERING: ("Tartiblash", "Порядок", "Order"),
            QuestionKind.ESSAY: ("Insho", "Эссе", "Open"),
        }.items()
        for word in words
    },
}
_MARKS = "*✓✔✅☑"
_LONGEST_HEADING = 40
_MOST_LETTERS = 6
"""In one piece: `ABD`."""


@dataclass(slots=True)
class _Columns:
    names: Mapping[str, int] = field(default_factory=dict[str, int])
    options: Sequence[int] = ()
    has_wrong: bool = False


def read_table(rows: Sequence[Sequence[str]], language: Language) -> ReadTest:
    """Lines are rows, counting from 1. A row without a question is passed over. Never raises."""
    filled = [
        (number, [cell.strip() for cell in row]) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))
    ]
    columns, begin = _headed(filled)
    if columns is None:
        columns, begin = _guessed([cells for _number, cells in filled]), 0
    body = filled[begin:]
    if columns is None:
        return ReadTest(format=TestFormat.TABLE, questions=())
    counts_places = _counts_places([cells for _number, cells in body], columns)
    sketches = [_sketch(number, cells, columns, language, counts_places=counts_places) for number, cells in body]
    questions = tuple(finished(sketch, language, asks=True) for sketch in sketches if sketch is not None)
    return ReadTest(format=TestFormat.TABLE, questions=questions)


def _headed(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[_Columns | None, int]:
    """The columns by their headings, which a title or two may precede."""
    for index, (_number, cells) in enumerate(rows[:5]):
        names: dict[str, int] = {}
        options: list[int] = []
        has_wrong = False
        for place, cell in enumerate(cells):
            name = _name_of(cell)
            if name in ("option", "wrong"):
                options.append(place)
                has_wrong |= name == "wrong"
            elif name is not None:
                names.setdefault(name, place)
        if "question" in names and (options or "right" in names):
            return _Columns(names, options, has_wrong), index + 1
    return None, 0


def _name_of(heading: str) -> str | None:
    if not heading or len(heading) > _LONGEST_HEADING:
        return None
    word = fold(without_emphasis(heading)).strip(" .:*")
    if word in _COLUMNS:
        return _COLUMNS[word]
    bare = word.strip("().")
    if len(bare) == 1 and bare.isalpha() and any(place_of(bare, style) >= 0 for style in STYLES):
        return "option"
    base = _COLUMNS.get(_NUMBER_OF_COLUMN.sub("", word).strip(" .:-"))
    # `Javob 1` beside `To‘g‘ri javob` is an option; so is `Variant A`.
    return "option" if base == "right" else base


def _guessed(rows: Sequence[Sequence[str]]) -> _Columns | None:
    """Without headings: maybe a number, the question, its options, and a letter or number of the right one."""
    wide = [row for row in rows if sum(map(bool, row)) >= 3]
    if not wide or len(wide) * 2 < len(rows):
        return None
    first = 1 if all(row[0].rstrip(".)").isdecimal() for row in wide) else 0
    last = max(map(len, wide)) - 1
    keyed = all(len(row) > last and _is_short_key(row[last]) for row in wide)
    options = range(first + 1, last if keyed else last + 1)
    return _Columns({"question": first, **({"right": last} if keyed else {})}, list(options)) if options else None


def _is_short_key(cell: str) -> bool:
    bare = cell.strip(" .)")
    return len(bare) == 1 and (bare.isdecimal() or bare.isalpha())


def _cell(cells: Sequence[str], place: int | None) -> str:
    return from_cell(cells[place]).strip() if place is not None and place < len(cells) else ""


def _counts_places(rows: Sequence[Sequence[str]], columns: _Columns) -> bool:
    """Whether the right answers are numbers of options in every row; else they may be the texts of options."""
    values = [value for cells in rows if (value := _cell(cells, columns.names.get("right")))]
    most = len(columns.options)
    return all(
        parts and all(part.isdecimal() and 1 <= int(part[:4]) <= most for part in parts)
        for parts in map(_parts, values)
    )


def _parts(right: str) -> Sequence[str]:
    """`A, C`, `1;3` or `B)` in its pieces."""
    return [bare for part in re.split(r"[,;\n/\s]", right) if (bare := part.strip(" .)"))]


def _sketch(
    number: int, cells: Sequence[str], columns: _Columns, language: Language, *, counts_places: bool
) -> Sketch | None:
    def named(name: str) -> str:
        return _cell(cells, columns.names.get(name))

    options = [text for place in columns.options if (text := _cell(cells, place))]
    right = named("right")
    if not named("question") and not options and not right:
        return None
    sketch = Sketch(
        line=number,
        text=named("question"),
        explanation=named("explanation"),
        topic=named("topic"),
        source=named("source"),
        options=[SketchedOption(text, number) for text in options],
    )
    if named("difficulty"):
        sketch.difficulty = whole_in(named("difficulty")) or 0
    if named("points"):
        sketch.points = whole_in(named("points")) or 0
    kind = _KINDS.get(fold(named("kind")))
    if kind is None and not options and right:
        kind = QuestionKind.NUMBER if number_key(right) else QuestionKind.SHORT
    if kind is None and not options and columns.has_wrong:
        kind = QuestionKind.SHORT
    if kind in (None, QuestionKind.SINGLE, QuestionKind.MULTIPLE) or (kind is QuestionKind.TRUE_FALSE and options):
        _choose(sketch, right, columns, counts_places=counts_places, has_kind=kind is not None)
        _keep_kind(sketch, kind)
    else:
        _fill(sketch, kind, right, language)
    return sketch


def _choose(sketch: Sketch, right: str, columns: _Columns, *, counts_places: bool, has_kind: bool) -> None:
    if not right:
        for option in sketch.options:
            _mark(option)
        return
    options = sketch.options
    if columns.has_wrong:
        options.insert(0, SketchedOption(right, sketch.line, is_right=True))
        return
    places = _places(right, options, counts_places=counts_places, has_kind=has_kind)
    if places is None:
        sketch.mistakes.append(Mistake(sketch.line, "correct", "unknown"))
        return
    for place in places:
        options[place].is_right = True


def _mark(option: SketchedOption) -> None:
    option.is_emphasised = EMPHASIS_BEGINS in option.text
    text = without_emphasis(option.text).strip()
    if len(text) > 1 and (text[-1] in _MARKS or text[0] in _MARKS):
        option.text, option.is_right = text.strip(_MARKS + " "), True


def _keep_kind(sketch: Sketch, kind: QuestionKind | None) -> None:
    """What the table calls its kind stays so, however many options are right and whatever they say."""
    right = frozenset(place for place, option in enumerate(sketch.options) if option.is_right)
    if kind is QuestionKind.MULTIPLE and right:
        sketch.key = Multiple(right)
    elif kind is QuestionKind.SINGLE and len(right) == 1:
        sketch.key = Single(next(iter(right)))


def _places(
    right: str, options: Sequence[SketchedOption], *, counts_places: bool, has_kind: bool
) -> Sequence[int] | None:
    """Of the right options. Whoever names the kind of a question, as exports do, names options by their letters."""
    parts = _parts(right)
    by_number = [int(part[:4]) - 1 for part in parts] if all(part.isdecimal() for part in parts) else []
    by_letter = [place_of(part, LATIN) for part in _letters(parts)]
    texts = [fold(option.text) for option in options]
    by_text = [texts.index(fold(right))] if texts.count(fold(right)) == 1 else []
    orders = [by_number, by_text, by_letter] if counts_places else [by_text, by_letter, by_number]
    for found in [by_letter, *orders] if has_kind else orders:
        if found and all(0 <= place < len(options) for place in found):
            return found
    for each in (right.split("\n"), right.split(";")):
        wanted = [fold(text) for text in each if text.strip()]
        if wanted and all(texts.count(text) == 1 for text in wanted):
            return [texts.index(text) for text in wanted]
    return None


def _letters(parts: Sequence[str]) -> str:
    is_letters = all(part.isalpha() for part in parts) and max(map(len, parts), default=0) <= _MOST_LETTERS
    return "".join(parts) if is_letters else ""


def _fill(sketch: Sketch, kind: QuestionKind, right: str, language: Language) -> None:
    match kind:
        case QuestionKind.TRUE_FALSE:
            is_true = truth_in(right)
            if is_true is None:
                sketch.mistakes.append(Mistake(sketch.line, "correct", "missing" if not right else "unknown"))
            else:
                sketch.key = TrueFalse(is_true)
        case QuestionKind.SHORT:
            sketch.options = []
            sketch.key = Short(tuple(from_lines(right)))
        case QuestionKind.NUMBER:
            sketch.options = []
            sketch.key = number_key(right)
            if sketch.key is None:
                sketch.mistakes.append(Mistake(sketch.line, "number", "not_a_number"))
        case QuestionKind.ORDERING:
            sketch.key = Ordering()
        case QuestionKind.MATCHING:
            _match(sketch, right, language)
        case _:
            sketch.options = []
            sketch.key = Essay(Text({language: right}) if right else None)


def _match(sketch: Sketch, right: str, language: Language) -> None:
    """Right sides in their own cell, a line for each; or `left => right` in the cells of the options."""
    rights = from_lines(right)
    if not rights:
        pairs = [pair_in(option.text) for option in sketch.options]
        if None in pairs:
            sketch.mistakes.append(Mistake(sketch.line, "rights", "empty"))
            return
        whole = [pair for pair in pairs if pair is not None]
        sketch.options = [SketchedOption(left, sketch.line) for left, _right in whole if left]
        rights = [right for left, right in whole if left] + [right for left, right in whole if not left]
    if not all(each.strip() for each in rights):
        sketch.mistakes.append(Mistake(sketch.line, "rights", "empty"))
        return
    sketch.key = Matching(tuple(Text({language: each}) for each in rights))
