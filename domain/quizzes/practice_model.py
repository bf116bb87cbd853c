"""Practice that a model writes for one student: kept apart from attempts, and so out of every gradebook."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from domain.courses.model import LessonId
from domain.language import Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Choice, Single, only
from domain.users.model import UserId

PracticeId = NewType("PracticeId", int)

PRACTICE_QUESTIONS = 5
FEWEST_QUESTIONS = 3
"""A set with fewer questions that pass the second reading is none, and does not count."""


class PracticeState(StrEnum):
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeItem:
    """A question of a set with its key: it stays on the server until it is answered."""

    number: int
    """Counting from 1."""
    draft: QuestionDraft
    response: Choice | None
    is_correct: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeSet:
    id: PracticeId
    user_id: UserId
    lesson_id: LessonId
    lesson_title: Text
    state: PracticeState
    day: date
    """The day that it is counted on."""
    created_at: datetime
    items: tuple[PracticeItem, ...]

    @property
    def waiting(self) -> PracticeItem | None:
        return next((item for item in self.items if item.response is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeQuestion:
    """A question as its student sees it before the answer; it has no field for the key."""

    number: int
    text: Text
    options: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeView:
    id: PracticeId
    lesson_id: LessonId
    lesson_title: Text
    state: PracticeState
    total: int
    answered: int
    correct: int
    question: PracticeQuestion | None
    """None while it is made, and when all is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFeedback:
    """What a stored answer was worth; it exists only once the answer is stored."""

    view: PracticeView
    """The set after the answer."""
    question: PracticeQuestion
    chosen: int | None
    correct: int
    is_correct: bool
    explanation: Text | None


def view_of(practice: PracticeSet) -> PracticeView:
    waiting = practice.waiting
    return PracticeView(
        id=practice.id,
        lesson_id=practice.lesson_id,
        lesson_title=practice.lesson_title,
        state=practice.state,
        total=len(practice.items),
        answered=sum(item.response is not None for item in practice.items),
        correct=sum(item.is_correct is True for item in practice.items),
        question=question_of(waiting) if waiting else None,
    )


def question_of(item: PracticeItem) -> PracticeQuestion:
    return PracticeQuestion(number=item.number, text=item.draft.text, options=item.draft.options)


def feedback_of(practice: PracticeSet, item: PracticeItem) -> PracticeFeedback | None:
    """None while it is not answered."""
    key = item.draft.key
    if item.response is None or not isinstance(key, Single):
        return None
    return PracticeFeedback(
        view=view_of(practice),
        question=question_of(item),
        chosen=only(item.response),
        correct=key.correct,
        is_correct=item.is_correct is True,
        explanation=item.draft.explanation,
    )
