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
    """This help is not the next rung: the last message is no hint, or another one is due first."""


class NothingToContinue(DomainError):
    """The last reply is whole, or has been continued often enough."""


class TutorOff(DomainError):
    """The teachers of this course have switched the tutor off."""


class ExamRunning(DomainError):
    """The student is sitting an exam: the tutor answers after it."""


class AlreadyForwarded(DomainError):
    """The teacher has this conversation already and has not answered yet."""


class NoTeacher(DomainError):
    """The conversation is about no lesson that is open to the student, so nobody can be asked."""


class RequestGone(Gone):
    """There is no such question to a teacher, it is about somebody else's course, or its student deleted it."""


class RequestAnswered(DomainError):
    """Another teacher has answered this question."""


class PhotoUnreadable(DomainError):
    """There is no task on the photo that the model can read."""


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
