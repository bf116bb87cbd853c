"""What a right answer is, for each kind of question, and what a given answer is worth.

A `Key` never leaves the server before the answer is stored; a `Response` is what a student sends. `share_of` compares
the two. Both speak of the question's options in the order in which they are kept, whatever order a screen shows.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from domain.folding import fold
from domain.language import Text


class QuestionKind(StrEnum):
    SINGLE = "single"
    """One right option of several."""
    MULTIPLE = "multiple"
    """Any number of right options."""
    TRUE_FALSE = "true_false"
    SHORT = "short"
    """A word or a few, typed."""
    NUMBER = "number"
    """A number within a tolerance, typed."""
    MATCHING = "matching"
    """To each left side its right side."""
    ORDERING = "ordering"
    """Items to be put into their order."""
    ESSAY = "essay"
    """A text that the teacher marks."""


CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE})
"""Answered by choosing options; the first two can be native quiz polls."""
TYPED = frozenset({QuestionKind.SHORT, QuestionKind.NUMBER, QuestionKind.ESSAY})
"""Answered by writing."""


@dataclass(frozen=True, slots=True)
class Single:
    """`correct` is the index of the right option, counting from 0."""

    correct: int


@dataclass(frozen=True, slots=True)
class Multiple:
    correct: frozenset[int]


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """Such a question has no options of its own; as a choice, 0 means true and 1 means false."""

    is_true: bool


@dataclass(frozen=True, slots=True)
class Short:
    """Each of the variants is right, whatever its case, alphabet and apostrophes."""

    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """Right from `value - tolerance` to `value + tolerance`, both included."""

    value: Decimal
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Matching:
    """`rights[i]` belongs to option `i`; what is behind them belongs to none and only misleads."""

    rights: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Ordering:
    """The options are kept in the right order."""


@dataclass(frozen=True, slots=True)
class Essay:
    """What the teacher looks for; students see it only with the mark."""

    guide: Text | None = None


Key = Single | Multiple | TrueFalse | Short | Number | Matching | Ordering | Essay

_KINDS: dict[type[Key], QuestionKind] = {
    Single: QuestionKind.SINGLE,
    Multiple: QuestionKind.MULTIPLE,
    TrueFalse: QuestionKind.TRUE_FALSE,
    Short: QuestionKind.SHORT,
    Number: QuestionKind.NUMBER,
    Matching: QuestionKind.MATCHING,
    Ordering: QuestionKind.ORDERING,
    Essay: QuestionKind.ESSAY,
}


def kind_of(key: Key) -> QuestionKind:
    return _KINDS[type(key)]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen options; one of them for a single choice."""

    options: frozenset[int]


@dataclass(frozen=True, slots=True)
class Written:
    text: str


@dataclass(frozen=True, slots=True)
class Arranged:
    """Matching: the index of the right side for each left side. Ordering: the items' indexes, the first one first."""

    order: tuple[int, ...] = field(default=())


Response = Choice | Written | Arranged


def one(option: int) -> Choice:
    return Choice(frozenset({option}))


def only(response: Response | None) -> int | None:
    """The one option that was chosen; None for every other response."""
    if isinstance(response, Choice) and len(response.options) == 1:
        return next(iter(response.options))
    return None


MAX_WRITTEN = 4_000
"""Characters of a typed answer; an essay is one message of Telegram."""


def fits(key: Key, option_count: int, response: Response) -> bool:
    """Whether the response is one that a question with this key can get at all."""
    match key, response:
        case (Single(), Choice(options)):
            return len(options) == 1 and options <= set(range(option_count))
        case (TrueFalse(), Choice(options)):
            return len(options) == 1 and options <= {0, 1}
        case (Multiple(), Choice(options)):
            return bool(options) and options <= set(range(option_count))
        case (Short() | Number() | Essay(), Written(text)):
            return bool(text.strip()) and len(text) <= MAX_WRITTEN
        case (Matching(rights), Arranged(order)):
            return (
                len(order) == option_count
                and len(set(order)) == len(order)
                and all(0 <= index < len(rights) for index in order)
            )
        case (Ordering(), Arranged(order)):
            return sorted(order) == list(range(option_count))
        case _:
            return False


def share_of(key: Key, response: Response) -> float | None:
    """The share of the question's points that a response earns, from 0 to 1; None until a teacher has marked it.

    Several right options: right choices minus wrong ones, of the right options, never below 0. Matching and ordering:
    the share of what is in its place. A response that does not fit the question earns 0.
    """
    match key, response:
        case (Single(correct), Choice(options)):
            return float(options == frozenset({correct}))
        case (TrueFalse(is_true), Choice(options)):
            return float(options == frozenset({0 if is_true else 1}))
        case (Multiple(correct), Choice(options)):
            return max(len(options & correct) - len(options - correct), 0) / len(correct)
        case (Short(accepted), Written(text)):
            return float(_spelling(text) in {_spelling(variant) for variant in accepted})
        case (Number(value, tolerance), Written(text)):
            given = number_in(text)
            return float(given is not None and abs(given - value) <= tolerance)
        case (Matching(), Arranged(order)) | (Ordering(), Arranged(order)):
            return sum(place == index for place, index in enumerate(order)) / len(order) if order else 0.0
        case (Essay(), Written()):
            return None
        case _:
            return 0.0


_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "\u00a0": "", "\u202f": "", " ": ""})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_FRACTION = re.compile(r"([+-]?[0-9]+)/([0-9]+)", re.ASCII)
_LONGEST_NUMBER = 40


def number_in(text: str) -> Decimal | None:
    """A number as people type it: `3,5`, `3.5`, `1 000`, `−2`, `1/4`, `50%` is 50; None when it is not one."""
    written = text.strip().translate(_MINUS).removesuffix("%")
    if not 0 < len(written) <= _LONGEST_NUMBER:
        return None
    fraction = _FRACTION.fullmatch(written)
    try:
        if fraction:
            below = Decimal(fraction[2])
            return Decimal(fraction[1]) / below if below else None
        return Decimal(written.replace(",", ".")) if _NUMBER.fullmatch(written) else None
    except InvalidOperation:
        return None


def _spelling(text: str) -> str:
    return fold(text).strip(" .,;:!?")
