"""The list of one's own courses: its pages by keys, and finding one by a part of its name."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.courses.import_actions import send_to_studio
from bot.courses.words import STATUS_ICONS
from bot.i18n import current_language, shorten
from bot.services import current_user, services
from domain.courses.model import CourseEntry, CourseId
from domain.courses.own_courses import OwnKey, OwnPage, Shelving

MAX_TYPED = 60
"""Characters of a name that is looked for."""


async def own_courses(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await _page(dialog_manager, with_archived=True)
    typed = _typed(dialog_manager)
    is_first = _behind(dialog_manager) is None
    return {
        **_facts(dialog_manager, page),
        "is_empty": not page.entries and not typed and is_first,
        "has_courses": bool(page.entries) and not typed,
        "is_admin": current_user(dialog_manager).is_admin,
    }


async def pickable_courses(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Archived courses are not meant by any command."""
    return _facts(dialog_manager, await _page(dialog_manager, with_archived=False))


async def later(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Behind the last line that was shown; the keys of the earlier pages stay, to go back by them."""
    if (key := manager.dialog_data.get("next_key")) is not None:
        manager.dialog_data["keys"] = [*manager.dialog_data.get("keys", []), key]


async def earlier(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["keys"] = manager.dialog_data.get("keys", [])[:-1]


async def forget_typed(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data.update(typed="", keys=[])


async def find_or_import(message: Message, manager: DialogManager) -> bool:
    """Words find a course; a document that looks like a course is imported."""
    return await find(message, manager) or await send_to_studio(message, manager)


async def find(message: Message, manager: DialogManager) -> bool:
    if message.text is None or message.text.startswith("/"):
        return False
    manager.dialog_data.update(typed=message.text[:MAX_TYPED], keys=[])
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def _page(manager: DialogManager, *, with_archived: bool) -> OwnPage:
    return await services(manager).authoring.my_courses(
        current_user(manager).id, _behind(manager), typed=_typed(manager), with_archived=with_archived
    )


def _facts(manager: DialogManager, page: OwnPage) -> dict[str, Any]:
    typed, key = _typed(manager), page.next_key
    manager.dialog_data["next_key"] = [key.shelving, key.course_id] if key else None
    has_previous = _behind(manager) is not None
    return {
        "courses": [(entry.course.id, _line(entry)) for entry in page.entries],
        "typed": typed,
        "is_unknown": bool(typed) and not page.entries,
        "is_long": (key is not None or has_previous) and not typed,
        "has_previous": has_previous,
        "has_next": key is not None,
    }


def _typed(manager: DialogManager) -> str:
    return manager.dialog_data.get("typed", "")


def _behind(manager: DialogManager) -> OwnKey | None:
    keys: list[tuple[int, int]] = manager.dialog_data.get("keys", [])
    if not keys:
        return None
    shelving, course_id = keys[-1]
    return OwnKey(shelving=Shelving(shelving), course_id=CourseId(course_id))


def _line(entry: CourseEntry) -> str:
    title = entry.course.title.read_in(current_language())
    return f"{STATUS_ICONS[entry.course.status]} {shorten(title, 44)} · {entry.lesson_count}"
