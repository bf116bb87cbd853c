"""What no command and no screen took: every private message gets an answer that says what to do."""

import re
from typing import Any

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message
from aiogram_dialog import DialogManager

from bot.i18n import _
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.users.model import User, UserId

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s|$)")
_OPEN_TO_ALL = frozenset({"start", "help"})


class CommandWhileRegistering(Filter):
    """A command of somebody whose registration has a question open. It comes first of all filters, so it is cheap."""

    async def __call__(self, message: Message, user: User | None = None) -> bool:
        if user is None or user.is_registered or message.text is None:
            return False
        command = _COMMAND.match(message.text)
        return command is not None and command[1].lower() not in _OPEN_TO_ALL


class UnknownCommand(Filter):
    """Something that looks like a command; the known ones were taken before."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        if message.text is None:
            return False
        command = _COMMAND.match(message.text)
        return {"name": command[1]} if command else False


gate = Router(name="registration_gate")
"""Before every other router."""

unknown_commands = Router(name="unknown_commands")
"""After the routers of commands and before the dialogs, or a mistyped command would become somebody's name."""

router = Router(name="fallback")
"""After the dialogs."""


@gate.message(CommandWhileRegistering())
async def finish_registration_first(message: Message, dialog_manager: DialogManager) -> None:
    await message.answer(_("First a few questions, then everything else:"))
    await show_menu(dialog_manager)


@unknown_commands.message(UnknownCommand())
async def say_unknown(message: Message, name: str) -> None:
    await message.answer(_("I do not know /{command}. /help shows what I can do.").format(command=name))


@router.message()
async def show_the_way(message: Message, dialog_manager: DialogManager, **data: Any) -> None:
    """Nothing is open: after an outage, or before the first screen."""
    if current_user(data).is_registered:
        await message.answer(_("I did not understand that. Please choose from the menu 👇"))
    await show_menu(dialog_manager)


@router.callback_query()
async def replace_screen(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """A button that nothing knows any more."""
    await query.answer(_("That screen is out of date. Here is the menu."))
    await show_menu(dialog_manager)


@router.my_chat_member()
async def note_block(change: ChatMemberUpdated, **data: Any) -> None:
    """They have blocked or unblocked the bot: only private chats come this far."""
    user_id = UserId(change.from_user.id)
    if change.new_chat_member.status == ChatMemberStatus.KICKED:
        await services(data).users.blocked_the_bot(user_id)
    else:
        await services(data).users.come_back(user_id)
