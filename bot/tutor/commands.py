from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, MessageGenerationStopped
from aiogram_dialog import DialogManager

from bot.i18n import N_, _, ngettext
from bot.menu import MenuCommand
from bot.services import current_user, services
from bot.tutor import voices
from bot.tutor.actions import ask, stop_answer
from bot.tutor.buttons import TutorTap, Wish
from bot.tutor.states import continue_doubt, open_tutor, show_doubts
from bot.tutor.turns import write_answer
from domain.tutor.model import SessionId

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("ask", N_("Ask the tutor")),
    MenuCommand("doubts", N_("My questions")),
)

router = Router(name="tutor")
router.include_router(voices.router)


@router.message(Command("ask", ignore_case=True))
async def ask_command(message: Message, command: CommandObject, dialog_manager: DialogManager) -> None:
    """`/ask` waits for a question, `/ask Why is the sky blue?` takes it at once."""
    if not command.args:
        await open_tutor(dialog_manager)
        return
    session_id = await ask(message, command.args, dialog_manager)
    if session_id is not None:
        await continue_doubt(dialog_manager, session_id, is_shown=False)


@router.message(Command("doubts", ignore_case=True))
async def doubts_command(message: Message, dialog_manager: DialogManager) -> None:
    await show_doubts(dialog_manager)


@router.callback_query(TutorTap.filter())
async def tap(query: CallbackQuery, callback_data: TutorTap, dialog_manager: DialogManager, **data: Any) -> None:
    tutor, user_id = services(data).tutor, current_user(data).id
    session_id = SessionId(callback_data.session_id)
    match callback_data.wish:
        case Wish.STOP:
            await stop_answer(query, dialog_manager)
            return
        case Wish.CLEAR:
            count = await tutor.queue.clear(user_id)
            forgotten = ngettext("Forgotten: {n} question.", "Forgotten: {n} questions.", count).format(n=count)
            await query.answer(forgotten if count else _("Nothing is waiting any more."))
            return
        case Wish.MORE:
            await tutor.conversation(user_id, session_id)
            await continue_doubt(dialog_manager, session_id)
            await query.answer()
            return
        case Wish.SOLUTION:
            running = await tutor.full_solution(user_id, session_id)
        case Wish.AGAIN:
            running = await tutor.ask_again(user_id, session_id)
    write_answer(data, running)
    await query.answer(_("💭 Thinking…"))


@router.stopped_message_generation()
async def stopped(event: MessageGenerationStopped, **data: Any) -> None:
    """The stop button of a draft: what has come is kept and sent."""
    await services(data).tutor.stop(current_user(data).id)
