from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode


class Review(StatesGroup):
    card = State()
    uncovered = State()
    graded = State()
    report = State()


class ReviewSettings(StatesGroup):
    main = State()
    choose = State()
    quiet = State()


async def show_review(manager: DialogManager) -> None:
    """Today's set, where it stands."""
    await manager.start(Review.card, mode=StartMode.RESET_STACK)


async def show_review_settings(manager: DialogManager) -> None:
    await manager.start(ReviewSettings.main, mode=StartMode.RESET_STACK)
