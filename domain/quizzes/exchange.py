"""The rules of quizzes for courses that come from a file."""

import json
from typing import Any

from domain.courses.exchange.model import QuizItem, QuizRules
from domain.errors import InvalidInput
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.encoding import draft_of_data, draft_to_data
from domain.quizzes.keys import Single
from domain.quizzes.model import MAX_QUESTIONS


def item_of(draft: QuestionDraft) -> QuizItem:
    """A question on its way out; what a plain single choice has no place for goes into `details`."""
    if isinstance(draft.key, Single) and _details(draft) == _details(_plain(draft, draft.key)):
        return QuizItem(
            text=draft.text, options=draft.options, correct=draft.key.correct, explanation=draft.explanation
        )
    return QuizItem(
        text=draft.text,
        options=draft.options,
        correct=None,
        explanation=draft.explanation,
        details=json.dumps(_details(draft), ensure_ascii=False, sort_keys=True),
    )


def draft_of(item: QuizItem) -> QuestionDraft:
    """The other way, checked. Raises InvalidInput as `QuestionDraft.checked` does, ("correct", "missing"), and
    ("details", "unknown") for details that no export writes.
    """
    if item.details is None:
        if item.correct is None:
            raise InvalidInput("correct", "missing")
        return QuestionDraft(
            text=item.text, options=item.options, key=Single(item.correct), explanation=item.explanation
        ).checked()
    plain = QuestionDraft(text=item.text, options=item.options, key=Single(0), explanation=item.explanation)
    try:
        return draft_of_data({**draft_to_data(plain), **json.loads(item.details)}).checked()
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise InvalidInput("details", "unknown") from error


def _checked(item: QuizItem) -> QuizItem:
    return item_of(draft_of(item))


def _details(draft: QuestionDraft) -> dict[str, Any]:
    """Without texts, which have columns of their own, and without the picture, whose id only this bot knows."""
    data = draft_to_data(draft)
    return {name: data[name] for name in ("kind", "key", "topic", "difficulty", "points", "source")}


def _plain(draft: QuestionDraft, key: Single) -> QuestionDraft:
    return QuestionDraft(text=draft.text, options=draft.options, key=key)


QUIZ_RULES = QuizRules(check=_checked, most=MAX_QUESTIONS)
