"""What the screens about co-teachers show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.at_hand import shown_course
from bot.dialogs import given
from bot.i18n import current_language, shorten
from bot.services import current_user, services
from domain.courses.coteaching_ports import TeachersPage


async def teacher_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await _page(dialog_manager)
    user_id = current_user(dialog_manager).id
    return {
        "title": page.course.title.read_in(current_language()),
        "owner": page.owner.full_name,
        "teachers": [(each.user_id, f"👤 {shorten(each.full_name, 48)}") for each in page.co_teachers],
        "has_teachers": bool(page.co_teachers),
        "is_alone": not page.co_teachers,
        "may_change": page.may_change,
        "may_leave": any(each.user_id == user_id for each in page.co_teachers),
    }


async def teacher_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await _page(dialog_manager)
    chosen = dialog_manager.dialog_data["teacher"]
    found = next((each for each in page.co_teachers if each.user_id == chosen), None)
    return {
        "title": page.course.title.read_in(current_language()),
        "name": found.full_name if found else None,
        "is_gone": found is None,
        "may_remove": page.may_change and found is not None,
    }


async def course_invitation(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return {"title": given(dialog_manager, "title")}


async def _page(manager: DialogManager) -> TeachersPage:
    return await services(manager).co_teaching.teachers(current_user(manager).id, shown_course(manager))
