from domain.errors import DomainError, Gone


class QuizGone(Gone):
    """The lesson has no questions."""


class AttemptGone(Gone):
    """There is no such attempt, not for this student, or not in the state that was asked for."""


class QuestionGone(Gone):
    """The question does not wait for this answer: not in this attempt, not its turn, no such option, or not there."""


class QuizFull(DomainError):
    """The quiz has as many questions as a quiz may have."""
