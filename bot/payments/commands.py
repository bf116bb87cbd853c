from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.menu import ADMINS, EVERYONE, MenuCommand
from bot.payments.states import (
    show_books,
    show_desk,
    show_desk_order,
    show_known_order,
    show_orders,
    show_proof,
    show_transfer,
)
from bot.services import current_user, services
from domain.payments.proofs import ProofId
from domain.payments.reconciliation import ReconciliationId

COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("payments", N_("My payments"), EVERYONE - ADMINS),
    MenuCommand("payments", N_("Payments of the centre"), ADMINS),
)

router = Router(name="payments")


@router.message(Command("payments", ignore_case=True))
async def payments(message: Message, dialog_manager: DialogManager) -> None:
    """One's own payments; for admins everybody's."""
    if current_user(dialog_manager).is_admin:
        await show_desk(dialog_manager)
    else:
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


async def desk_order_link(manager: DialogManager, code: str) -> bool:
    """Anybody's order, for admins. Raises NotAllowed for everybody else, OrderGone."""
    dossier = await services(manager).desk.dossier(current_user(manager).id, code)
    await show_desk_order(manager, dossier.order.code)
    return True


async def books_link(manager: DialogManager, rest: str) -> bool:
    """What comparing the books found, for admins. Raises NotAllowed for everybody else, Gone."""
    number = number_in(rest)
    if number is None:
        return False
    result_id = ReconciliationId(number)
    await services(manager).books.result(current_user(manager).id, result_id)
    await show_books(manager, result_id)
    return True


LINKS: dict[str, LinkHandler] = {
    "o": order_link,
    "r": proof_link,
    "rt": transfer_link,
    "d": desk_order_link,
    "books": books_link,
}
