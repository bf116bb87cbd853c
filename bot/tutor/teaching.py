"""What the teachers' screens show and do."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.dialogs import given
from bot.i18n import Safe, _, current_language, day_and_time, shorten
from bot.services import current_user, services
from bot.tutor.getters import shown_messages
from bot.tutor.states import TutorTeaching
from bot.users.states import show_menu
from domain.courses.model import CourseId
from domain.errors import InvalidInput
from domain.tutor.errors import RequestGone
from domain.tutor.model import MAX_QUESTION, TutorMode
from domain.tutor.teacher_ports import RequestId


async def request_list(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    after = dialog_manager.dialog_data.get("after")
    page = await services(data).teacher_help.waiting(current_user(data).id, RequestId(after) if after else None)
    if not page.requests and after:
        # Others have answered all of this page meanwhile.
        dialog_manager.dialog_data.pop("after")
        return await request_list(dialog_manager, **data)
    dialog_manager.dialog_data["next_after"] = page.next_after
    return {
        "requests": [(each.id, shorten(f"{each.student_name} · {each.title}", 56)) for each in page.requests],
        "is_empty": not page.requests,
        "has_requests": bool(page.requests),
        "has_more": page.next_after is not None,
        "is_further": after is not None,
    }


async def thread(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    found = await services(data).teacher_help.thread(user.id, _shown_request(dialog_manager))
    request = found.request
    return {
        "name": request.student_name,
        "when": day_and_time(request.asked_at, user.timezone),
        "lesson": request.lesson_title.read_in(current_language()) if request.lesson_title else None,
        "messages": Safe(shown_messages(found.messages)),
        "is_answered": request.answered_at is not None,
        "is_waiting": request.answered_at is None,
    }


async def tutor_mode(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    page = await services(data).tutor_modes.page(current_user(data).id, _shown_course(dialog_manager))
    names = {
        TutorMode.HINTS: _("💡 Hints first"),
        TutorMode.DIRECT: _("📘 Solve at once"),
        TutorMode.OFF: _("⏻ Switch it off"),
    }
    return {
        "title": page.course.title.read_in(current_language()),
        "is_hints": page.mode is TutorMode.HINTS,
        "is_direct": page.mode is TutorMode.DIRECT,
        "is_off": page.mode is TutorMode.OFF,
        "modes": [(mode.value, f"✓ {name}" if mode is page.mode else name) for mode, name in names.items()],
    }


async def open_shown(query: CallbackQuery, widget: Any, manager: DialogManager, request_id: int) -> None:
    manager.dialog_data["request_id"] = request_id
    await manager.switch_to(TutorTeaching.thread)


async def more_requests(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["after"] = manager.dialog_data.get("next_after")


async def first_requests(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("after", None)


async def take_answer(message: Message, _widget: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    try:
        await services(manager).teacher_help.answer(
            current_user(manager).id, _shown_request(manager), message.text or ""
        )
    except InvalidInput as error:
        await message.answer(
            _("That is too long: {limit} characters at most.").format(limit=MAX_QUESTION)
            if error.reason == "too_long"
            else _("Please type your answer as a text.")
        )
        return
    await message.answer(_("✅ Sent. The student reads it in the same conversation."))
    await manager.switch_to(TutorTeaching.requests)


async def choose_mode(query: CallbackQuery, widget: Any, manager: DialogManager, chosen: str) -> None:
    """A mode that does not exist, from a forged button, changes nothing."""
    if chosen in set(TutorMode):
        await services(manager).tutor_modes.choose(current_user(manager).id, _shown_course(manager), TutorMode(chosen))
        await query.answer(_("Saved."))


async def back(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await manager.done()


async def to_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


def _shown_request(manager: DialogManager) -> RequestId:
    request_id = manager.dialog_data.get("request_id")
    if not isinstance(request_id, int):
        raise RequestGone
    return RequestId(request_id)


def _shown_course(manager: DialogManager) -> CourseId:
    return CourseId(given(manager, "course_id"))
