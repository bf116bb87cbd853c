from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from domain.notes.model import NoteId


class Notes(StatesGroup):
    list = State()
    courses = State()
    card = State()
    rewrite = State()
    new = State()
    export = State()


async def show_notes(manager: DialogManager, words: str = "") -> None:
    """The notebook; with `words`, the notes that have them."""
    await manager.start(Notes.list, data={"words": words}, mode=StartMode.RESET_STACK)


async def show_note(manager: DialogManager, note_id: NoteId) -> None:
    await manager.start(Notes.card, data={"note_id": note_id}, mode=StartMode.RESET_STACK)


async def rewrite_note(manager: DialogManager, note_id: NoteId) -> None:
    """Ask for other words for it."""
    await manager.start(Notes.rewrite, data={"note_id": note_id}, mode=StartMode.RESET_STACK)


async def begin_note(manager: DialogManager) -> None:
    """Ask for a note about nothing in particular."""
    await manager.start(Notes.new, mode=StartMode.RESET_STACK)
