from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.materials.states import show_material, show_material_page, show_materials
from bot.menu import MenuCommand
from bot.services import current_user, services
from domain.materials.model import MaterialId

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("materials", N_("My materials")),)

router = Router(name="materials")


@router.message(Command("materials", ignore_case=True))
async def materials(message: Message, dialog_manager: DialogManager) -> None:
    await show_materials(dialog_manager)


async def material_link(manager: DialogManager, rest: str) -> bool:
    """`mt_<id>` is its card, `mt_<id>-<page>` a page. Who may not read it is told that it is not there."""
    first, _separator, second = rest.partition("-")
    number, page = number_in(first), number_in(second)
    if number is None:
        return False
    user_id, material_id = current_user(manager).id, MaterialId(number)
    if page is not None and page <= MAX_LINKED:
        await services(manager).materials.page(user_id, material_id, page)
        await show_material_page(manager, material_id, page)
    else:
        await services(manager).materials.open(user_id, material_id)
        await show_material(manager, material_id)
    return True


MAX_LINKED = 100_000
"""No material has so many pages; a larger number would not fit into the database's."""
LINKS: dict[str, LinkHandler] = {"mt": material_link}
