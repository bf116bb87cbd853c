"""What is said of a question that was spoken, and the buttons below it."""

from enum import StrEnum
from html import escape

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.i18n import N_, _, shorten
from domain.tutor.turns import SpeechTrouble, SpokenQuestion, SpokenState

MAX_SHOWN = 3_000
"""Characters of a transcript in one message."""
TROUBLES: dict[SpeechTrouble, str] = {
    SpeechTrouble.LOST: N_(
        "🎙 This recording cannot be fetched any more. Please record it again, or type your question."
    ),
    SpeechTrouble.SILENT: N_("🎙 I hear no words in it. Please record it again closer to the microphone, or type it."),
    SpeechTrouble.BUSY: N_("🎙 Too many people are speaking to me right now. Please try again in a minute."),
    SpeechTrouble.UNAVAILABLE: N_(
        "🎙 I cannot listen right now. Please try again in some minutes, or type your question."
    ),
    SpeechTrouble.REFUSED: N_("🎙 I cannot play this recording. Please record it in Telegram, or type your question."),
    SpeechTrouble.SPENT: N_("🎙 What may be spent on listening is used up for now. Please type your question."),
}


class VoiceWish(StrEnum):
    ASK = "ask"
    CORRECT = "correct"
    DROP = "drop"
    RETRY = "retry"


class VoiceTap(CallbackData, prefix="voice"):
    """Carries an id only: whose it is is checked at the tap."""

    wish: VoiceWish
    spoken_id: int


def spoken_text(spoken: SpokenQuestion) -> str:
    """In HTML."""
    match spoken.state:
        case SpokenState.WAITING:
            return _("🎙 I am listening…")
        case SpokenState.FAILED if spoken.trouble is not None:
            return _(TROUBLES[spoken.trouble])
        case SpokenState.DROPPED:
            return _("🎙 Left out. Your recording stays in this chat.")
        case SpokenState.ASKED:
            return f"🎙 <i>{_quoted(spoken)}</i>"
        case _:
            doubt = _("⚠️ I am not sure that I heard this right: please read it over.") if spoken.is_doubtful else ""
            heard = _("🎙 I heard:")
            question = _("Shall I ask the tutor this?")
            return "\n\n".join(filter(None, (f"{heard}\n<blockquote>{_quoted(spoken)}</blockquote>", doubt, question)))


def spoken_buttons(spoken: SpokenQuestion) -> InlineKeyboardMarkup | None:
    match spoken.state:
        case SpokenState.HEARD:
            rows = [
                [_tap(_("✅ Ask this"), VoiceWish.ASK, spoken)],
                [_tap(_("✏️ Correct it"), VoiceWish.CORRECT, spoken), _tap(_("🗑 Leave it"), VoiceWish.DROP, spoken)],
            ]
        case SpokenState.FAILED if spoken.may_retry:
            rows = [[_tap(_("🔁 Listen again"), VoiceWish.RETRY, spoken)]]
        case _:
            return None
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _quoted(spoken: SpokenQuestion) -> str:
    return escape(shorten(spoken.text or "", MAX_SHOWN), quote=False)


def _tap(text: str, wish: VoiceWish, spoken: SpokenQuestion) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=VoiceTap(wish=wish, spoken_id=spoken.id).pack())
