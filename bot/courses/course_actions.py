"""What a teacher does with courses, and where that leads."""

from enum import StrEnum

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.certificates.states import show_course_certificates
from bot.courses.at_hand import shown_course
from bot.courses.conflicts import tell_conflict
from bot.courses.errors import missing_sentence
from bot.courses.states import (
    CourseDesk,
    LessonDesk,
    begin_course,
    pick_lesson,
    show_course_desk,
    show_lesson_desk,
    show_studio,
)
from bot.dialogs import given
from bot.i18n import _, current_language, money
from bot.learning.states import show_course
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.courses.errors import EditConflict, NotReady
from domain.courses.model import CourseId, LessonId, Sale
from domain.courses.pricing import parse_price

MAX_ALERT = 200
"""Characters that Telegram shows in the answer to a tap."""


class Purpose(StrEnum):
    """What a command is to be done with a course."""

    LESSON = "lesson"
    QUESTION = "question"
    PRICE = "price"
    DESK = "desk"


async def open_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def open_certificates(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_certificates(manager, shown_course(manager))


async def open_studio(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_studio(manager)


async def make_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await begin_course(manager)


async def open_course(query: CallbackQuery, select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_course_desk(manager, CourseId(course_id))


async def choose_course(query: CallbackQuery, select: Select[int], manager: DialogManager, course_id: int) -> None:
    await go_to(manager, CourseId(course_id), given(manager, "purpose"))


async def go_to(manager: DialogManager, course_id: CourseId, purpose: str) -> None:
    """The screen of the course that a command was given for."""
    match purpose:
        case Purpose.LESSON:
            await show_course_desk(manager, course_id, CourseDesk.lesson)
        case Purpose.QUESTION:
            await pick_lesson(manager, course_id)
        case Purpose.PRICE:
            await show_course_desk(manager, course_id, CourseDesk.price)
        case _:
            await show_course_desk(manager, course_id)


async def choose_lesson(query: CallbackQuery, select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    await show_lesson_desk(manager, shown_course(manager), LessonId(lesson_id), LessonDesk.question)


async def open_lesson(query: CallbackQuery, select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    await show_lesson_desk(manager, shown_course(manager), LessonId(lesson_id))


async def open_new_lesson(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager), CourseDesk.lesson)


async def back_to_desk(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager))


async def type_title(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    try:
        await services(manager).authoring.rename(
            current_user(manager).id, shown_course(manager), message.text, version=manager.dialog_data.get("version")
        )
    except EditConflict as error:
        await tell_conflict(message, error, current_language())
        return True
    await manager.switch_to(CourseDesk.desk)
    return True


async def type_description(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    try:
        await services(manager).authoring.describe(
            current_user(manager).id, shown_course(manager), message.text, version=manager.dialog_data.get("version")
        )
    except EditConflict as error:
        await tell_conflict(message, error, current_language())
        return True
    await manager.switch_to(CourseDesk.desk)
    return True


async def delete_description(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.describe(current_user(manager).id, shown_course(manager), "")
    await manager.switch_to(CourseDesk.desk)


async def make_free(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _sell(manager, Sale.FREE)
    await query.answer(_("The course is free now."))


async def sell_lessons(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _sell(manager, Sale.LESSONS)
    await query.answer(_("Sold lesson by lesson. Set the price of each lesson on its own screen."), show_alert=True)


async def type_amount(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    price = parse_price(message.text)
    course = await services(manager).authoring.set_course_price(
        current_user(manager).id, shown_course(manager), Sale.COURSE, price
    )
    saved = _("Saved: {price}").format(price=money(course.price)) if course.price else _("The course is free now.")
    await message.answer(saved)
    await manager.switch_to(CourseDesk.desk)
    return True


async def publish(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    try:
        publication = await services(manager).authoring.publish(current_user(manager).id, shown_course(manager))
    except NotReady as error:
        await say_missing(query, error, manager)
        return
    if publication.left_out:
        await query.answer(
            _("🚀 Students can see it now. Empty lessons stay drafts until there is something in them."),
            show_alert=True,
        )
    else:
        await query.answer(_("🚀 Students can see it now."))


async def say_missing(query: CallbackQuery, error: NotReady, manager: DialogManager) -> None:
    """Over the screen where that has room, else in a message above it."""
    sentence = missing_sentence(error)
    if len(sentence) <= MAX_ALERT:
        await query.answer(sentence, show_alert=True)
    else:
        await manager.middleware_data["bot"].send_message(query.from_user.id, sentence)
        manager.show_mode = ShowMode.SEND


async def archive(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.archive(current_user(manager).id, shown_course(manager))
    await query.answer(_("Out of the catalogue. Students who paid keep it. “Restore” brings it back."), show_alert=True)
    await manager.switch_to(CourseDesk.desk)


async def restore(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).authoring.restore(current_user(manager).id, shown_course(manager))
    await query.answer(_("Restored."))


async def view_as_student(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course(manager, shown_course(manager))


async def _sell(manager: DialogManager, sale: Sale) -> None:
    await services(manager).authoring.set_course_price(current_user(manager).id, shown_course(manager), sale)
    await manager.switch_to(CourseDesk.desk)
