from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, MessageGenerationStopped
from aiogram_dialog import DialogManager

from bot.i18n import N_, _
from bot.links import LinkHandler, number_in
from bot.menu import TEACHERS, MenuCommand
from bot.replies import ReplyToLesson
from bot.services import current_user, services
from bot.tutor.actions import ask, pass_on, stop_answer
from bot.tutor.answers import write_answer
from bot.tutor.buttons import RUNG_OF, TutorTap, Wish
from bot.tutor.states import continue_doubt, open_tutor, show_doubts, show_request, show_requests
from domain.learning.model import SentPart
from domain.tutor.model import SessionId
from domain.tutor.teacher_ports import RequestId

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("ask", N_("Ask the tutor")),
    MenuCommand("doubts", N_("My questions")),
    MenuCommand("inbox", N_("Questions of your students"), TEACHERS),
)

ASKING_SIGN = "?"

router = Router(name="tutor")


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


@router.message(Command("inbox", ignore_case=True))
async def inbox_command(message: Message, dialog_manager: DialogManager) -> None:
    await show_requests(dialog_manager)


async def open_request(manager: DialogManager, rest: str) -> bool:
    """`dq_7`: a question to its teachers. Who may read it is decided when it is shown."""
    request_id = number_in(rest)
    if request_id is None:
        return False
    await show_request(manager, RequestId(request_id))
    return True


async def open_doubt(manager: DialogManager, rest: str) -> bool:
    """`dt_7`: one's own conversation."""
    session_id = number_in(rest)
    if session_id is None:
        return False
    await services(manager).tutor.conversation(current_user(manager).id, SessionId(session_id))
    await continue_doubt(manager, SessionId(session_id))
    return True


LINKS: dict[str, LinkHandler] = {"dq": open_request, "dt": open_doubt}


class AsksAboutLesson(ReplyToLesson):
    """A reply with a question mark in front, to anything that a lesson has shown; hands on `sent`."""

    async def __call__(self, message: Message, **data: Any) -> bool | dict[str, Any]:
        if not (message.text or "").lstrip().startswith(ASKING_SIGN):
            return False
        return await super().__call__(message, **data)


@router.message(AsksAboutLesson())
async def reply(message: Message, sent: SentPart, dialog_manager: DialogManager) -> None:
    """Asked from within the lesson, whose screen stays; what comes next is below the answer."""
    await ask(message, (message.text or "").strip().lstrip(ASKING_SIGN), dialog_manager, sent.lesson_id)


@router.callback_query(TutorTap.filter())
async def tap(query: CallbackQuery, callback_data: TutorTap, dialog_manager: DialogManager, **data: Any) -> None:
    tutor, user_id = services(data).tutor, current_user(data).id
    session_id = SessionId(callback_data.session_id)
    match callback_data.wish:
        case Wish.STOP:
            await stop_answer(query, dialog_manager)
            return
        case Wish.MORE:
            await tutor.conversation(user_id, session_id)
            await continue_doubt(dialog_manager, session_id)
            await query.answer()
            return
        case Wish.TEACHER:
            await pass_on(query, data, session_id)
            return
        case Wish.SECOND_HINT | Wish.STEP | Wish.SOLUTION:
            running = await tutor.climb(user_id, session_id, RUNG_OF[callback_data.wish])
        case Wish.GO_ON:
            running = await tutor.go_on(user_id, session_id)
        case Wish.AGAIN:
            running = await tutor.ask_again(user_id, session_id)
    write_answer(data, running)
    await query.answer(_("💭 Thinking…"))


@router.stopped_message_generation()
async def stopped(event: MessageGenerationStopped, **data: Any) -> None:
    """The stop button of a draft: what has come is kept and sent."""
    await services(data).tutor.stop(current_user(data).id)
