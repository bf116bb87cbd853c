from datetime import datetime

from domain.errors import DomainError, Gone
from domain.usage.model import Period, Whose


class DailyQuotaSpent(DomainError):
    """The student has asked as much today as the centre allows."""

    def __init__(self, questions_a_day: int) -> None:
        super().__init__(f"{questions_a_day} questions a day")
        self.questions_a_day = questions_a_day


class AnswerRunning(DomainError):
    """This student's previous question is still being answered."""


class LineFull(DomainError):
    """As many of this student's questions are waiting as may."""

    def __init__(self, last_id: int) -> None:
        super().__init__(last_id)
        self.last_id = last_id
        """Of the question that waits last; it names this line."""


class QuestionTaken(DomainError):
    """This question has been asked a moment ago, by another tap or another process."""


class VoiceTooLong(DomainError):
    """The recording is longer than a question may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class SpokenGone(Gone):
    """There is no such recording, or it is somebody else's, or it was asked or dropped already."""


class SessionGone(Gone):
    """There is no such conversation, or it is somebody else's."""


class NothingToSolve(DomainError):
    """A full solution follows a hint, once; the last message of the conversation is no hint."""


class NothingToAnswer(DomainError):
    """The last question of the conversation has its answer already."""


class AnswerLost(DomainError):
    """The answer was given up while it was being written: its conversation was deleted, or it was taken for dead."""


class ModelError(DomainError):
    """The model gave no answer; the question is kept and not counted."""


class NoModel(ModelError):
    """No model is connected."""


class ModelUnavailable(ModelError):
    """The model's server is down, too slow, misconfigured, or speaks nonsense."""


class ModelResting(ModelUnavailable):
    """The model's server has failed again and again, and is left alone until then. It was not asked."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class ModelSpent(ModelError):
    """What may be spent on models is used up until then. The model was not asked."""

    def __init__(self, whose: Whose, period: Period, until: datetime) -> None:
        super().__init__(f"{whose} {period}")
        self.whose = whose
        self.period = period
        self.until = until


class ModelBusy(ModelError):
    """The model's server takes no more questions for now."""

    def __init__(self, reason: object = None, *, seconds: float | None = None) -> None:
        """`seconds`: the pause that the server asks for."""
        super().__init__(reason)
        self.seconds = seconds


class ModelRefused(ModelError):
    """The model declines to answer this question."""
