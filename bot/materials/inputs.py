"""What the screens of materials take besides taps. What they do not take gets the screen's hint."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.input import BaseInput

from bot.i18n import _
from bot.materials.errors import input_sentence
from bot.services import current_user
from domain.errors import InvalidInput
from domain.materials.model import Sent

Take = Callable[[Message, DialogManager], Awaitable[bool]]
"""Does something with the message; False when it is of a kind that the screen does not take."""


class Typed(BaseInput):
    """What does not fit is answered with a sentence, and the screen is shown again below it."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def process_message(self, message: Message, dialog: DialogProtocol, manager: DialogManager) -> bool:
        try:
            return await self._take(message, manager)
        except InvalidInput as error:
            await message.answer(input_sentence(error))
            manager.show_mode = ShowMode.DELETE_AND_SEND
            return True


def sent_file(message: Message, manager: DialogManager) -> Sent | None:
    """The file of a message; None for what is none. A photo is named after the moment at which it came."""
    bot_id = manager.middleware_data["bot"].id
    if message.photo:
        largest = message.photo[-1]
        moment = message.date.astimezone(ZoneInfo(current_user(manager).timezone))
        return Sent(
            bot_id=bot_id,
            message_id=message.message_id,
            name=f"{_('Photo')} {moment:%Y-%m-%d %H.%M.%S}.jpg",
            mime="image/jpeg",
            size=largest.file_size or 0,
            telegram_file_id=largest.file_id,
        )
    document = message.document
    if document is None or message.animation is not None:
        return None
    return Sent(
        bot_id=bot_id,
        message_id=message.message_id,
        name=document.file_name or "",
        mime=document.mime_type or "",
        size=document.file_size or 0,
        telegram_file_id=document.file_id,
    )
