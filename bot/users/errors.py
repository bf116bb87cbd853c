from bot.i18n import N_, _
from domain.errors import DomainError, InvalidInput
from domain.users.errors import (
    ForeignContact,
    InvitationSpent,
    NotYetThere,
    PhoneRequired,
    RoleIsFixed,
    UserUnknown,
)

SENTENCES: dict[type[DomainError], str] = {
    ForeignContact: N_("That is somebody else's contact. Please share your own with the button below 👇"),
    PhoneRequired: N_("The centre needs your phone number. Please share it with the button below 👇"),
    NotYetThere: N_("Please answer this question first."),
    InvitationSpent: N_("This invitation was used already or has expired. Please ask for a new one."),
    RoleIsFixed: N_("This role cannot be changed here."),
    UserUnknown: N_("This person has never written to the bot."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("full_name", "empty"): N_("I see no letters there. Please type your name."),
    ("full_name", "no_letters"): N_("A name has letters. Please type your name."),
    ("full_name", "too_long"): N_("That is too long for a name: 100 characters at most."),
    ("phone", "format"): N_("This does not look like a phone number. Please try the button again."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was typed, in the current language."""
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))
