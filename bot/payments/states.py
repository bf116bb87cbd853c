from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from bot.services import current_user, services
from domain.learning.model import Product
from domain.payments.model import OrderCode
from domain.payments.proofs import ProofId


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


async def show_order(manager: DialogManager, product: Product) -> None:
    """Order the product, or go on with the open order for it. Raises NotForSale or AlreadyOwned."""
    if not services(manager).payments.sells(product.kind):
        await manager.start(Orders.unavailable, mode=StartMode.RESET_STACK)
        return
    order = await services(manager).payments.buy(current_user(manager).id, product)
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
