"""What a teacher does with a lesson, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.course_actions import say_missing
from bot.courses.kept_part import unpacked
from bot.courses.large_files import unkept_megabytes
from bot.courses.materials import material_of
from bot.courses.question_import_sending import collect_poll, look_into, take_material
from bot.courses.question_import_words import found_words
from bot.courses.questions import take_poll
from bot.courses.states import CourseDesk, LessonDesk, show_course_desk, show_part_desk
from bot.courses.structure_actions import archived_words
from bot.courses.words import part_line
from bot.i18n import _, current_language
from bot.learning.states import show_lesson
from bot.services import current_user, services
from domain.courses.errors import EditConflict, NotReady
from domain.courses.model import PartId
from domain.courses.pricing import parse_price
from domain.errors import Gone, NotAllowed
from domain.quizzes.importing.imports import QuestionImportId, Target
from domain.quizzes.model import QuestionId


async def send_material(message: Message, manager: DialogManager) -> bool:
    """Whatever a teacher sends becomes the next part of the lesson, a quiz poll its next question.

    Forwarded polls are collected, and what looks like a test is not a part before its sender says so.
    """
    if message.poll is not None and message.forward_origin is not None:
        await collect_poll(message, message.poll, manager, Target(lesson_id=shown_lesson(manager)))
        return True
    if message.poll is not None:
        await take_poll(message, message.poll, manager)
        return True
    if await take_material(message, manager):
        return True
    material = material_of(message, manager.middleware_data["bot"].id)
    if material is None:
        return False
    part = await services(manager).authoring.add_part(current_user(manager).id, shown_lesson(manager), material)
    manager.dialog_data["added"] = {
        "part_id": part.id,
        "line": part_line(part, current_language()),
        "unkept": unkept_megabytes(manager, part.media.values()),
    }
    await look_into(message, manager, part.id)
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def undo(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Take back what was added last; when it is gone already, that is as good."""
    added: dict[str, Any] | None = manager.dialog_data.pop("added", None)
    if added is None:
        return
    actor_id = current_user(manager).id
    try:
        if "part_id" in added:
            await services(manager).authoring.remove_part(actor_id, PartId(added["part_id"]))
        elif "import_id" in added:
            count = await services(manager).question_imports.undo(actor_id, QuestionImportId(added["import_id"]))
            added["line"] = f"❓ {found_words(count)}"
        else:
            await services(manager).questions.delete_question(actor_id, QuestionId(added["question_id"]))
    except (Gone, NotAllowed):
        await query.answer(_("It is no longer there."))
        return
    await query.answer(_("Taken back: {what}").format(what=added["line"])[:200])


async def back_to_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager))


async def preview(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_lesson(manager, shown_lesson(manager))


async def add_next_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager), CourseDesk.lesson)


async def forget_added(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """On another screen the last addition is no longer the last thing that was done."""
    manager.dialog_data.pop("added", None)


async def take_over(start_data: Any, manager: DialogManager) -> None:
    """What was done on the way here can be undone here."""
    for name in ("added", "removed"):
        if isinstance(start_data, dict) and start_data.get(name):
            manager.dialog_data[name] = start_data[name]


async def begin_rename(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The title comes with its version: whoever saves over a newer one is told."""
    manager.dialog_data.pop("added", None)
    work = await services(manager).authoring.lesson_work(current_user(manager).id, shown_lesson(manager))
    manager.dialog_data["version"] = work.line.lesson.version
    await manager.switch_to(LessonDesk.title)


async def type_title(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _rename(manager, message.text, manager.dialog_data.get("version"))
    return True


async def retitle(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _rename(manager, manager.dialog_data["mine"], manager.dialog_data["their_version"])


async def _rename(manager: DialogManager, title: str, version: int | None) -> None:
    actor_id, lesson_id, data = current_user(manager).id, shown_lesson(manager), manager.dialog_data
    try:
        await services(manager).authoring.rename_lesson(actor_id, lesson_id, title, version)
    except EditConflict:
        work = await services(manager).authoring.lesson_work(actor_id, lesson_id)
        data["mine"], data["their_version"] = title, work.line.lesson.version
        await manager.switch_to(LessonDesk.conflict)
        return
    data.pop("mine", None)
    await manager.switch_to(LessonDesk.desk)


async def type_price(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    price = parse_price(message.text)
    await services(manager).authoring.set_lesson_price(current_user(manager).id, shown_lesson(manager), price)
    await manager.switch_to(LessonDesk.desk)
    return True


async def make_free(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.set_lesson_price(current_user(manager).id, shown_lesson(manager), None)
    await manager.switch_to(LessonDesk.desk)


async def open_to_everybody(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _set_preview(manager, is_preview=True)
    await query.answer(_("Everybody can open this lesson now without paying."))


async def close_to_everybody(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _set_preview(manager, is_preview=False)
    await query.answer(_("Only those who have paid can open this lesson now."))


async def publish_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    try:
        await services(manager).authoring.publish_lesson(current_user(manager).id, shown_lesson(manager))
    except NotReady as error:
        await say_missing(query, error, manager)
        return
    manager.dialog_data.pop("added", None)
    await query.answer(_("🚀 Students can see it now."))


async def hide_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.hide_lesson(current_user(manager).id, shown_lesson(manager))
    await query.answer(_("The lesson is a draft again."))


async def archive_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("added", None)
    lesson = await services(manager).structure.archive_lesson(current_user(manager).id, shown_lesson(manager))
    await query.answer(archived_words(is_gone=lesson is None))
    if lesson is None:
        await show_course_desk(manager, shown_course(manager))


async def restore_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).structure.restore_lesson(current_user(manager).id, shown_lesson(manager))
    await query.answer(_("It is back in its place."))


async def choose_part(query: CallbackQuery, select: Select[int], manager: DialogManager, part_id: int) -> None:
    await show_part_desk(manager, shown_course(manager), shown_lesson(manager), PartId(part_id))


async def put_back_part(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    removed = manager.dialog_data.pop("removed", None)
    if removed is not None:
        await services(manager).part_editing.put_back(current_user(manager).id, unpacked(removed["part"]))
        await query.answer(_("It is back in its place."))


async def _set_preview(manager: DialogManager, *, is_preview: bool) -> None:
    await services(manager).authoring.set_preview(
        current_user(manager).id, shown_lesson(manager), is_preview=is_preview
    )
