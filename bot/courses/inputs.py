"""What a screen takes besides taps. What it does not take gets the screen's hint."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.input import BaseInput

from bot.courses.errors import input_sentence, quota_sentence
from domain.courses.errors import QuotaExceeded
from domain.errors import InvalidInput

Take = Callable[[Message, DialogManager], Awaitable[bool]]
"""Does something with the message; False when it is of a kind that the screen does not take."""


class Sent(BaseInput):
    """Messages of any kind. What does not fit is answered with a sentence, and the screen stays."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        try:
            return await self._take(message, manager)
        except InvalidInput as error:
            await message.answer(input_sentence(error))
            return True
        except QuotaExceeded as error:
            await message.answer(quota_sentence(error))
            return True


def tapped(handler: Callable[..., Awaitable[None]]) -> Callable[..., Any]:
    """For buttons that may not fit what is set already: the sentence is told where the tap was, the screen stays."""

    @wraps(handler)
    async def told(query: CallbackQuery, widget: Any, manager: DialogManager, *chosen: Any) -> None:
        try:
            await handler(query, widget, manager, *chosen)
        except InvalidInput as error:
            await query.answer(input_sentence(error), show_alert=True)

    return told
