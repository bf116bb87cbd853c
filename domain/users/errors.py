from domain.errors import DomainError, Gone, NotAllowed


class ForeignContact(DomainError):
    """The shared contact belongs to somebody else."""


class PhoneRequired(DomainError):
    """The centre does not let anybody in without a phone number."""


class NotYetThere(DomainError):
    """Registration cannot be finished before its required steps are done."""


class InvitationSpent(DomainError):
    """The invitation was used, has expired, or never was one: the three are never told apart."""


class UserUnknown(DomainError):
    """Nobody with this id has ever written to the bot."""


class RoleIsFixed(NotAllowed):
    """One's own role, and that of an admin named in the operator's settings, is not changed from inside."""


class ProfileGone(Gone):
    """There is no such profile, or its owner shows it to nobody: the two are never told apart."""


class SkillGone(Gone):
    """There is no such skill, or it is somebody else's."""


class TooManySkills(DomainError):
    """A profile has a limited number of skills."""
