"""What is said of a material: on its card, in lists, and by the message that follows it through its stages."""

from html import escape

from bot.i18n import N_, _, ngettext, shorten
from domain.courses.inspection import MAX_UNPACKED
from domain.materials.model import MAX_BYTES, MAX_CHARACTERS, MAX_PAGES, Material, MaterialState, Unreadable
from domain.materials.processing import Progress

MIB = 1024 * 1024
_LINE = 44
_NAME = 80

FAULTS: dict[Unreadable, str] = {
    Unreadable.EMPTY: N_("The file is empty. Please send it again."),
    Unreadable.TOO_LARGE: N_("It is larger than {megabytes} MB. Please send it in parts, or as a smaller PDF."),
    Unreadable.LOST: N_("Telegram does not give me this file any more. Please send it once more."),
    Unreadable.OTHER_TYPE: N_(
        "It is not the kind of file that its name says. Open it on your computer, save it anew and send that."
    ),
    Unreadable.NO_FORMAT: N_("I cannot read this kind of file. A PDF of it would do."),
    Unreadable.OLD_OFFICE: N_(
        "It has the format of an old Office. Open it, choose “Save as” and .docx, .pptx or PDF, then send that."
    ),
    Unreadable.ENCRYPTED: N_("It has a password. Save it without one and send it again."),
    Unreadable.BROKEN: N_("It is damaged and does not open. Save it anew on your computer and send that."),
    Unreadable.NO_PAGES: N_("It has no pages. Save it anew on your computer and send that."),
    Unreadable.TOO_MANY_PAGES: N_("It has more than {pages} pages. Please send the chapters that you need."),
    Unreadable.TOO_MUCH_TEXT: N_("It holds more than {characters} characters. Please send it in parts."),
    Unreadable.TOO_HEAVY: N_(
        "It unpacks to more than {unpacked} MB, or takes too long to read. Please send it in parts, or as a PDF."
    ),
    Unreadable.UNSAFE: N_("Something is hidden in it that could do harm. Save it anew on your computer and send that."),
    Unreadable.NO_TEXT: N_(
        "Its pages are pictures, and I cannot read pictures here. A PDF in which text can be selected would do."
    ),
    Unreadable.NOTHING_SEEN: N_("I looked at its pictures and found no text. A sharper photo may help."),
    Unreadable.MODEL_FAILED: N_("I could not look at its pictures just now. Please tap “Read again” in a few minutes."),
}

_STATES: dict[MaterialState, str] = {
    MaterialState.WAITING: N_("⏳ It is on its way to me…"),
    MaterialState.STORED: N_("⏳ Stored. I am reading it…"),
    MaterialState.READ: N_("⏳ Stored and read. I am making it findable…"),
    MaterialState.INDEXED: N_("✅ Ready: stored, read and findable."),
}
_SIGNS = {
    MaterialState.INDEXED: "📄",
    MaterialState.UNREADABLE: "⚠️",
}


def fault_words(why: Unreadable) -> str:
    return _(FAULTS[why]).format(
        megabytes=MAX_BYTES // MIB,
        unpacked=MAX_UNPACKED // MIB,
        pages=_number(MAX_PAGES),
        characters=_number(MAX_CHARACTERS),
    )


def state_words(material: Material) -> str:
    if material.state is MaterialState.UNREADABLE and material.fault is not None:
        return f"⚠️ {fault_words(material.fault)}"
    return _(_STATES.get(material.state, _STATES[MaterialState.WAITING]))


def line(material: Material) -> str:
    """In a list."""
    return f"{_SIGNS.get(material.state, '⏳')} {shorten(material.name, _LINE)}"


def facts(material: Material) -> str:
    """Size and pages."""
    size = _("{size} MB").format(size=f"{material.size / MIB:.1f}") if material.size >= MIB else kilobytes(material)
    if material.page_count is None:
        return size
    pages = ngettext("{n} page", "{n} pages", material.page_count).format(n=material.page_count)
    return f"{pages} · {size}"


def kilobytes(material: Material) -> str:
    return _("{size} KB").format(size=-(-material.size // 1024))


def unseen_words(material: Material) -> str:
    """Of the pages that are pictures; empty when all were read."""
    if not material.unseen_count or not material.has_pages:
        return ""
    return ngettext(
        "{n} page is a picture that I could not read.",
        "{n} pages are pictures that I could not read.",
        material.unseen_count,
    ).format(n=material.unseen_count)


def status_text(progress: Progress) -> str:
    """The message that follows a material, in HTML."""
    material = progress.material
    name = f"📄 <b>{bold_name(material)}</b>"
    if progress.twin is not None:
        there = _("You have sent this file before. It is in your list as “{name}”.")
        return f"{name}\n{there.format(name=bold_name(progress.twin))}"
    if material.state is MaterialState.STORED and progress.to_see:
        looking = _("⏳ Stored. I am looking at page {n} of {total}…")
        return f"{name}\n{looking.format(n=progress.seen + 1, total=progress.to_see)}"
    lines = [name, state_words(material)]
    if material.state is MaterialState.INDEXED:
        lines += [facts(material), unseen_words(material)]
    return "\n".join(text for text in lines if text)


def bold_name(material: Material) -> str:
    return escape(shorten(material.name, _NAME), quote=False)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u00a0")
