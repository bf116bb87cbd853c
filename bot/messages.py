"""How dialogs reach the chat: rich windows, plain ones, and what Telegram refuses."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardMarkup,
    InputFile,
    Message,
    ReplyKeyboardRemove,
)
from aiogram_dialog.api.entities import MediaAttachment, MediaId, NewMessage, OldMessage
from aiogram_dialog.api.protocols import MessageNotModified
from aiogram_dialog.manager.message_manager import INPUT_MEDIA_TYPES, MessageManager

from bot.metrics import PARSE_FALLBACKS
from bot.rich import RICH, edit_rich, send_rich
from bot.stored_photo import Photo

log = structlog.get_logger()

_FOREIGN_FILE = "wrong file identifier"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_STALE_QUERY = "query is too old"


class Messages(MessageManager):
    """aiogram-dialog's manager with rich messages, and with every refusal that is normal taken as such."""

    async def answer_callback(self, bot: Bot, callback_query: CallbackQuery) -> None:
        """Stop the button's spinner. Too late, or answered before by an alert: both are normal."""
        try:
            await bot.answer_callback_query(callback_query_id=callback_query.id)
        except TelegramBadRequest as error:
            if _STALE_QUERY not in error.message:
                raise

    async def remove_reply_kbd(self, bot: Bot, old_message: OldMessage | None) -> Message | None:
        """Only a message can take a keyboard away; it need not stay."""
        if old_message is None:
            return None
        message = await bot.send_message(old_message.chat.id, "⌨️", reply_markup=ReplyKeyboardRemove())
        await self.remove_message_safe(
            bot, OldMessage(chat=message.chat, message_id=message.message_id, media_id=None, media_uniq_id=None), None
        )
        return None

    async def send_text(self, bot: Bot, new_message: NewMessage) -> Message:
        if new_message.parse_mode == RICH:
            return await send_rich(
                bot,
                new_message.chat.id,
                new_message.text or "",
                reply_markup=new_message.reply_markup,  # pyright: ignore[reportArgumentType]
                protect_content=new_message.protect_content,
            )
        try:
            return await super().send_text(bot, new_message)
        except TelegramBadRequest as error:
            if not _is_unparsable(error):
                raise
            new_message.parse_mode = None
            return await super().send_text(bot, new_message)

    async def edit_text(self, bot: Bot, new_message: NewMessage, old_message: OldMessage) -> Message:
        if new_message.parse_mode != RICH:
            try:
                return await super().edit_text(bot, new_message, old_message)
            except TelegramBadRequest as error:
                if not _is_unparsable(error):
                    raise
                new_message.parse_mode = None
                return await super().edit_text(bot, new_message, old_message)
        edited = await edit_rich(
            bot,
            new_message.chat.id,
            old_message.message_id,
            new_message.text or "",
            reply_markup=_inline(new_message),
        )
        return _only_in_chats(edited)

    async def get_media_source(self, media: MediaAttachment, bot: Bot) -> InputFile | str:
        if isinstance(media, Photo):
            return BufferedInputFile(media.content, media.name)
        return await super().get_media_source(media, bot)

    async def send_media(self, bot: Bot, new_message: NewMessage) -> Message:
        try:
            sent = await super().send_media(bot, new_message)
            await _remember(new_message.media, sent)
            return sent
        except TelegramBadRequest as error:
            if not _is_foreign_file(error):
                raise
            new_message.media = None
            return await self.send_text(bot, new_message)

    async def edit_media(self, bot: Bot, new_message: NewMessage, old_message: OldMessage) -> Message:
        """aiogram-dialog's, but the keyboard is no part of the media, and of the same file only the words change."""
        media = new_message.media
        if media is None:
            return await self.edit_text(bot, new_message, old_message)
        if old_message.media_id and media.file_id == MediaId(old_message.media_id, old_message.media_uniq_id):
            return await self.edit_caption(bot, new_message, old_message)
        kind = INPUT_MEDIA_TYPES[media.type]
        try:
            edited = await bot.edit_message_media(
                chat_id=old_message.chat.id,
                message_id=old_message.message_id,
                media=kind(
                    media=await self.get_media_source(media, bot),
                    caption=new_message.text,
                    parse_mode=new_message.parse_mode,
                    **media.kwargs,
                ),
                reply_markup=_inline(new_message),
            )
        except TelegramBadRequest as error:
            if not _is_foreign_file(error):
                raise
            new_message.media = None
            await self.remove_message_safe(bot, old_message, new_message)
            return await self.send_text(bot, new_message)
        message = _only_in_chats(edited)
        await _remember(media, message)
        return message

    async def edit_message_safe(self, bot: Bot, new_message: NewMessage, old_message: OldMessage) -> Message:
        try:
            return await self.edit_message(bot, new_message, old_message)
        except TelegramBadRequest as error:
            message = error.message.lower()
            if "message is not modified" in message:
                raise MessageNotModified from error
            if any(words in message for words in _GONE):
                return await self.send_message(bot, new_message)
            raise


async def _remember(media: MediaAttachment | None, sent: Message) -> None:
    if isinstance(media, Photo) and sent.photo:
        await media.sent(sent.photo[-1].file_id)


def _inline(message: NewMessage) -> InlineKeyboardMarkup | None:
    return message.reply_markup if isinstance(message.reply_markup, InlineKeyboardMarkup) else None


def _only_in_chats(edited: Message | bool) -> Message:
    if isinstance(edited, bool):
        raise TypeError("only inline messages are answered with a truth value")
    return edited


def _is_unparsable(error: TelegramBadRequest) -> bool:
    """The same text is sent plain then: a person is better served by stray signs than by silence."""
    if "can't parse entities" not in error.message:
        return False
    PARSE_FALLBACKS.inc()
    log.warning("telegram.unparsable", reason=error.message)
    return True


def _is_foreign_file(error: TelegramBadRequest) -> bool:
    """Telegram does not know the file under this bot's token: a screen without its picture still has its buttons."""
    if _FOREIGN_FILE not in error.message.lower():
        return False
    log.warning("telegram.file_gone")
    return True
