"""What a screen takes as a text. What does not fit is answered with a sentence, and the screen stays."""

from collections.abc import Awaitable, Callable

from aiogram.types import Message
from aiogram_dialog import DialogManager
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.input import BaseInput

from bot.links import number_in
from bot.tuition.errors import input_sentence
from domain.errors import InvalidInput

Take = Callable[[str, DialogManager], Awaitable[None]]


def row_id(raw: str) -> int:
    """An id from a button; what is no id of any row becomes one that no row has."""
    return number_in(raw) or 0


class Typed(BaseInput):
    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        if message.text is None:
            return False
        try:
            await self._take(message.text, manager)
        except InvalidInput as error:
            await message.answer(input_sentence(error))
        return True
