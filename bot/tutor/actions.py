from collections.abc import Mapping
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.i18n import _, shorten
from bot.services import current_user, services
from bot.tutor.answers import delivery, write_answer
from bot.tutor.states import (
    Tutor,
    shown_lesson,
    shown_session,
    talk_anew,
    talk_in,
)
from bot.users.states import show_menu
from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.tutor.errors import SessionGone
from domain.tutor.model import MAX_QUESTION, ReplyKind, SessionId
from domain.tutor.service import MAX_WORDS_SOUGHT


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
    """Start the answer, or show passages when no model is connected; the conversation that it belongs to."""
    tutor, user = services(manager).tutor, current_user(manager)
    try:
        cared = await tutor.care(user.id, question, lesson_id=lesson_id, session_id=session_id)
        if cared is not None and cared.message is not None:
            await delivery(manager).send(user.id, cared.session, cared.message)
            return cared.session.id
        if tutor.has_model:
            running = await tutor.ask(user.id, question, lesson_id=lesson_id, session_id=session_id)
            write_answer(manager, running)
            return running.session.id
        found = await tutor.passages(user.id, question, lesson_id=lesson_id, session_id=session_id)
    except InvalidInput as error:
        await message.answer(_question_sentence(error))
        return None
    await delivery(manager).send_passages(user.id, found, user.language)
    return found.session.id


async def climb(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The button's id names its rung."""
    session_id = shown_session(manager)
    if session_id is not None:
        rung = ReplyKind(button.widget_id)
        write_answer(manager, await services(manager).tutor.climb(current_user(manager).id, session_id, rung))


async def go_on(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    session_id = shown_session(manager)
    if session_id is not None:
        write_answer(manager, await services(manager).tutor.go_on(current_user(manager).id, session_id))


async def answer_again(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    session_id = shown_session(manager)
    if session_id is not None:
        write_answer(manager, await services(manager).tutor.ask_again(current_user(manager).id, session_id))


async def ask_teacher(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    session_id = shown_session(manager)
    if session_id is not None:
        await pass_on(query, manager, session_id)


async def pass_on(query: CallbackQuery, source: DialogManager | Mapping[str, Any], session_id: SessionId) -> None:
    await services(source).teacher_help.ask_teacher(current_user(source).id, session_id)
    await query.answer(
        _("Your teacher has the conversation now. The answer comes here, and I tell you."), show_alert=True
    )


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
    """Deleting what is deleted already is no error: the list shows what is left, and offers to undo."""
    doubt_id = chosen_doubt(manager)
    if await services(manager).tutor.delete(current_user(manager).id, doubt_id):
        manager.dialog_data["deleted_id"] = doubt_id
    if doubt_id == shown_session(manager):
        talk_anew(manager)
    await query.answer(_("Deleted."))
    await manager.switch_to(Tutor.doubts)


async def undo_delete(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    deleted_id = manager.dialog_data.pop("deleted_id", None)
    if not isinstance(deleted_id, int):
        return
    if await services(manager).tutor.restore(current_user(manager).id, SessionId(deleted_id)):
        await query.answer(_("It is back."))
    else:
        await query.answer(_("It is too late to bring it back."), show_alert=True)


async def seek(message: Message, _widget: Any, manager: DialogManager) -> None:
    """The typed words are looked for in the questions and answers."""
    manager.dialog_data["words"] = shorten(message.text or "", MAX_WORDS_SOUGHT)
    manager.dialog_data["page"] = 0


async def show_all(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["words"] = ""
    manager.dialog_data["page"] = 0


def chosen_doubt(manager: DialogManager) -> SessionId:
    """The conversation that was chosen from the list."""
    doubt_id = manager.dialog_data.get("doubt_id")
    if not isinstance(doubt_id, int):
        raise SessionGone
    return SessionId(doubt_id)


def _question_sentence(error: InvalidInput) -> str:
    if error.reason == "too_long":
        return _("That is too long: {limit} characters at most. Please ask the main thing first.").format(
            limit=MAX_QUESTION
        )
    return _("I see no question there. Please type it.")
