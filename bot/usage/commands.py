from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.menu import ADMINS, MenuCommand
from bot.services import current_user, services
from bot.usage.states import show_usage

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("usage", N_("What the models cost"), ADMINS),)

router = Router(name="usage")


@router.message(Command("usage", ignore_case=True))
async def usage(message: Message, dialog_manager: DialogManager) -> None:
    """Raises NotAllowed for everybody but admins, before a screen is opened."""
    await services(dialog_manager).usage.budgets(current_user(dialog_manager).id)
    await show_usage(dialog_manager)
