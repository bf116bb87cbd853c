from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from bot.services import current_user, services
from domain.learning.model import Product
from domain.payments.errors import RailClosed
from domain.payments.model import OrderCode
from domain.payments.proofs import ProofId
from domain.payments.reconciliation import ReconciliationId


class Orders(StatesGroup):
    order = State()
    list = State()
    unavailable = State()


class Transfers(StatesGroup):
    transfer = State()


class ProofDesk(StatesGroup):
    waiting = State()
    proof = State()
    confirm = State()
    reject = State()
    reason = State()


class Desk(StatesGroup):
    """Everybody's orders, for admins."""

    home = State()
    orders = State()
    state = State()
    rail = State()
    student = State()
    days = State()


class DeskOrder(StatesGroup):
    order = State()
    reason = State()
    words = State()
    confirm = State()


class DeskBooks(StatesGroup):
    books = State()


async def show_order(manager: DialogManager, product: Product) -> None:
    """Order the product, or go on with the open order for it. Raises NotForSale or AlreadyOwned."""
    try:
        order = await services(manager).payments.buy(current_user(manager).id, product)
    except RailClosed:
        await manager.start(Orders.unavailable, mode=StartMode.RESET_STACK)
    else:
        await show_known_order(manager, order.code)


async def show_known_order(manager: DialogManager, code: OrderCode) -> None:
    await manager.start(Orders.order, data={"code": code}, mode=StartMode.RESET_STACK)


async def show_orders(manager: DialogManager) -> None:
    await manager.start(Orders.list, mode=StartMode.RESET_STACK)


async def show_transfer(manager: DialogManager, code: OrderCode) -> None:
    """How the student's own order is paid by a transfer, and how its receipt stands."""
    await manager.start(Transfers.transfer, data={"code": code}, mode=StartMode.RESET_STACK)


async def show_waiting_proofs(manager: DialogManager) -> None:
    """The receipts that wait for an admin. What is shown is decided by the service: NotAllowed for everybody else."""
    await manager.start(ProofDesk.waiting, mode=StartMode.RESET_STACK)


async def show_proof(manager: DialogManager, proof_id: ProofId) -> None:
    """One receipt, for an admin."""
    await manager.start(ProofDesk.proof, data={"proof_id": proof_id}, mode=StartMode.RESET_STACK)


async def show_desk(manager: DialogManager) -> None:
    """The cash desk of admins. What is shown is decided by the service: NotAllowed for everybody else."""
    await manager.start(Desk.home, mode=StartMode.RESET_STACK)


async def show_desk_order(manager: DialogManager, code: OrderCode) -> None:
    """Anybody's order, for an admin."""
    await manager.start(DeskOrder.order, data={"code": code, "is_within": False}, mode=StartMode.RESET_STACK)


async def open_desk_order(manager: DialogManager, code: OrderCode) -> None:
    """As `show_desk_order`, and back to where it was opened from."""
    await manager.start(DeskOrder.order, data={"code": code, "is_within": True})


async def show_books(manager: DialogManager, reconciliation_id: ReconciliationId | None = None) -> None:
    """What comparing the books found, the last time or that time, for an admin."""
    await manager.start(DeskBooks.books, data={"reconciliation_id": reconciliation_id}, mode=StartMode.RESET_STACK)
