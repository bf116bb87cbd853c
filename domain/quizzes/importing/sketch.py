"""A question as a reader of some format has found it, before the rules of questions have seen it."""

from dataclasses import dataclass, field, replace

from domain.errors import InvalidInput
from domain.folding import fold
from domain.language import Language, Text
from domain.quizzes.draft import MAX_OPTION, QuestionDraft
from domain.quizzes.importing.model import Mistake, ReadQuestion
from domain.quizzes.keys import Key, Multiple, Single, TrueFalse

EMPHASIS_BEGINS, EMPHASIS_ENDS = "\ue000", "\ue001"
"""Around what a document shows in bold, underlined, coloured or highlighted; of private use: nobody types it."""
_EMPHASIS = str.maketrans("", "", EMPHASIS_BEGINS + EMPHASIS_ENDS)
_EXCERPT = 80

_TRUE = frozenset(map(fold, ("To‘g‘ri", "Rost", "Ha", "Верно", "Правда", "Да", "Правильно", "True", "Yes")))
_FALSE = frozenset(
    map(fold, ("Noto‘g‘ri", "Yolg‘on", "Yo‘q", "Неверно", "Не верно", "Ложь", "Нет", "Неправильно", "False", "No"))
)
_LONGEST_WORD = 20


@dataclass(slots=True)
class SketchedOption:
    text: str
    line: int
    is_right: bool = False
    is_emphasised: bool = False


@dataclass(slots=True)
class Sketch:
    line: int
    text: str = ""
    options: list[SketchedOption] = field(default_factory=list[SketchedOption])
    key: Key | None = None
    """Of a question that is no choice."""
    explanation: str = ""
    topic: str = ""
    difficulty: int | None = None
    points: int = 1
    source: str = ""
    mistakes: list[Mistake] = field(default_factory=list[Mistake])
    """What the format itself says is wrong."""


def without_emphasis(text: str) -> str:
    return text.translate(_EMPHASIS)


def finished(sketch: Sketch, language: Language, *, asks: bool = False) -> ReadQuestion:
    """The sketch as a question that passed the rules, or what is wrong with it, with the line.

    `asks`: a choice that is whole but for its key is kept, to be asked for.
    """
    excerpt = without_emphasis(sketch.text).strip()[:_EXCERPT]
    if sketch.mistakes:
        return ReadQuestion(line=sketch.line, excerpt=excerpt, draft=None, mistakes=tuple(sketch.mistakes))
    try:
        return _taken(sketch, excerpt, language, asks=asks)
    except InvalidInput as error:
        mistake = Mistake(_line_of(sketch, error), error.field, error.reason)
        return ReadQuestion(line=sketch.line, excerpt=excerpt, draft=None, mistakes=(mistake,))


def _taken(sketch: Sketch, excerpt: str, language: Language, *, asks: bool) -> ReadQuestion:
    def kept(text: str) -> Text | None:
        written = without_emphasis(text).strip()
        return Text({language: written}) if written else None

    draft = QuestionDraft(
        text=Text({language: without_emphasis(sketch.text)}),
        options=tuple(Text({language: without_emphasis(option.text)}) for option in sketch.options),
        key=sketch.key or Single(0),
        explanation=kept(sketch.explanation),
        topic=without_emphasis(sketch.topic) or None,
        difficulty=sketch.difficulty,
        points=sketch.points,
        source=without_emphasis(sketch.source) or None,
    )
    if sketch.key is not None:
        return ReadQuestion(line=sketch.line, excerpt=excerpt, draft=draft.checked())
    if not sketch.options:
        # An empty question is said to be empty, whatever else it lacks.
        draft_text_is_empty = not draft.text.read_in(language).strip()
        raise InvalidInput("question", "empty") if draft_text_is_empty else InvalidInput("options", "missing")
    whole = draft.checked()
    right = _right_options(sketch)
    if not right:
        if asks:
            return ReadQuestion(line=sketch.line, excerpt=excerpt, draft=None, keyless=whole)
        raise InvalidInput("correct", "missing")
    return ReadQuestion(line=sketch.line, excerpt=excerpt, draft=_with_key(whole, right, language))


def _right_options(sketch: Sketch) -> frozenset[int]:
    """What is marked as right; else what stands out, unless everything does."""
    marked = frozenset(index for index, option in enumerate(sketch.options) if option.is_right)
    if marked:
        return marked
    shown = frozenset(index for index, option in enumerate(sketch.options) if option.is_emphasised)
    return shown if len(shown) < len(sketch.options) else frozenset()


def _with_key(draft: QuestionDraft, right: frozenset[int], language: Language) -> QuestionDraft:
    is_true = _truth(draft, right, language)
    if is_true is not None:
        return replace(draft, options=(), key=TrueFalse(is_true)).checked()
    key = Single(next(iter(right))) if len(right) == 1 else Multiple(right)
    return replace(draft, key=key)


def _truth(draft: QuestionDraft, right: frozenset[int], language: Language) -> bool | None:
    """Whether the statement is true, if the two options say nothing else."""
    texts = [option.read_in(language) for option in draft.options]
    if len(texts) != 2 or len(right) != 1 or any(len(text) > _LONGEST_WORD for text in texts):
        return None
    words = [truth_in(text) for text in texts]
    chosen = words[next(iter(right))]
    return chosen if None not in words and words[0] != words[1] else None


def truth_in(word: str) -> bool | None:
    folded = fold(word).strip(" .;")
    return True if folded in _TRUE else False if folded in _FALSE else None


def _line_of(sketch: Sketch, error: InvalidInput) -> int:
    """Of the option that is wrong, if it is one; else where the question begins."""
    if error.field != "options":
        return sketch.line
    seen: set[str] = set()
    for option in sketch.options:
        text = without_emphasis(option.text).strip()
        is_it = {
            "empty": not text,
            "too_long": len(text) > MAX_OPTION,
            "duplicate": text.casefold() in seen,
        }.get(error.reason, False)
        if is_it:
            return option.line
        seen.add(text.casefold())
    return sketch.line
