"""The files beside a lesson on their way into the chat, in groups of at most ten."""

from collections.abc import Sequence

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import FSInputFile, InputMediaAudio, InputMediaDocument, Message

from bot.i18n import _
from bot.learning.delivery import Remember
from bot.learning.stored import stored_file
from domain.courses.model import Media, PartKind
from domain.courses.resources import in_groups
from domain.courses.structure_ports import Resource
from domain.files import FileMissing, Storage

log = structlog.get_logger()

Source = str | FSInputFile


class FilesDelivery:
    """Sends a lesson's files to one reader. What had to be paid for cannot be forwarded or saved."""

    def __init__(self, bot: Bot, storage: Storage, remember: Remember) -> None:
        self._bot = bot
        self._storage = storage
        self._remember = remember

    async def send(self, chat_id: int, resources: Sequence[Resource], *, protect: bool) -> None:
        missing = False
        for group in in_groups(resources):
            known = [media for media in (one.media for one in group) if self._knows(media)]
            if len(known) == len(group) and await self._send_known(chat_id, known, protect=protect):
                continue
            # One by one: a file that is refused or lost must not keep the others back.
            for resource in group:
                missing |= not await self._send_one(chat_id, resource.media, protect=protect)
        if missing:
            await self._bot.send_message(
                chat_id, _("📎 A file of this lesson cannot be sent right now. Please open the lesson again later.")
            )

    async def _send_known(self, chat_id: int, files: Sequence[Media], *, protect: bool) -> bool:
        """All of them at once by their ids; False when Telegram refused, and then none has arrived."""
        if len(files) == 1:
            return await self._send_one(chat_id, files[0], protect=protect)
        kind = InputMediaAudio if files[0].kind is PartKind.AUDIO else InputMediaDocument
        try:
            await self._bot.send_media_group(
                chat_id, [kind(media=file.telegram_file_id or "") for file in files], protect_content=protect
            )
        except TelegramBadRequest as error:
            log.warning("files.group_refused", reason=error.message)
            return False
        return True

    async def _send_one(self, chat_id: int, media: Media, *, protect: bool) -> bool:
        if self._knows(media):
            try:
                await self._call(chat_id, media.kind, media.telegram_file_id or "", protect=protect)
            except TelegramBadRequest as error:
                log.warning("files.file_id_refused", media_id=media.id, reason=error.message)
            else:
                return True
        try:
            async with stored_file(self._storage, media) as original:
                message = await self._call(chat_id, media.kind, original, protect=protect)
        except FileMissing:
            log.exception("files.file_missing", media_id=media.id)
            return False
        file = message.audio or message.document
        if file is not None:
            await self._remember(media.id, file.file_id, self._bot.id)
        return True

    async def _call(self, chat_id: int, kind: PartKind, source: Source, *, protect: bool) -> Message:
        if kind is PartKind.AUDIO:
            return await self._bot.send_audio(chat_id, source, protect_content=protect)
        return await self._bot.send_document(chat_id, source, protect_content=protect)

    def _knows(self, media: Media) -> bool:
        return media.telegram_file_id is not None and media.bot_id == self._bot.id
