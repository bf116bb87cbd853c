from bot.i18n import N_, _
from domain.errors import DomainError, InvalidInput
from domain.notes.errors import NoteGone, TooManyNotes

SENTENCES: dict[type[DomainError], str] = {
    NoteGone: N_("This note is no longer there. /notes shows the others."),
    TooManyNotes: N_("Your notebook is full. Please delete a note you no longer need, then send this one again."),
}

_INPUT: dict[str, str] = {
    "empty": N_("There is nothing to note in this message. Please type the note, or say it."),
    "too_long": N_("A note has 4,000 characters at most. Please send it as two notes."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was sent, in the current language."""
    return _(_INPUT.get(error.reason, N_("That does not fit here. Please try again.")))
