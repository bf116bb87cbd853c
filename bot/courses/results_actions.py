"""From a lesson to the results of its quiz."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from bot.courses.at_hand import shown_course, shown_lesson
from bot.quizzes.states import show_quiz_desk


async def open_results(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    await show_quiz_desk(manager, shown_course(manager), shown_lesson(manager))
