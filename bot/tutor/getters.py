import re
from collections.abc import Sequence
from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, _, current_language, day_and_time, escape_markdown, shorten
from bot.services import current_user, services
from bot.tutor.actions import chosen_doubt
from bot.tutor.markdown import clean
from bot.tutor.states import shown_lesson, shown_session
from bot.tutor.wording import shown_reply
from domain.tutor.model import ReplyKind, Role, TutorMessage, TutorMode

MAX_SHOWN = 12_000
_BLOCK = re.compile(r"#|\||\$\$|```|[-*+>] |\d+[.)] ")
"""What Markdown reads as a heading, a table, a formula, a list only at the beginning of a line."""
"""Characters of a conversation on one screen; the latest messages."""


async def tutor_desk(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    session_id = shown_session(dialog_manager)
    desk = await services(data).tutor.desk(
        current_user(data).id, lesson_id=shown_lesson(dialog_manager), session_id=session_id
    )
    last = desk.last_message
    is_closed = desk.sits_exam or desk.mode is TutorMode.OFF
    is_free = not desk.is_running and desk.has_model and not is_closed
    rung = last.next_rung if last is not None and is_free else None
    return {
        "lesson": desk.lesson_title.read_in(current_language()) if desk.lesson_title else None,
        "title": desk.session.title if desk.session else None,
        "remaining": desk.remaining,
        "has_questions": desk.has_model and desk.remaining > 0 and not is_closed,
        "guides": desk.has_model and desk.remaining > 0 and not is_closed and desk.mode is TutorMode.HINTS,
        "solves": desk.has_model and desk.remaining > 0 and not is_closed and desk.mode is TutorMode.DIRECT,
        "is_spent": desk.has_model and desk.remaining == 0 and not is_closed,
        "sits_exam": desk.sits_exam,
        "is_off": desk.mode is TutorMode.OFF and not desk.sits_exam,
        "is_running": desk.is_running,
        "is_searching": not desk.has_model and not is_closed,
        "may_ask": not desk.is_running and not is_closed and (desk.remaining > 0 or not desk.has_model),
        "may_hint": rung is ReplyKind.SECOND_HINT,
        "may_step": rung is ReplyKind.STEP,
        "may_solve": rung is ReplyKind.SOLUTION,
        "may_go_on": is_free and last is not None and last.is_open,
        "may_pass_on": last is not None and desk.lesson_title is not None and not desk.is_running,
        "may_repeat": is_free and last is not None and last.role is Role.STUDENT,
        "doubt_count": desk.session_count,
        "has_doubts": desk.session_count > 0,
    }


async def doubts(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """One page of conversations; a page that deletions emptied gives way to the last one that has any."""
    user = current_user(data)
    tutor = services(data).tutor
    words = dialog_manager.dialog_data.get("words", "")
    shown = await tutor.history(user.id, dialog_manager.dialog_data.get("page", 0), words)
    if not shown.sessions and shown.page > 0:
        shown = await tutor.history(user.id, shown.page_count - 1, words)
    dialog_manager.dialog_data["page"] = shown.page
    return {
        "doubts": [(session.id, shorten(f"💬 {session.title}", 56)) for session in shown.sessions],
        "is_empty": not shown.sessions and not words,
        "is_missed": not shown.sessions and bool(words),
        "words": words,
        "may_seek": bool(shown.sessions) and not words,
        "is_deleted": "deleted_id" in dialog_manager.dialog_data,
        "page": shown.page + 1,
        "page_count": shown.page_count,
        "has_pages": shown.page_count > 1,
        "has_previous": shown.page > 0,
        "has_next": shown.page + 1 < shown.page_count,
    }


async def conversation(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    found = await services(data).tutor.conversation(user.id, chosen_doubt(dialog_manager))
    return {
        "title": found.session.title,
        "when": day_and_time(found.session.last_at, user.timezone),
        "messages": Safe(shown_messages(found.messages)),
    }


def shown_messages(messages: Sequence[TutorMessage]) -> str:
    """Markdown: the latest messages that fit, oldest first."""
    shown: list[str] = []
    length = 0
    for message in reversed(messages):
        text = _shown_message(message)
        length += len(text)
        if shown and length > MAX_SHOWN:
            break
        shown.append(text)
    return "\n\n".join(reversed(shown))


def _shown_message(message: TutorMessage) -> str:
    if message.role is Role.STUDENT:
        lines = escape_markdown(shorten(message.text, 1000)).splitlines()
        return "👤 " + "  \n".join(lines)
    if message.kind is ReplyKind.PASSAGES:
        return "🔎 " + (clean(message.text) if message.text else _("Nothing was found."))
    if message.kind is ReplyKind.TEACHER:
        return "👩‍🏫 " + "  \n".join(escape_markdown(message.text).splitlines())
    text = shown_reply(message)
    return f"🤖\n\n{text}" if _BLOCK.match(text) else f"🤖 {text}"
