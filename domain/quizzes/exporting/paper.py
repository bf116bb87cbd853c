"""A test on paper: what is printed of each question, and, apart from it, what its right answer is. Plain text."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exporting.ports import PaperWords
from domain.quizzes.exporting.rows import LETTERS
from domain.quizzes.keys import Essay, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperQuestion:
    text: str
    options: tuple[str, ...] = ()
    """Behind letters."""
    sides: tuple[str, ...] = ()
    """Left sides of a matching, behind numbers."""
    lines: int = 0
    """Empty ones, to write on."""
    answer: str = ""


ESSAY_LINES = 8


def on_paper(draft: QuestionDraft, language: Language, words: PaperWords) -> PaperQuestion:
    """The order of right sides and of items tells nothing, and is the same on each print of the same question."""
    text = draft.text.read_in(language)
    options = tuple(option.read_in(language) for option in draft.options)
    match draft.key:
        case Single(correct):
            return PaperQuestion(text=text, options=options, answer=LETTERS[correct])
        case Multiple(correct):
            return PaperQuestion(
                text=text, options=options, answer=", ".join(LETTERS[place] for place in sorted(correct))
            )
        case TrueFalse(is_true):
            return PaperQuestion(text=text, options=(words.true, words.false), answer=LETTERS[0 if is_true else 1])
        case Short(accepted):
            return PaperQuestion(text=text, lines=1, answer=" / ".join(accepted))
        case Number(value, tolerance):
            answer = f"{value:f} ± {tolerance:f}" if tolerance else f"{value:f}"
            return PaperQuestion(text=text, lines=1, answer=answer)
        case Matching(rights):
            shown = _mixed(range(len(rights)), draft.fingerprint)
            answer = ", ".join(f"{left + 1}-{LETTERS[shown.index(left)]}" for left in range(len(options)))
            sides = tuple(rights[place].read_in(language) for place in shown)
            return PaperQuestion(text=text, sides=options, options=sides, answer=answer)
        case Ordering():
            shown = _mixed(range(len(options)), draft.fingerprint)
            answer = " → ".join(LETTERS[shown.index(place)] for place in range(len(options)))
            return PaperQuestion(text=text, options=tuple(options[place] for place in shown), lines=1, answer=answer)
        case Essay(guide):
            answer = guide.read_in(language) if guide is not None else "—"
            return PaperQuestion(text=text, lines=ESSAY_LINES, answer=answer)


def _mixed(places: Sequence[int], seed: str) -> list[int]:
    shown = list(places)
    random.Random(seed).shuffle(shown)  # noqa: S311 (an order on paper is no secret)
    return shown
