from domain.errors import DomainError, Gone


class ExamGone(Gone):
    """The lesson has no exam, or not for this actor."""


class ExamNotBegun(DomainError):
    """It has not begun: there is nothing to close, to lengthen or to look at."""


class ExamOver(DomainError):
    """It is closed: nobody can be given more time, and nobody has to say that they are ready."""


class ExamNotOver(DomainError):
    """Its results are held until it closes, for its teacher too: whoever saw them could pass them on."""


class ExamCalledOff(ExamGone):
    """It was planned, and does not take place."""


class ExamGoesOn(DomainError):
    """Its settings stay as they are; more time, and its end, are given on the board, which tells those who write."""


class ExamSat(DomainError):
    """Somebody has sat it: its settings stay as they were."""


class QuizTaken(DomainError):
    """Somebody has taken the quiz: it cannot become an exam, because they know its answers."""
