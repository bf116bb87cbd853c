from domain.errors import DomainError, Gone


class CardGone(Gone):
    """No such card of this student, or what it asked is no longer there."""


class GradeGone(Gone):
    """The grade is not the card's last one, was taken back already, or is too old."""


class CardMoved(DomainError):
    """The card was graded already, is not due, or is held back: the set shows what is next."""


class NotAnAnswer(DomainError):
    """What was sent cannot be an answer to this question."""
