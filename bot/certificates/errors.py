from bot.i18n import N_, _
from domain.certificates.errors import (
    CertificateEnded,
    CertificateGone,
    CertificateWithdrawn,
    CorrectionsSpent,
    NotEarned,
    NothingToCorrect,
)
from domain.errors import DomainError, InvalidInput

SENTENCES: dict[type[DomainError], str] = {
    CertificateGone: N_("There is no such certificate. /certificates shows yours."),
    NotEarned: N_("The certificate is not earned yet: something of the course is still missing."),
    CertificateWithdrawn: N_("This certificate was revoked. Please ask your teacher about it."),
    CertificateEnded: N_("This certificate is not valid any more. The list shows the newest one."),
    NothingToCorrect: N_("The certificate has the name of your profile already. Change the name in /me first."),
    CorrectionsSpent: N_("You have corrected this certificate three times. Please ask the centre to do it now."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("reason", "too_short"): N_("That is too short: 3 characters at least."),
    ("reason", "too_long"): N_("That is too long: 200 characters at most."),
}


def input_sentence(error: InvalidInput) -> str:
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))
