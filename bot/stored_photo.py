"""A picture on a screen: by the id that Telegram knows it under, the first time from the storage."""

from collections.abc import Awaitable, Callable

import structlog
from aiogram.enums import ContentType
from aiogram_dialog.api.entities import MediaAttachment
from aiogram_dialog.api.entities import MediaId as TelegramMediaId

from domain.courses.model import Media, MediaId
from domain.files import FileMissing, Storage

log = structlog.get_logger()

Remember = Callable[[MediaId, str, int], Awaitable[None]]
"""Keeps the file_id that Telegram gave a file: media id, file_id, bot id."""


class Photo(MediaAttachment):
    """A picture that Telegram does not have yet; whoever sends it calls `sent` with the id that it got."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(ContentType.PHOTO, path=name)
        self.name = name
        self.content = content

    async def sent(self, file_id: str) -> None:
        raise NotImplementedError


class StoredPhoto(Photo):
    """A picture from the storage."""

    def __init__(self, media: Media, content: bytes, bot_id: int, remember: Remember) -> None:
        super().__init__(media.name, content)
        self._media_id = media.id
        self._bot_id = bot_id
        self._remember = remember

    async def sent(self, file_id: str) -> None:
        await self._remember(self._media_id, file_id, self._bot_id)


async def stored_photo(media: Media, bot_id: int, storage: Storage, remember: Remember) -> MediaAttachment | None:
    """The attachment; None when nobody has the picture any more: a screen does without."""
    if media.telegram_file_id is not None and media.bot_id == bot_id:
        return MediaAttachment(ContentType.PHOTO, file_id=TelegramMediaId(media.telegram_file_id))
    if media.sha256 is None:
        return None
    try:
        return StoredPhoto(media, await storage.get(media.sha256), bot_id, remember)
    except FileMissing:
        log.warning("photo.missing", media_id=media.id)
        return None
