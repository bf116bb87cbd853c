"""Telegram's question before it charges somebody, while updates cannot be kept.

It waits for ten seconds only, and nobody can look the order up: so the answer is no, at once, instead of silence.
"""

from typing import Any

from bot.errors import NOTHING_CHARGED
from bot.i18n import _, speaking
from bot.intake.arrivals import Unreadable, read_json
from domain.language import Language


def refusal_of(raw: bytes, default_language: Language) -> dict[str, Any] | None:
    """The arguments of `answerPreCheckoutQuery`, in the language of the payer's Telegram; None for other updates."""
    try:
        update = read_json(raw)
    except Unreadable:
        return None
    match update:
        case {"pre_checkout_query": {"id": str() as query_id, "from": {**person}}}:
            code = person.get("language_code")
            language = Language.of_code(code if isinstance(code, str) else None, default_language)
            with speaking(language):
                return {"pre_checkout_query_id": query_id, "ok": False, "error_message": _(NOTHING_CHARGED)}
        case _:
            return None
