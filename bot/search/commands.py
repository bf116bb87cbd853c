from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler
from bot.menu import MenuCommand
from bot.search.states import show_search

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("search", N_("Search courses and lessons")),)

router = Router(name="search")


@router.message(Command("search", "find", ignore_case=True))
async def search(message: Message, command: CommandObject, dialog_manager: DialogManager) -> None:
    await show_search(dialog_manager, command.args or "")


async def search_link(manager: DialogManager, _rest: str) -> bool:
    await show_search(manager, "")
    return True


LINKS: dict[str, LinkHandler] = {"search": search_link}
