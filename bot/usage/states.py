from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode


class Usage(StatesGroup):
    """What the models cost, for admins."""

    home = State()
    people = State()
    budgets = State()
    limit = State()


async def show_usage(manager: DialogManager) -> None:
    await manager.start(Usage.home, mode=StartMode.RESET_STACK)
