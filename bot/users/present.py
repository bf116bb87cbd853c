"""What changes at once, in the running update too, when a user changes."""

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeChat
from aiogram_dialog import DialogManager

from bot.background import Background
from bot.i18n import _, i18n, speaking
from bot.menu import Menu
from domain.users.model import User


def now_is(manager: DialogManager, user: User) -> None:
    """The rest of this update goes on with the changed user, in their language."""
    manager.middleware_data["user"] = user
    i18n().current_locale = user.language


def refresh_commands(manager: DialogManager, user: User) -> None:
    """The menu of commands follows role and language; nobody waits for Telegram to take it."""
    data = manager.middleware_data
    background: Background = data["background"]
    background.spawn(set_commands(data["bot"], data["menu"], user), name="set_commands")


async def set_commands(bot: Bot, menu: Menu, user: User) -> None:
    with speaking(user.language):
        commands = [BotCommand(command=entry.command, description=_(entry.description)) for entry in menu.of(user.role)]
    await bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=user.id))
