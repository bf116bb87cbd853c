"""Questions as rows of a table, which `importing/tables.py` reads back. No cell can be taken for a formula."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.courses.exchange.cells import to_cell, to_lines
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, Matching, Multiple, Number, Short, Single, TrueFalse

LETTERS = "ABCDEFGHIJKL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Of the columns, in the reader's language: ones that `read_table` knows."""

    question: str = "Question"
    right: str = "Right answer"
    explanation: str = "Explanation"
    topic: str = "Topic"
    difficulty: str = "Difficulty"
    points: str = "Points"
    kind: str = "Kind"
    source: str = "Source"


HEADINGS = {
    Language.EN: Headings(),
    Language.UZ: Headings(
        question="Savol",
        right="To‘g‘ri javob",
        explanation="Izoh",
        topic="Mavzu",
        difficulty="Qiyinlik",
        points="Ball",
        kind="Turi",
        source="Manba",
    ),
    Language.RU: Headings(
        question="Вопрос",
        right="Правильный ответ",
        explanation="Пояснение",
        topic="Тема",
        difficulty="Сложность",
        points="Баллы",
        kind="Тип",
        source="Источник",
    ),
}


def to_rows(drafts: Sequence[QuestionDraft], language: Language, headings: Headings) -> list[list[str]]:
    """The headings and a row for each question, its texts in one language."""
    width = max((len(draft.options) for draft in drafts), default=0)
    first = [headings.question, *LETTERS[:width], headings.right, headings.explanation, headings.topic]
    last = [headings.difficulty, headings.points, headings.kind, headings.source]
    return [[*first, *last], *(_row(draft, width, language) for draft in drafts)]


def _row(draft: QuestionDraft, width: int, language: Language) -> list[str]:
    options = [option.read_in(language) for option in draft.options]
    cells = [
        draft.text.read_in(language),
        *options,
        *[""] * (width - len(options)),
        _right(draft, language),
        draft.explanation.read_in(language) if draft.explanation is not None else "",
        draft.topic or "",
        "" if draft.difficulty is None else str(draft.difficulty),
        str(draft.points),
        draft.kind.value,
        draft.source or "",
    ]
    return [to_cell(cell) for cell in cells]


def _right(draft: QuestionDraft, language: Language) -> str:
    match draft.key:
        case Single(correct):
            return LETTERS[correct]
        case Multiple(correct):
            return ", ".join(LETTERS[place] for place in sorted(correct))
        case TrueFalse(is_true):
            return "true" if is_true else "false"
        case Short(accepted):
            return to_lines(accepted)
        case Number(value, tolerance):
            return f"{value:f} ± {tolerance:f}"
        case Matching(rights):
            return to_lines(right.read_in(language) for right in rights)
        case Essay(guide):
            return guide.read_in(language) if guide is not None else ""
        case _:
            return ""
