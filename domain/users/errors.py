from domain.errors import DomainError


class ForeignContact(DomainError):
    """The shared contact belongs to somebody else."""


class InvitationSpent(DomainError):
    """The invitation was used, has expired, or never was one: the three are never told apart."""
