from bot.i18n import N_, _
from domain.errors import DomainError, InvalidInput
from domain.users.errors import (
    ForeignContact,
    InvitationSpent,
    NotYetThere,
    PhoneRequired,
    ProfileGone,
    RoleIsFixed,
    SkillGone,
    TooManySkills,
    UserUnknown,
)

SENTENCES: dict[type[DomainError], str] = {
    ForeignContact: N_("That is somebody else's contact. Please share your own with the button below 👇"),
    PhoneRequired: N_("The centre needs your phone number. Please share it with the button below 👇"),
    NotYetThere: N_("Please answer this question first."),
    InvitationSpent: N_("This invitation was used already or has expired. Please ask for a new one."),
    RoleIsFixed: N_("This role cannot be changed here."),
    ProfileGone: N_("This profile is not open. Its owner may have closed it or changed its link."),
    SkillGone: N_("This skill is no longer there."),
    TooManySkills: N_("A profile has 20 skills at most. Please take one away first."),
    UserUnknown: N_("This person has never written to the bot."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("full_name", "empty"): N_("I see no letters there. Please type your name."),
    ("full_name", "no_letters"): N_("A name has letters. Please type your name."),
    ("full_name", "too_long"): N_("That is too long for a name: 100 characters at most."),
    ("bio", "empty"): N_("I see no words there. Please type a few about yourself."),
    ("bio", "too_long"): N_("Please say it in 300 characters at most."),
    ("location", "empty"): N_("I see no letters there. Please type a city or a country."),
    ("location", "too_long"): N_("Please keep it to 60 characters, for example: Samarkand."),
    ("skill", "empty"): N_("I see no letters there. Please type what you can do."),
    ("skill", "too_long"): N_("A skill has 40 characters at most. Please name it shorter."),
    ("link", "https"): N_("Only links like https://… are taken, for safety. Please send such a one."),
    ("link", "host"): N_("This link leads somewhere else. Please send one of the place that is asked for."),
    ("link", "format"): N_("This does not look like a link that others can open. Please check it and send it again."),
    ("link", "too_long"): N_("A link has 200 characters at most. Please send a shorter one."),
    ("phone", "format"): N_("This does not look like a phone number. Please try the button again."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was typed, in the current language."""
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))
