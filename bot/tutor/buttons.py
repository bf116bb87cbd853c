"""Buttons below answers. They outlive dialogs, and carry ids only: whose they are is checked at the tap."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.i18n import _, shorten
from bot.links import go_button
from domain.courses.model import LessonId
from domain.language import Language
from domain.tutor.model import Passage, ReplyKind, SessionId, TutorMessage, TutorSession

MAX_LABEL = 48


class Wish(StrEnum):
    SECOND_HINT = "second_hint"
    STEP = "step"
    SOLUTION = "solution"
    GO_ON = "go_on"
    TEACHER = "teacher"
    AGAIN = "again"
    MORE = "more"
    STOP = "stop"


class TutorTap(CallbackData, prefix="tutor"):
    wish: Wish
    session_id: int


def stop_button() -> InlineKeyboardButton:
    return _tap(_("⏹ Stop"), Wish.STOP, SessionId(0))


def again_button(session_id: SessionId) -> InlineKeyboardButton:
    return _tap(_("🔁 Ask again"), Wish.AGAIN, session_id)


RUNG_OF = {
    Wish.SECOND_HINT: ReplyKind.SECOND_HINT,
    Wish.STEP: ReplyKind.STEP,
    Wish.SOLUTION: ReplyKind.SOLUTION,
}
"""A button names its rung: an old one, tapped again, asks for what it says and for nothing further up."""


def rung_button(rung: ReplyKind, session_id: SessionId) -> InlineKeyboardButton:
    texts = {
        ReplyKind.SECOND_HINT: _("💡 One more hint"),
        ReplyKind.STEP: _("👣 Show one step"),
        ReplyKind.SOLUTION: _("✅ Full solution"),
    }
    wish = next(wish for wish, each in RUNG_OF.items() if each is rung)
    return _tap(texts[rung], wish, session_id)


def under_answer(session: TutorSession, message: TutorMessage | None) -> InlineKeyboardMarkup:
    """What can be done after an answer, or after a stop before there was any."""
    rows: list[list[InlineKeyboardButton]] = []
    if message is None:
        rows.append([again_button(session.id)])
    elif message.is_open:
        rows.append([_tap(_("▶️ Continue"), Wish.GO_ON, session.id)])
    if message is not None and message.next_rung is not None:
        rows.append([rung_button(message.next_rung, session.id)])
    rows.append([_tap(_("💬 Ask more"), Wish.MORE, session.id)])
    if session.lesson_id is not None and message is not None and message.kind is not ReplyKind.TEACHER:
        rows.append([_tap(_("🙋 Ask the teacher"), Wish.TEACHER, session.id)])
    cited = message.details.citations if message is not None else ()
    rows += [[_lesson(each.lesson_id, each.title)] for each in cited if each.lesson_id != session.lesson_id]
    rows += lesson_row(session)
    return InlineKeyboardMarkup(inline_keyboard=rows)


def under_passages(session: TutorSession, passages: list[Passage], language: Language) -> InlineKeyboardMarkup:
    rows = [[_lesson(passage.lesson_id, passage.lesson_title.read_in(language))] for passage in passages]
    found = {passage.lesson_id for passage in passages}
    rows += [] if session.lesson_id in found else lesson_row(session)
    return InlineKeyboardMarkup(inline_keyboard=rows)


def lesson_row(session: TutorSession) -> list[list[InlineKeyboardButton]]:
    if session.lesson_id is None:
        return []
    return [[go_button(_("⬅️ Back to the lesson"), f"l_{session.lesson_id}")]]


def _lesson(lesson_id: LessonId, title: str) -> InlineKeyboardButton:
    return go_button(shorten(f"📖 {title}", MAX_LABEL), f"l_{lesson_id}")


def _tap(text: str, wish: Wish, session_id: SessionId) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=TutorTap(wish=wish, session_id=session_id).pack())
