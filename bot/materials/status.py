"""One message that follows a material through its stages, and edits itself."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup

from bot.i18n import _
from bot.links import go_button
from bot.materials.words import status_text
from domain.materials.model import Material, MaterialState
from domain.materials.processing import MaterialProcessing, Progress

log = structlog.get_logger()

_UNCHANGED = "message is not modified"


class StatusMessage:
    """Whoever has blocked the bot misses nothing but it."""

    def __init__(self, bot: Bot, processing: MaterialProcessing, material: Material) -> None:
        self._bot = bot
        self._processing = processing
        self._material = material
        self._message_id = material.status_id
        self._said = ""

    async def tell(self, progress: Progress) -> None:
        text = status_text(progress)
        if text == self._said:
            return
        self._said = text
        markup = _open(progress)
        try:
            if self._message_id is not None and await self._edited(text, markup):
                return
            message = await self._bot.send_message(self._material.owner_id, text, reply_markup=markup)
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            log.info("material.untold", material_id=self._material.id, reason=type(error).__name__)
            return
        self._message_id = message.message_id
        await self._processing.note_status(self._material.id, message.message_id)

    async def _edited(self, text: str, markup: InlineKeyboardMarkup | None) -> bool:
        """False when its reader has deleted it, who is to know all the same how it ends."""
        try:
            await self._bot.edit_message_text(
                text, chat_id=self._material.owner_id, message_id=self._message_id, reply_markup=markup
            )
        except TelegramBadRequest as error:
            return _UNCHANGED in error.message or markup is None
        return True


def _open(progress: Progress) -> InlineKeyboardMarkup | None:
    """Once there is nothing to wait for."""
    material = progress.twin or progress.material
    if progress.twin is None and material.state not in (MaterialState.INDEXED, MaterialState.UNREADABLE):
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[go_button(_("📄 Open"), f"mt_{material.id}")]])
