from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import _, current_language, escape_markdown
from bot.learning.bookmarks_getters import shown_bookmark
from bot.learning.reading_actions import part_gone, send_page, title_too_long
from bot.learning.states import Marks, return_to_lesson, show_bookmarks
from bot.services import current_user, services
from domain.courses.model import LessonId, PartKind
from domain.errors import InvalidInput
from domain.language import Text
from domain.learning.bookmark_model import BookmarkId
from domain.learning.errors import BookmarkGone, LessonGone, LessonLocked, PartGone
from domain.learning.timecodes import format_timecode


async def choose(query: CallbackQuery, _select: Select[int], manager: DialogManager, bookmark_id: int) -> None:
    manager.dialog_data["bookmark_id"] = bookmark_id
    manager.dialog_data.pop("deleted_id", None)
    await manager.switch_to(Marks.mark)


async def later(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    if (key := manager.dialog_data.get("next_key")) is not None:
        manager.dialog_data["keys"] = [*manager.dialog_data.get("keys", []), key]


async def earlier(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["keys"] = manager.dialog_data.get("keys", [])[:-1]


async def to_all(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_bookmarks(manager)


async def back_to_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await return_to_lesson(manager, LessonId(given(manager, "lesson_id")))


async def play(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The part once more; a moment is in its caption, where Telegram makes it a link into the recording."""
    try:
        mark, page, part = await services(manager).bookmarks.open(current_user(manager).id, shown_bookmark(manager))
    except PartGone:
        await query.answer(part_gone(), show_alert=True)
        return
    except BookmarkGone:
        return
    except (LessonGone, LessonLocked):
        await query.answer(_("The lesson of this bookmark is closed for you now."), show_alert=True)
        return
    manager.show_mode = ShowMode.DELETE_AND_SEND
    if mark.second is None:
        await send_page(manager, page)
        return
    caption = f"{format_timecode(mark.second)} {mark.title}".rstrip()
    if part.kind is PartKind.LINK:
        caption = escape_markdown(caption)
    await send_page(manager, replace(page, parts=(replace(part, text=Text({current_language(): caption})),)))


async def delete(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    bookmark_id = shown_bookmark(manager)
    await services(manager).bookmarks.delete(current_user(manager).id, bookmark_id)
    manager.dialog_data["deleted_id"] = bookmark_id
    await manager.switch_to(Marks.list)


async def undo(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    bookmark_id = manager.dialog_data.pop("deleted_id", None)
    if bookmark_id is None:
        return
    try:
        await services(manager).bookmarks.restore(current_user(manager).id, BookmarkId(bookmark_id))
    except BookmarkGone:
        await query.answer(_("This bookmark cannot be brought back any more."), show_alert=True)


async def type_title(message: Message, _input: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    try:
        await services(manager).bookmarks.rename(current_user(manager).id, shown_bookmark(manager), message.text or "")
    except InvalidInput:
        await message.answer(title_too_long())
        return
    except BookmarkGone:
        pass  # The next screen says so.
    await manager.switch_to(Marks.mark)
