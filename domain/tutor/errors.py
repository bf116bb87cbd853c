from domain.errors import DomainError, Gone


class DailyQuotaSpent(DomainError):
    """The student has asked as much today as the centre allows."""

    def __init__(self, questions_a_day: int) -> None:
        super().__init__(f"{questions_a_day} questions a day")
        self.questions_a_day = questions_a_day


class AnswerRunning(DomainError):
    """This student's previous question is still being answered."""


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


class ModelBusy(ModelError):
    """The model's server takes no more questions for now."""


class ModelRefused(ModelError):
    """The model declines to answer this question."""
