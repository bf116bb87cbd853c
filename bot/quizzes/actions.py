"""What a student does with a quiz: one use case each, then where to go."""

import re
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.i18n import _, current_language
from bot.learning.states import return_to_lesson, show_lesson
from bot.links import number_in
from bot.quizzes.place import (
    Asked,
    attempt_shown,
    hand_over,
    lesson_shown,
    mistake_shown,
    note_attempt,
    page_shown,
    place_of,
    question_shown,
    show_mistake,
    show_page,
)
from bot.quizzes.states import Quiz
from bot.quizzes.wording import option_meant
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.quizzes.errors import QuestionGone
from domain.quizzes.keys import one
from domain.quizzes.model import AttemptId, AttemptView, QuestionId

_CHOICE = re.compile(r"(?P<number>[0-9]{1,4})-(?P<option>[0-9]{1,2})", re.ASCII)


async def begin_quiz(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    attempt = await services(manager).quizzes.start_or_resume(current_user(manager).id, lesson_shown(manager))
    await _ask(manager, attempt)


async def choose_option(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """`item` is `<question's number>-<option>`; which attempt it is about, the dialog knows, not the button."""
    shown = question_shown(manager)
    option = _option_in(item, shown)
    if shown and option is not None and await _answer(manager, shown.id, option):
        return
    await query.answer(_("That button is out of date. Here is the question that waits for you."), show_alert=True)
    await _ask_again(manager)


async def type_answer(message: Message, widget: Any, manager: DialogManager) -> None:
    """A typed letter, number or option is an answer too; anything else gets a sentence and the question again."""
    attempt = await services(manager).quizzes.current(current_user(manager).id, attempt_shown(manager))
    note_attempt(manager, attempt)
    if attempt.question is None:
        return
    options = [option.read_in(current_language()) for option in attempt.question.options]
    meant = option_meant(message.text or "", options)
    if meant is None:
        await message.answer(_("Please tap one of the answers below, or type its letter 👇"))
    elif not await _answer(manager, attempt.question.id, meant):
        await _ask_again(manager)


async def next_question(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await _ask_again(manager)


async def show_result(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_mistake(manager, 0)
    await manager.switch_to(Quiz.result)


async def try_again(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await _ask(manager, await services(manager).quizzes.retake(current_user(manager).id, attempt_shown(manager)))


async def review_mistakes(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_mistake(manager, 0)
    await manager.switch_to(Quiz.review)


async def previous_mistake(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_mistake(manager, mistake_shown(manager) - 1)


async def next_mistake(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    result = await services(manager).quizzes.result(current_user(manager).id, attempt_shown(manager))
    show_mistake(manager, min(mistake_shown(manager) + 1, len(result.mistakes) - 1))
    hand_over(manager, result)


async def back_to_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await return_to_lesson(manager, lesson_shown(manager))


async def go_to_next_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    result = await services(manager).quizzes.result(current_user(manager).id, attempt_shown(manager))
    await show_lesson(manager, result.next_lesson_id or result.lesson_id)


async def open_attempt(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """From the history: an open attempt goes on, a finished one shows its result."""
    attempt_id = AttemptId(number_in(item) or 0)
    attempt = await services(manager).quizzes.current(current_user(manager).id, attempt_id)
    hand_over(manager, attempt)
    await manager.start(Quiz.question if attempt.question else Quiz.result, data=place_of(attempt))


async def previous_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_page(manager, page_shown(manager) - 1)


async def next_page(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    show_page(manager, page_shown(manager) + 1)


async def open_menu(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await show_menu(manager)


def _option_in(item: str, shown: Asked | None) -> int | None:
    choice = _CHOICE.fullmatch(item)
    if choice is None or shown is None or int(choice["number"]) != shown.number:
        return None
    return int(choice["option"])


async def _answer(manager: DialogManager, question_id: QuestionId, option: int) -> bool:
    """Store the answer and show what it was worth; False when the question does not wait for it."""
    try:
        feedback = await services(manager).quizzes.answer(
            current_user(manager).id, attempt_shown(manager), question_id, one(option)
        )
    except QuestionGone:
        return False
    if not feedback.is_revealed:
        await _ask_again(manager)
        return True
    hand_over(manager, feedback)
    await manager.switch_to(Quiz.feedback)
    return True


async def _ask_again(manager: DialogManager) -> None:
    await _ask(manager, await services(manager).quizzes.current(current_user(manager).id, attempt_shown(manager)))


async def _ask(manager: DialogManager, attempt: AttemptView) -> None:
    note_attempt(manager, attempt)
    await manager.switch_to(Quiz.question if attempt.question else Quiz.result)
