from collections.abc import Sequence

from domain.certificates.model import Shortfall
from domain.errors import DomainError, Gone


class CertificateGone(Gone):
    """There is no such certificate, or it is not for this actor's eyes."""


class NotEarned(DomainError):
    """The rule is not met; `shortfalls` says in what."""

    def __init__(self, shortfalls: Sequence[Shortfall]) -> None:
        super().__init__(", ".join(shortfalls))
        self.shortfalls = tuple(shortfalls)


class CertificateWithdrawn(DomainError):
    """Staff revoked the student's certificate: only staff may issue another one."""


class CertificateEnded(DomainError):
    """It is not valid any more, so there is nothing to correct or revoke."""


class NothingToCorrect(DomainError):
    """The name on the certificate is the name in the profile."""


class CorrectionsSpent(DomainError):
    """The student has corrected the name as often as they may by themselves."""


class PressFailed(Exception):
    """The certificate could not be printed in time. Never reaches a screen by itself."""
