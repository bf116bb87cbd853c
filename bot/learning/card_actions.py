"""What a student does on a course's card."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.learning.actions import shown_course
from bot.learning.places import outline_turn, turned_outline
from bot.learning.states import show_course, show_lesson, show_list, show_subject
from bot.services import current_user, services
from domain.courses.model import CourseId, LessonId
from domain.learning.browsing import CardScreen


async def shown_card(manager: DialogManager) -> CardScreen:
    return await services(manager).catalogue.card(
        current_user(manager).id, shown_course(manager), outline_turn(manager)
    )


async def next_lessons(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["outline_turn"] = turned_outline((await shown_card(manager)).outline, forward=True)


async def previous_lessons(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["outline_turn"] = turned_outline((await shown_card(manager)).outline, forward=False)


async def try_lesson(query: CallbackQuery, _select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    await show_lesson(manager, LessonId(lesson_id))


async def open_required(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_course(manager, CourseId(course_id))


async def to_list(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the list that it was chosen from, as it was left; else to its category."""
    back = manager.start_data.get("back") if isinstance(manager.start_data, dict) else None
    if isinstance(back, dict):
        await show_list(manager, back)
    else:
        await show_subject(manager, (await shown_card(manager)).card.category.id)
