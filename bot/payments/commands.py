from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.menu import MenuCommand
from bot.payments.states import show_known_order, show_orders, show_proof, show_transfer
from bot.services import current_user, services
from domain.payments.proofs import ProofId

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


async def proof_link(manager: DialogManager, rest: str) -> bool:
    """A receipt, for admins. Raises NotAllowed for everybody else, ProofGone."""
    number = number_in(rest)
    if number is None:
        return False
    page = await services(manager).proofs.proof(current_user(manager).id, ProofId(number))
    await show_proof(manager, page.proof.id)
    return True


async def transfer_link(manager: DialogManager, code: str) -> bool:
    """Where the receipt of one's own order is sent. Raises OrderGone."""
    page = await services(manager).proofs.transfer(current_user(manager).id, code)
    await show_transfer(manager, page.order.code)
    return True


LINKS: dict[str, LinkHandler] = {"o": order_link, "r": proof_link, "rt": transfer_link}
