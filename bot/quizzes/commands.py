"""`/results`, and links that open a lesson's quiz."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.menu import MenuCommand
from bot.quizzes.states import show_results, start_quiz
from domain.courses.model import LessonId

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("results", N_("My quiz results")),)

router = Router(name="quizzes")


@router.message(Command("results", ignore_case=True))
async def results(message: Message, dialog_manager: DialogManager) -> None:
    await show_results(dialog_manager)


async def open_quiz(manager: DialogManager, rest: str) -> bool:
    """`q_<lesson's id>`"""
    lesson_id = number_in(rest)
    if lesson_id is None:
        return False
    await start_quiz(manager, LessonId(lesson_id))
    return True


LINKS: dict[str, LinkHandler] = {"q": open_quiz}
