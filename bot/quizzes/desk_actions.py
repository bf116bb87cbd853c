"""Taps on the teacher's screens of a quiz."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from bot.courses.states import show_lesson_desk
from bot.dialogs import given
from bot.quizzes.desk_getters import shown_lesson, trail
from bot.quizzes.states import QuizDesk, show_exam_board
from domain.courses.model import CourseId


async def older(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    following = manager.dialog_data.get("next")
    if following is not None:
        trail(manager).append(following)


async def newer(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    if trail(manager):
        trail(manager).pop()


async def choose_item(_query: CallbackQuery, _select: Any, manager: DialogManager, question_id: int) -> None:
    manager.dialog_data["question_id"] = question_id
    await manager.switch_to(QuizDesk.item)


async def to_lesson(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    await show_lesson_desk(manager, CourseId(given(manager, "course_id")), shown_lesson(manager))


async def to_exam(_query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    await show_exam_board(manager, shown_lesson(manager))
