"""`/exams`, and links that open an exam's waiting room or its board."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.menu import MenuCommand
from bot.quizzes.exam_states import show_exam_board, show_exam_room, show_exams
from domain.courses.model import LessonId

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("exams", N_("My exams")),)

router = Router(name="exams")


@router.message(Command("exams", ignore_case=True))
async def exams(message: Message, dialog_manager: DialogManager) -> None:
    await show_exams(dialog_manager)


async def open_room(manager: DialogManager, rest: str) -> bool:
    """`x_<lesson's id>`"""
    lesson_id = number_in(rest)
    if lesson_id is None:
        return False
    await show_exam_room(manager, LessonId(lesson_id))
    return True


async def open_board(manager: DialogManager, rest: str) -> bool:
    """`xb_<lesson's id>`"""
    lesson_id = number_in(rest)
    if lesson_id is None:
        return False
    await show_exam_board(manager, LessonId(lesson_id))
    return True


LINKS: dict[str, LinkHandler] = {"x": open_room, "xb": open_board}
