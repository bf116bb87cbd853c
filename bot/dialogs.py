"""Dialogs as this product uses them: whatever a user sends where a button is expected is answered kindly."""

from typing import Any

from aiogram.types import Message
from aiogram_dialog import Dialog as AnyDialog
from aiogram_dialog import DialogManager
from aiogram_dialog import Window as AnyWindow
from aiogram_dialog.api.protocols import DialogProtocol

from bot.i18n import _

__all__ = ["Dialog", "Window", "given"]


class Window(AnyWindow):
    """A screen. What none of its inputs takes gets a sentence, and the screen is shown again below it."""

    def __init__(self, *widgets: Any, hint: str | None = None, **options: Any) -> None:
        """`hint`: an N_-marked sentence that says what to do here, instead of the general one."""
        super().__init__(*widgets, **options)
        self._hint = hint

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        if await super().process_message(message, dialog, manager):
            return True
        await message.answer(_(self._hint) if self._hint else _("Please use the buttons below 👇"))
        return True


class Dialog(AnyDialog):
    """A group of screens."""


def given(manager: DialogManager, name: str) -> Any:
    """One value of those that the current dialog was started with."""
    data = manager.start_data
    if not isinstance(data, dict):
        raise TypeError("this dialog was started without data")
    return data[name]
