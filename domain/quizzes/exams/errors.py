from domain.errors import DomainError, Gone


class ExamGone(Gone):
    """The lesson has no exam, or not for this actor."""


class ExamNotBegun(DomainError):
    """It has not begun: there is nothing to close, to lengthen or to look at."""


class ExamOver(DomainError):
    """It is closed: nobody can be given more time, and nobody has to say that they are ready."""


class ExamNotOver(DomainError):
    """Its results are held until it closes, for its teacher too: whoever saw them could pass them on."""
