from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from domain.materials.model import MaterialId


class Materials(StatesGroup):
    list = State()
    shared = State()
    card = State()
    rename = State()
    share = State()
    page = State()


async def show_materials(manager: DialogManager) -> None:
    await manager.start(Materials.list, data={}, mode=StartMode.RESET_STACK)


async def show_material(manager: DialogManager, material_id: MaterialId) -> None:
    await manager.start(Materials.card, data={"material_id": material_id}, mode=StartMode.RESET_STACK)


async def show_material_page(manager: DialogManager, material_id: MaterialId, number: int, passage: str = "") -> None:
    """The page, and on its picture the passage marked."""
    await manager.start(
        Materials.page,
        data={"material_id": material_id, "number": number, "words": passage},
        mode=StartMode.RESET_STACK,
    )
