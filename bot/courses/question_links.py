"""From the desks of a course and a lesson to the desk for questions."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.question_states import (
    show_banks,
    show_editor,
    show_question_choice,
    show_question_export,
    show_quiz_card,
)


async def open_banks(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_banks(manager, shown_course(manager))


async def open_quiz_card(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_quiz_card(manager, shown_course(manager), shown_lesson(manager))


async def open_editor(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_editor(manager, shown_course(manager), lesson_id=shown_lesson(manager))


async def edit_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    question_id = manager.dialog_data["question_id"]
    await show_editor(manager, shown_course(manager), lesson_id=shown_lesson(manager), question_id=question_id)


async def choose_several(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_question_choice(manager, shown_course(manager), lesson_id=shown_lesson(manager))


async def copy_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    question_id = manager.dialog_data["question_id"]
    await show_question_choice(manager, shown_course(manager), lesson_id=shown_lesson(manager), to_copy=question_id)


async def download_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_question_export(manager, shown_course(manager), lesson_id=shown_lesson(manager))
