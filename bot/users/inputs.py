"""What a window may take besides taps. aiogram-dialog's own inputs filter in a thread, or keep what was typed."""

from collections.abc import Awaitable, Callable

from aiogram.types import Message
from aiogram_dialog import DialogManager
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.input import BaseInput


class TypedText(BaseInput):
    def __init__(self, take: Callable[[Message, str, DialogManager], Awaitable[None]]) -> None:
        super().__init__()
        self._take = take

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        if message.text is None:
            return False
        await self._take(message, message.text, manager)
        return True


class SharedContact(BaseInput):
    def __init__(self, take: Callable[[Message, DialogManager], Awaitable[None]]) -> None:
        super().__init__()
        self._take = take

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        if message.contact is None:
            return False
        await self._take(message, manager)
        return True
