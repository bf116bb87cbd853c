from bot.i18n import N_, _
from domain.errors import DomainError, InvalidInput
from domain.materials.errors import MaterialGone, MaterialThere, NothingToRead, PageGone
from domain.materials.model import MAX_BYTES

MIB = 1024 * 1024

SENTENCES: dict[type[DomainError], str] = {
    MaterialGone: N_("This material is no longer there. /materials shows the others."),
    MaterialThere: N_("You have sent this file again meanwhile: it is in your list, and once is enough."),
    NothingToRead: N_("This file never reached me. Please send it once more."),
    PageGone: N_("There is no such page. Open the material and look through it from the beginning."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("file", "format"): N_(
        "I cannot read this kind of file. Please send a PDF, a Word (.docx) or PowerPoint (.pptx) file, a text or a "
        "photo."
    ),
    ("file", "old_office"): N_(
        "This is the format of an old Office. Open it, choose “Save as” and .docx, .pptx or PDF, then send that."
    ),
    ("file", "too_large"): N_("This file is larger than {megabytes} MB. Please send it in parts, or as a smaller PDF."),
    ("name", "empty"): N_("A name needs at least one letter or digit. Please type it again."),
    ("name", "too_long"): N_("That is too long for a name: 110 characters at most."),
    ("shares", "too_many"): N_("This material is shared with twenty courses already. Take one out first."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was sent, in the current language."""
    sentence = _INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again."))
    return _(sentence).format(megabytes=MAX_BYTES // MIB)
