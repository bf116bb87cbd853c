from datetime import datetime

from domain.errors import DomainError, Gone


class QuizGone(Gone):
    """The lesson has no questions."""


class AttemptGone(Gone):
    """There is no such attempt, not for this student, or not in the state that was asked for."""


class QuestionGone(Gone):
    """The question does not wait for this answer: not in this attempt, not its turn, no such option, or not there."""


class QuizFull(DomainError):
    """The quiz has as many questions as a quiz may have."""


class QuizNotOpen(DomainError):
    """The quiz opens later."""

    def __init__(self, lesson_id: int, opens_at: datetime | None) -> None:
        super().__init__(lesson_id)
        self.opens_at = opens_at


class QuizClosed(DomainError):
    """The quiz takes no new attempts any more."""


class NoAttemptsLeft(DomainError):
    """The student has used all attempts that the quiz allows."""


class TimeOver(DomainError):
    """The attempt ended before this answer came."""

    def __init__(self, attempt_id: int) -> None:
        super().__init__(attempt_id)
        self.attempt_id = attempt_id
