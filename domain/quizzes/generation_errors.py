from domain.errors import DomainError, Gone


class GenerationGone(Gone):
    """There is no such generation or proposal, or it is of a lesson that the actor does not teach."""


class GenerationRunning(DomainError):
    """This teacher's previous order is still being worked on."""

    def __init__(self, generation_id: int) -> None:
        super().__init__(generation_id)
        self.generation_id = generation_id


class TooLittleText(DomainError):
    """The lesson, section or material has not enough text to ask about."""


class ProposalKnown(DomainError):
    """The quiz has this question already."""


class TokensSpent(DomainError):
    """The day's tokens, one's own or the centre's, are used up."""


class ReplyBroken(DomainError):
    """The model's reply does not have the form that was asked for; the message says what is wrong with it."""


class PracticeGone(Gone):
    """There is no such practice set, or it is somebody else's, or its question does not wait for this answer."""


class PracticeSpent(DomainError):
    """The student has had today's practice sets."""

    def __init__(self, sets_a_day: int) -> None:
        super().__init__(sets_a_day)
        self.sets_a_day = sets_a_day
