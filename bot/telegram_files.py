"""Files that somebody sent, brought from Telegram for a job that keeps them."""

import io

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

log = structlog.get_logger()


class NotDownloaded(Exception):
    """Telegram's file server did not give the file; the job tries again."""


async def download(bot: Bot, file_id: str, *, at_most: int) -> bytes | None:
    """The file's content; None when Telegram does not have it (any more) or it has more than `at_most` bytes."""
    try:
        file = await bot.get_file(file_id)
    except TelegramBadRequest as error:
        log.warning("file.lost", reason=error.message)
        return None
    if file.file_path is None or (file.file_size or 0) > at_most:
        log.warning("file.lost", reason="too large")
        return None
    content = io.BytesIO()
    try:
        await bot.download_file(file.file_path, content, timeout=60)
    except aiohttp.ClientError as error:
        # The client's own words quote the address, and the address holds the token.
        raise NotDownloaded(type(error).__name__) from None
    return content.getvalue()
