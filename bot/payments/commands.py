from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler
from bot.menu import MenuCommand
from bot.payments.states import show_known_order, show_orders
from bot.services import current_user, services

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("payments", N_("My payments")),)

router = Router(name="payments")


@router.message(Command("payments", ignore_case=True))
async def payments(message: Message, dialog_manager: DialogManager) -> None:
    await show_orders(dialog_manager)


async def order_link(manager: DialogManager, code: str) -> bool:
    """Raises OrderGone for an order that is not there, or is somebody else's."""
    order = await services(manager).payments.order(current_user(manager).id, code)
    await show_known_order(manager, order.code)
    return True


LINKS: dict[str, LinkHandler] = {"o": order_link}
