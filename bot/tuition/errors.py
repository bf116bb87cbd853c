from bot.i18n import N_, _
from domain.errors import DomainError, InvalidInput
from domain.tuition.errors import (
    BillGone,
    BillVoided,
    MemberGone,
    NotYourTuition,
    OfficeOnly,
    ScheduleGone,
    ScheduleOver,
)

SENTENCES: dict[type[DomainError], str] = {
    OfficeOnly: N_("Tuition is the work of the centre's admins. /payments shows your own."),
    ScheduleGone: N_("This schedule is not there any more, or it is not yours. /payments shows your own."),
    MemberGone: N_("This person is not on the list."),
    BillGone: N_("There is no such bill any more."),
    BillVoided: N_("This bill has been voided already."),
    ScheduleOver: N_("This schedule has ended and stays as it is. Please make a new one."),
    NotYourTuition: N_("There is nothing to pay here: you owe nothing, and no bill is coming."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("name", "empty"): N_("A name needs at least one letter or digit. Please type it."),
    ("name", "too_long"): N_("That is too long for a name: 80 characters at most."),
    ("reason", "empty"): N_("Please type in a few words why."),
    ("reason", "too_long"): N_("That is too long for a reason: 200 characters at most."),
    ("day", "format"): N_("Please type a day of the month as a number from 1 to 31."),
    ("day", "range"): N_("Please type a day of the month as a number from 1 to 31."),
    ("date", "format"): N_("Please type the date like this: 01.09.2026"),
    ("date", "range"): N_("Please type the date like this: 01.09.2026"),
    ("date", "past"): N_("That day has passed. Please type today or a later day."),
    ("price", "format"): N_("Please type the amount in so'm as a number, like 400000 or 400 ming."),
    ("price", "too_small"): N_("The smallest amount is 1,000 so'm."),
    ("price", "too_large"): N_("That is too much. Please check the number."),
    ("amount", "too_small"): N_("The smallest amount is 1,000 so'm."),
    ("amount", "too_large"): N_("That is too much at once. Please check the number."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was typed, in the current language."""
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))
