"""What a learner does with courses and lessons, and where that leads."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.states import show_course_desk, show_lesson_desk
from bot.dialogs import given
from bot.i18n import _, current_language
from bot.learning.delivery import LessonDelivery
from bot.learning.states import CourseCard, show_catalogue, show_course, show_lesson
from bot.payments.states import show_order
from bot.quizzes.states import start_quiz
from bot.services import current_user, services
from bot.tutor.states import ask_tutor
from bot.users.states import show_menu
from domain.courses.model import CourseId, LessonId, LockReason
from domain.learning.model import Product, ProductKind


def shown_course(manager: DialogManager) -> CourseId:
    return CourseId(given(manager, "course_id"))


def shown_lesson(manager: DialogManager) -> LessonId:
    return LessonId(given(manager, "lesson_id"))


async def open_course(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_course(manager, CourseId(course_id))


async def open_lesson(query: CallbackQuery, _select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    await show_lesson(manager, LessonId(lesson_id))


async def next_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["page"] = manager.dialog_data.get("page", 0) + 1


async def previous_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["page"] = max(manager.dialog_data.get("page", 0) - 1, 0)


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def to_catalogue(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_catalogue(manager)


async def enrol(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).learning.enrol(current_user(manager).id, shown_course(manager))
    await query.answer(_("You have joined the course."))


async def leave(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).learning.leave(current_user(manager).id, shown_course(manager))
    await query.answer(_("You have left the course. Your progress is kept."))
    await manager.switch_to(CourseCard.card)


async def continue_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """To the first lesson that is not done; in a finished course to the first one."""
    page = await services(manager).learning.course(current_user(manager).id, shown_course(manager))
    entries = page.lessons
    if entries:
        unfinished = next((entry for entry in entries if not entry.is_done), entries[0])
        await show_lesson(manager, unfinished.lesson.id)


async def buy_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_order(manager, Product(ProductKind.COURSE, shown_course(manager)))


async def open_parts(_start_data: Any, manager: DialogManager) -> None:
    """A lesson that was just opened is sent; one that was only left for its quiz is there already."""
    if not given(manager, "is_sent"):
        await _send_parts(manager)


async def send_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _send_parts(manager)


async def _send_parts(manager: DialogManager) -> None:
    """The lesson itself goes into the chat as messages that stay; its buttons move below them."""
    user = current_user(manager)
    page = await services(manager).learning.open_lesson(user.id, shown_lesson(manager))
    if page.lock is not None or not page.parts:
        return
    data = manager.middleware_data
    learning = services(manager).learning
    delivery = LessonDelivery(data["bot"], data["storage_of_files"], learning.remember_file_id, learning.remember_sent)
    await delivery.send(user.id, page, current_language())
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def finish_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    user, lesson_id = current_user(manager), shown_lesson(manager)
    next_id = await services(manager).learning.finish_lesson(user.id, lesson_id)
    if next_id is not None:
        await show_lesson(manager, next_id)
        return
    page = await services(manager).learning.lesson(user.id, lesson_id)
    await query.answer(_("🎉 That was the last lesson of the course. Well done!"), show_alert=True)
    await show_course(manager, page.course.id)


async def next_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    if page.next_id is not None:
        await show_lesson(manager, page.next_id)


async def previous_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    if page.previous_id is not None:
        await show_lesson(manager, page.previous_id)


async def to_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    await show_course(manager, page.course.id)


async def buy(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Whatever has to be bought for this lesson: itself, or its course."""
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    match page.lock:
        case LockReason.LESSON_UNPAID:
            await show_order(manager, Product(ProductKind.LESSON, page.lesson.id))
        case LockReason.COURSE_UNPAID:
            await show_order(manager, Product(ProductKind.COURSE, page.course.id))
        case None:
            await show_lesson(manager, page.lesson.id)


async def edit_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager))


async def edit_lesson(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    page = await services(manager).learning.lesson(current_user(manager).id, shown_lesson(manager))
    await show_lesson_desk(manager, page.course.id, page.lesson.id)


async def take_quiz(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await start_quiz(manager, shown_lesson(manager))


async def ask(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await ask_tutor(manager, shown_lesson(manager))
