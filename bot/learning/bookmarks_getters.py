from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import current_language, shorten
from bot.learning.reading_getters import icon_of
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.learning.bookmark_model import Bookmark, BookmarkId
from domain.learning.errors import BookmarkGone
from domain.learning.timecodes import format_timecode


def shown_bookmark(manager: DialogManager) -> BookmarkId:
    return BookmarkId(manager.dialog_data.get("bookmark_id", 0))


async def bookmarks(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    lesson_id: LessonId | None = given(dialog_manager, "lesson_id")
    keys = data.get("keys")
    page = await services(dialog_manager).bookmarks.page(
        current_user(dialog_manager).id, lesson_id, BookmarkId(keys[-1]) if keys else None
    )
    data["next_key"] = page.next_id
    return {
        "is_of_lesson": lesson_id is not None,
        "lesson": page.lesson_title.read_in(current_language()) if page.lesson_title else None,
        "is_of_all": page.lesson_title is None,
        "is_empty": not page.entries,
        "is_deleted": data.get("deleted_id") is not None,
        "marks": [(entry.id, _line(entry, is_of_lesson=lesson_id is not None)) for entry in page.entries],
        "has_previous": bool(keys),
        "has_next": page.next_id is not None,
    }


async def bookmark(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    language = current_language()
    try:
        found = await services(dialog_manager).bookmarks.bookmark(
            current_user(dialog_manager).id, shown_bookmark(dialog_manager)
        )
    except BookmarkGone:
        return {"is_gone": True, "is_there": False, "is_moment": False, "is_whole": False, "can_play": False}
    return {
        "is_there": True,
        "is_moment": found.second is not None,
        "is_whole": found.second is None,
        "time": format_timecode(found.second or 0),
        "title": found.title,
        "icon": icon_of(found.kind),
        "lesson": found.lesson_title.read_in(language),
        "course": found.course_title.read_in(language),
        "can_play": found.part_id is not None,
        "is_replaced": found.part_id is None and found.second is not None,
        "is_taken_out": found.part_id is None and found.second is None,
    }


def _line(entry: Bookmark, *, is_of_lesson: bool) -> str:
    mark = icon_of(entry.kind) if entry.second is None else format_timecode(entry.second)
    line = f"{mark} {shorten(entry.title, 36)}".rstrip()
    return line if is_of_lesson else f"{line} · {entry.lesson_title.read_in(current_language())}"
