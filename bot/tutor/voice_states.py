from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager

from domain.tutor.turns import SpokenId


class SpokenText(StatesGroup):
    """What was heard, corrected by whoever said it."""

    correcting = State()


async def correct_spoken(manager: DialogManager, spoken_id: SpokenId) -> None:
    """Wait for the right words; going back returns to where this was opened."""
    await manager.start(SpokenText.correcting, data={"spoken_id": spoken_id})
