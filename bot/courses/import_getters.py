"""What the screens of importing show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.import_actions import shown_import, target_course
from bot.courses.import_words import REFUSALS, preview_text
from bot.i18n import Safe, _, current_language
from bot.services import current_user, services
from domain.courses.exchange.ports import ImportState


async def import_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    course_id = target_course(dialog_manager)
    course = await services(dialog_manager).exchange.admit(current_user(dialog_manager).id, course_id)
    return {
        "is_new": course is None,
        "is_into": course is not None,
        "title": course.title.read_in(current_language()) if course is not None else "",
    }


async def import_reading(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await services(dialog_manager).exchange.preview(
        current_user(dialog_manager).id, shown_import(dialog_manager)
    )
    state = preview.imported.state
    return {
        "name": preview.imported.arrival.name,
        "is_waiting": state is ImportState.WAITING,
        "is_read": state is not ImportState.WAITING,
    }


async def import_preview(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await services(dialog_manager).exchange.preview(
        current_user(dialog_manager).id, shown_import(dialog_manager)
    )
    imported = preview.imported
    text = preview_text(preview)
    if imported.refusal is not None:
        text = f"{text}\n{_(REFUSALS[imported.refusal])}"
    is_open = preview.draft is not None and imported.state is not ImportState.IMPORTED
    return {
        "text": Safe(text),
        "can_make": preview.can_be_saved and preview.course is None,
        "can_add": preview.can_be_saved and preview.course is not None,
        "is_saved": imported.state is ImportState.IMPORTED,
        "can_choose": is_open and preview.course is None,
        "has_issues": is_open and bool(preview.issues),
        "is_open": imported.state is not ImportState.IMPORTED,
    }


async def import_categories(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    subjects = await services(dialog_manager).authoring.subjects(user.id)
    language = current_language()
    return {
        "categories": [(subject.id, f"{subject.emoji} {subject.title.read_in(language)}") for subject in subjects],
        "is_empty": not subjects,
    }
