"""A reply with everything that has to be said beside it."""

from collections.abc import Sequence

from bot.i18n import _, escape_markdown
from bot.tutor.markdown import clean
from domain.tutor.model import Citation, Ending, ReplyKind, TutorMessage


def shown_reply(message: TutorMessage, contact: str | None = None) -> str:
    """Markdown. `contact`: the centre's, for a message that suggests danger."""
    parts = [care_text(message, contact)] if message.kind is ReplyKind.CARE else [clean(message.text)]
    parts += _notes(message)
    return "\n\n".join(part for part in parts if part)


def care_text(message: TutorMessage, contact: str | None) -> str:
    lines = [
        clean(message.text)
        or _(
            "I am glad that you told me. You matter, and you do not have to bear this alone."
            " Please talk now to an adult whom you trust: a parent, a relative, a teacher."
        ),
        _("If you are in danger right now, call 112, or 103 for an ambulance. It is free, day and night."),
    ]
    if contact:
        lines.append(_("You can also write to us: {contact}. A person will answer.").format(contact=_plain(contact)))
    return "\n\n".join(lines)


def _notes(message: TutorMessage) -> Sequence[str]:
    details = message.details
    notes: list[str] = []
    if details.unsupported:
        claims = "\n".join(f"> {clean(each)}" for each in details.unsupported)
        notes.append(_("🌐 Not from your lessons; check it before you rely on it:") + f"\n\n{claims}")
    if details.citations:
        notes.append("📖 " + " · ".join(_cited(each) for each in details.citations))
    elif message.kind is ReplyKind.ANSWER:
        notes.append(_("🌐 General knowledge, not from your lessons: check it before you rely on it."))
    if message.kind is ReplyKind.NOT_FOUND:
        notes.append(_("🔎 Your lessons do not say this. Ask it differently, or ask the teacher."))
    if details.is_unchecked:
        notes.append(_("⚠️ I could not check this solution step by step. Compare it with your own."))
    elif details.is_doubtful:
        notes.append(_("⚠️ I am not sure of this solution. Please check it with your teacher."))
    if message.ending is Ending.STOPPED:
        notes.append(_("⏹ You stopped the answer here."))
    elif message.ending is Ending.CUT:
        notes.append(_("✂️ The answer broke off here."))
    return notes


def _cited(citation: Citation) -> str:
    return f"[{citation.number}] {_plain(citation.title)}"


def _plain(text: str) -> str:
    return escape_markdown(" ".join(text.split()))
