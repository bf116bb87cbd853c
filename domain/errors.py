"""Errors that a rule of the domain raises: facts, never sentences; the edge translates them."""


class DomainError(Exception):
    """Something that the user may not or cannot do, or that is no longer there."""


class NotAllowed(DomainError):
    """The actor's role or ownership does not permit this; it must not tell whether the thing exists."""


class Gone(DomainError):
    """The thing is not there, not any more, or not for this actor: the three are never told apart."""


class InvalidInput(DomainError):
    """What the user sent does not fit; `field` names the input, `reason` is a stable word for the edge's sentence."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
