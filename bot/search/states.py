from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

MAX_WORDS = 100
"""Characters of a query that are kept."""


class Search(StatesGroup):
    words = State()
    """Nothing was asked yet."""
    found = State()
    shelf = State()
    """The courses alone, or the lessons alone, page by page."""


async def show_search(manager: DialogManager, words: str) -> None:
    """Search for these words; without any ask for them."""
    words = words.strip()[:MAX_WORDS]
    data: dict[str, Any] = {"words": words}
    await manager.start(Search.found if words else Search.words, data=data, mode=StartMode.RESET_STACK)
