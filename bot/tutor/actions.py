from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.i18n import _
from bot.services import current_user, services
from bot.tutor.answers import AnswerDelivery
from bot.tutor.states import (
    Tutor,
    shown_lesson,
    shown_session,
    talk_anew,
    talk_in,
)
from bot.tutor.turns import let_wait, write_answer
from bot.users.states import show_menu
from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.tutor.errors import AnswerRunning, SessionGone
from domain.tutor.model import MAX_QUESTION, SessionId


async def take_question(message: Message, _widget: Any, manager: DialogManager) -> None:
    """The typed question, in the conversation and about the lesson that are shown."""
    # The answer comes below the question; the window stays above, and its buttons go on working.
    manager.show_mode = ShowMode.NO_UPDATE
    session_id = await ask(message, message.text or "", manager, shown_lesson(manager), shown_session(manager))
    if session_id is not None:
        talk_in(manager, session_id)


async def ask(
    message: Message,
    question: str,
    manager: DialogManager,
    lesson_id: LessonId | None = None,
    session_id: SessionId | None = None,
) -> SessionId | None:
    """Start the answer, let it wait its turn, or show passages when no model is connected.

    The conversation that it belongs to, once that is known.
    """
    tutor, user = services(manager).tutor, current_user(manager)
    try:
        if tutor.has_model:
            try:
                running = await tutor.ask(user.id, question, lesson_id=lesson_id, session_id=session_id)
            except AnswerRunning:
                await let_wait(message, tutor, user.id, question, lesson_id=lesson_id, session_id=session_id)
                return None
            write_answer(manager, running)
            return running.session.id
        found = await tutor.passages(user.id, question, lesson_id=lesson_id, session_id=session_id)
    except InvalidInput as error:
        await message.answer(_question_sentence(error))
        return None
    await AnswerDelivery(manager.middleware_data["bot"], tutor).send_passages(user.id, found, user.language)
    return found.session.id


async def solve(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _start(manager, is_solution=True)


async def answer_again(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _start(manager, is_solution=False)


async def stop(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await stop_answer(query, manager)


async def stop_answer(query: CallbackQuery, manager: DialogManager) -> None:
    if await services(manager).tutor.stop(current_user(manager).id):
        await query.answer(_("Stopping…"))
    else:
        await query.answer(_("There is nothing to stop."))


async def begin_anew(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    talk_anew(manager)


async def leave(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Back to the lesson that the tutor was asked from, else to the menu."""
    stack = manager.current_stack()
    if len(stack.intents) > 1:
        await manager.done()
    else:
        await show_menu(manager)


async def next_page(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["page"] = manager.dialog_data.get("page", 0) + 1


async def previous_page(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["page"] = max(manager.dialog_data.get("page", 0) - 1, 0)


async def open_doubt(query: CallbackQuery, widget: Any, manager: DialogManager, session_id: int) -> None:
    manager.dialog_data["doubt_id"] = session_id
    await manager.switch_to(Tutor.conversation)


async def continue_shown(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    talk_in(manager, chosen_doubt(manager))
    await manager.switch_to(Tutor.asking)


async def delete_shown(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Deleting what is deleted already is no error: the list shows what is left."""
    doubt_id = chosen_doubt(manager)
    await services(manager).tutor.delete(current_user(manager).id, doubt_id)
    if doubt_id == shown_session(manager):
        talk_anew(manager)
    await query.answer(_("Deleted."))
    await manager.switch_to(Tutor.doubts)


def chosen_doubt(manager: DialogManager) -> SessionId:
    """The conversation that was chosen from the list."""
    doubt_id = manager.dialog_data.get("doubt_id")
    if not isinstance(doubt_id, int):
        raise SessionGone
    return SessionId(doubt_id)


async def _start(manager: DialogManager, *, is_solution: bool) -> None:
    session_id = shown_session(manager)
    if session_id is None:
        return
    tutor, user_id = services(manager).tutor, current_user(manager).id
    running = await (tutor.full_solution if is_solution else tutor.ask_again)(user_id, session_id)
    write_answer(manager, running)


def _question_sentence(error: InvalidInput) -> str:
    if error.reason == "too_long":
        return _("That is too long: {limit} characters at most. Please ask the main thing first.").format(
            limit=MAX_QUESTION
        )
    return _("I see no question there. Please type it.")
