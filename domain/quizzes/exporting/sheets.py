"""A quiz on paper: a sheet of questions for students, and a sheet of keys for the teacher, which never share a page."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse

MAX_PRINTED = 500
"""Questions of one sheet."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SheetFailed(Exception):
    """The printer could not do it; the same may work later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLabels:
    """The words of the sheets, in the language of their readers."""

    name: str
    """Of the student, before an empty line."""
    group: str
    date: str
    key: str
    """The heading of the keys."""
    is_true: str
    is_false: str
    essay: str
    """In the keys, where the teacher marks the answer."""
    points: str
    """After a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedQuestion:
    number: int
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    """A letter or number, and the text behind it."""
    others: tuple[tuple[str, str], ...] = ()
    """The right sides of a matching question, in an order that says nothing."""
    lines: int = 0
    """Empty lines to write on."""
    points: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedKey:
    number: int
    answer: str
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSheets:
    title: str
    centre: str
    language: Language
    labels: SheetLabels
    questions: tuple[PrintedQuestion, ...]
    keys: tuple[PrintedKey, ...]


@dataclass(frozen=True, slots=True)
class PrintedQuiz:
    """Two PDF files."""

    questions: bytes
    key: bytes


class SheetPrinter(Protocol):
    async def print(self, sheets: QuizSheets) -> PrintedQuiz:
        """Raises SheetFailed."""
        ...


def sheets_of(
    drafts: Sequence[QuestionDraft], *, title: str, centre: str, language: Language, labels: SheetLabels
) -> QuizSheets:
    """The first MAX_PRINTED questions. The same quiz is always printed in the same way, key and questions alike."""
    printed = [_printed(number, draft, language, labels) for number, draft in enumerate(drafts[:MAX_PRINTED], start=1)]
    return QuizSheets(
        title=title,
        centre=centre,
        language=language,
        labels=labels,
        questions=tuple(question for question, _key in printed),
        keys=tuple(key for _question, key in printed),
    )


def _printed(
    number: int, draft: QuestionDraft, language: Language, labels: SheetLabels
) -> tuple[PrintedQuestion, PrintedKey]:
    options = [option.read_in(language) for option in draft.options]
    choices: Sequence[tuple[str, str]] = list(zip(LETTERS, options, strict=False))
    others: Sequence[tuple[str, str]] = ()
    lines = 0
    match draft.key:
        case Single() | Multiple():
            answer = _letters(draft.key)
        case TrueFalse(is_true):
            choices = [(LETTERS[0], labels.is_true), (LETTERS[1], labels.is_false)]
            answer = labels.is_true if is_true else labels.is_false
        case Short(accepted):
            answer, lines = " / ".join(accepted), 1
        case Number(value, tolerance):
            answer, lines = f"{value:f} ± {tolerance:f}" if tolerance else f"{value:f}", 1
        case Matching(rights):
            order = _shuffled(len(rights), draft.fingerprint)
            choices = [(str(place), option) for place, option in enumerate(options, start=1)]
            others = [(LETTERS[place], rights[index].read_in(language)) for place, index in enumerate(order)]
            answer = ", ".join(f"{left + 1} – {LETTERS[order.index(left)]}" for left in range(len(options)))
        case Ordering():
            order = _shuffled(len(options), draft.fingerprint)
            choices = [(LETTERS[place], options[index]) for place, index in enumerate(order)]
            answer = ", ".join(LETTERS[order.index(index)] for index in range(len(options)))
        case Essay(guide):
            answer, lines = (guide.read_in(language) if guide else labels.essay), 8
    explanation = draft.explanation.read_in(language) if draft.explanation else ""
    question = PrintedQuestion(
        number=number,
        text=draft.text.read_in(language),
        choices=tuple(choices),
        others=tuple(others),
        lines=lines,
        points=draft.points,
    )
    return question, PrintedKey(number=number, answer=answer, explanation=explanation)


def _letters(key: Key) -> str:
    match key:
        case Single(correct):
            return LETTERS[correct]
        case Multiple(correct):
            return ", ".join(LETTERS[index] for index in sorted(correct))
        case _:
            return ""


def _shuffled(count: int, seed: str) -> list[int]:
    """Indexes in an order that is not the kept one, which would be the key."""
    order = list(range(count))
    # The order only has to say nothing; whoever knew the seed would know the question's key as well.
    random.Random(seed).shuffle(order)  # noqa: S311
    return order if order != sorted(order) or count < 2 else [*order[1:], order[0]]
