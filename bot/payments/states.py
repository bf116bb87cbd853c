from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from bot.services import current_user, services
from domain.learning.model import Product
from domain.payments.model import OrderCode


class Orders(StatesGroup):
    order = State()
    list = State()
    unavailable = State()


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
