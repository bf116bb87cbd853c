"""The rules of quizzes for courses that come from a file."""

from domain.courses.exchange.model import QuizItem, QuizRules
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.model import MAX_QUESTIONS


def _checked(item: QuizItem) -> QuizItem:
    draft = QuestionDraft(
        text=item.text, options=item.options, correct=item.correct, explanation=item.explanation
    ).checked()
    return QuizItem(text=draft.text, options=draft.options, correct=draft.correct, explanation=draft.explanation)


QUIZ_RULES = QuizRules(check=_checked, most=MAX_QUESTIONS)
