"""What a teacher does with a lesson, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.course_actions import say_missing
from bot.courses.materials import material_of
from bot.courses.questions import take_poll
from bot.courses.states import CourseDesk, LessonDesk, show_course_desk
from bot.courses.words import part_line
from bot.i18n import _, current_language
from bot.learning.states import show_lesson
from bot.services import current_user, services
from domain.courses.errors import NotReady
from domain.courses.model import PartId
from domain.courses.pricing import parse_price
from domain.errors import Gone, NotAllowed
from domain.quizzes.model import QuestionId


async def send_material(message: Message, manager: DialogManager) -> bool:
    """Whatever a teacher sends becomes the next part of the lesson, a quiz poll its next question."""
    if message.poll is not None:
        await take_poll(message, message.poll, manager)
        return True
    material = material_of(message, manager.middleware_data["bot"].id)
    if material is None:
        return False
    part = await services(manager).authoring.add_part(current_user(manager).id, shown_lesson(manager), material)
    manager.dialog_data["added"] = {"part_id": part.id, "line": part_line(part, current_language())}
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


async def type_title(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).authoring.rename_lesson(current_user(manager).id, shown_lesson(manager), message.text)
    await manager.switch_to(LessonDesk.desk)
    return True


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


async def delete_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    course_id = await services(manager).authoring.delete_lesson(current_user(manager).id, shown_lesson(manager))
    await query.answer(_("The lesson is deleted."))
    await show_course_desk(manager, course_id)


async def choose_part(query: CallbackQuery, select: Select[int], manager: DialogManager, part_id: int) -> None:
    manager.dialog_data["part_id"] = part_id
    await manager.switch_to(LessonDesk.part)


async def delete_part(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    part_id = PartId(manager.dialog_data["part_id"])
    await services(manager).authoring.remove_part(current_user(manager).id, part_id)
    manager.dialog_data.pop("added", None)
    await query.answer(_("Deleted."))
    await manager.switch_to(LessonDesk.parts)


async def _set_preview(manager: DialogManager, *, is_preview: bool) -> None:
    await services(manager).authoring.set_preview(
        current_user(manager).id, shown_lesson(manager), is_preview=is_preview
    )
