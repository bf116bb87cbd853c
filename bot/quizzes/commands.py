"""`/results`, and links that open a lesson's quiz."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager, StartMode

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.menu import MenuCommand
from bot.quizzes.actions import open_at
from bot.quizzes.states import show_results, start_quiz
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.quizzes.model import AttemptId

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


async def open_own_attempt(manager: DialogManager, rest: str) -> bool:
    """`qa_<attempt's id>`, the reader's own."""
    attempt_id = number_in(rest)
    if attempt_id is None:
        return False
    attempt = await services(manager).quizzes.current(current_user(manager).id, AttemptId(attempt_id))
    await open_at(manager, attempt, StartMode.RESET_STACK)
    return True


LINKS: dict[str, LinkHandler] = {"q": open_quiz, "qa": open_own_attempt}
