"""Two teachers change the same text: the later one is told, and nothing is lost."""

from html import escape

from aiogram.types import Message

from bot.i18n import _
from bot.limits import cut
from domain.courses.errors import EditConflict
from domain.language import Language

_QUOTED = 1500
"""Characters of each of the two texts."""


async def tell_conflict(message: Message, error: EditConflict, language: Language) -> None:
    """What is there now, and what was typed, side by side. The screen that follows shows the newer text."""
    current = error.current.read_in(language) if error.current else "—"
    lines = [
        _("✋ Somebody has just changed this text, so yours is not saved. It reads now:"),
        _quoted(current),
        _("You wrote:"),
        _quoted(message.text or ""),
        _("Send yours again to save it all the same."),
    ]
    await message.answer("\n".join(lines))


def _quoted(text: str) -> str:
    return f"<blockquote>{escape(cut(text, _QUOTED), quote=False)}</blockquote>"
