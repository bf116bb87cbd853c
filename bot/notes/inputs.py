"""What the notebook takes besides taps. What it does not take gets the screen's hint."""

from collections.abc import Awaitable, Callable

from aiogram.types import Message
from aiogram_dialog import DialogManager
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.input import BaseInput

from bot.links import number_in
from bot.notes.errors import input_sentence
from domain.errors import InvalidInput

Take = Callable[[Message, DialogManager], Awaitable[bool]]
"""Does something with the message; False when it is of a kind that the screen does not take."""


class Sent(BaseInput):
    """What does not fit is answered with a sentence, and the screen stays."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        try:
            return await self._take(message, manager)
        except InvalidInput as error:
            await message.answer(input_sentence(error))
            return True


def row_id(raw: str) -> int:
    """An id from a button; what is no id of any row becomes one that no row has."""
    return number_in(raw) or 0
