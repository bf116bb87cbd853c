"""What a teacher does with the files beside a lesson."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.large_files import unkept_megabytes
from bot.courses.materials import material_of
from bot.courses.states import show_files_desk, show_lesson_desk
from bot.i18n import _, current_language, shorten
from bot.services import current_user, services
from domain.courses.errors import WorkGone
from domain.courses.materials import Upload
from domain.courses.model import Media, MediaId, PartKind
from domain.courses.structure_ports import Resource

SHOWN = 20


async def open_files(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_files_desk(manager, shown_course(manager), shown_lesson(manager))


async def back_to_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_lesson_desk(manager, shown_course(manager), shown_lesson(manager))


async def lesson_files(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    found = await services(dialog_manager).resources.files(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    names = [(one.id, one.media.name or _("File")) for one in found.resources]
    done = dialog_manager.dialog_data.get("done") or {}
    return {
        "title": found.lesson.title.read_in(current_language()),
        "lines": "\n".join(f"{number}. {shorten(name, 60)}" for number, (_id, name) in enumerate(names[:SHOWN], 1)),
        "is_empty": not names,
        "files": [(file_id, f"🗑 {shorten(name, 40)}") for file_id, name in names],
        "added": done.get("added"),
        "unkept": done.get("unkept"),
        "deleted": done.get("deleted"),
        "can_undo": bool(done),
    }


async def send_resource(message: Message, manager: DialogManager) -> bool:
    material = material_of(message, manager.middleware_data["bot"].id)
    if not isinstance(material, Upload):
        return False
    added = await services(manager).resources.add(current_user(manager).id, shown_lesson(manager), material)
    manager.dialog_data["done"] = {
        "added": added.media.name or _("File"),
        "unkept": unkept_megabytes(manager, [added.media]),
        "file_id": added.id,
    }
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def delete_file(query: CallbackQuery, select: Select[int], manager: DialogManager, file_id: int) -> None:
    try:
        removed = await services(manager).resources.remove(current_user(manager).id, shown_lesson(manager), file_id)
    except WorkGone:
        await query.answer(_("It is no longer there."))
        return
    manager.dialog_data["done"] = {
        "deleted": removed.media.name or _("File"),
        "media_id": removed.media.id,
        "kind": removed.media.kind.value,
    }
    await query.answer(_("Deleted."))


async def undo_file(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    done = manager.dialog_data.pop("done", None)
    if done is None:
        return
    resources, actor_id, lesson_id = services(manager).resources, current_user(manager).id, shown_lesson(manager)
    try:
        if "file_id" in done:
            await resources.remove(actor_id, lesson_id, done["file_id"])
        else:
            await resources.put_back(actor_id, lesson_id, _resource(manager, done))
    except WorkGone:
        await query.answer(_("It is no longer there."))
        return
    await query.answer(_("Undone."))


def _resource(manager: DialogManager, done: dict[str, Any]) -> Resource:
    """Of a removed file its id is enough: its row stays."""
    media = Media(
        id=MediaId(done["media_id"]),
        kind=PartKind(done["kind"]),
        name="",
        mime="",
        size=0,
        sha256=None,
        telegram_file_id=None,
        bot_id=None,
    )
    return Resource(id=0, lesson_id=shown_lesson(manager), media=media)
