"""Telegram's file becomes one of ours, piece by piece; the bot's token stays out of everything that is said."""

import asyncio
import shutil
from pathlib import Path

import aiohttp
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.settings import TELEGRAM_API

MIB = 1024 * 1024
_CHUNK = 256 * 1024
PATIENCE, SLOWEST = 60, 256 * 1024
"""Seconds that any file has, and the bytes a second that a larger one has to come at."""


class NotDownloaded(Exception):
    """Telegram's file server did not give the file; the job tries again. Says the kind of the failure only."""


class NotGiven(Exception):
    """Telegram will never give this file: it does not know it, or not for this bot."""


class TooLarge(Exception):
    """Larger than what may be downloaded."""


def download_limit(api_url: str) -> int:
    """Bytes. Telegram's own server hands out 20 MB at most; a Bot API server of one's own has no such limit."""
    return 20 * MIB if api_url == TELEGRAM_API else 2_000 * MIB


async def download(bot: Bot, file_id: str, to: Path, limit: int) -> int:
    """How many bytes came. Raises NotDownloaded, NotGiven, TooLarge."""
    try:
        file = await bot.get_file(file_id)
    except TelegramBadRequest as error:
        raise (TooLarge if "too big" in error.message.lower() else NotGiven) from None
    if (file.file_size or 0) > limit:
        raise TooLarge
    if file.file_path is None:
        raise NotGiven
    if Path(file.file_path).is_absolute():
        return await _copied(Path(file.file_path), to, limit)
    return await _streamed(bot, file.file_path, to, limit, patience=PATIENCE + (file.file_size or limit) // SLOWEST)


async def _copied(source: Path, to: Path, limit: int) -> int:
    """A Bot API server on this machine says where on the disk the file lies."""
    try:
        size = (await asyncio.to_thread(source.stat)).st_size
        if size > limit:
            raise TooLarge
        await asyncio.to_thread(shutil.copyfile, source, to)
    except OSError as error:
        # The folder of such a server is named after the token.
        failure = type(error).__name__
    else:
        return size
    raise NotDownloaded(failure)


async def _streamed(bot: Bot, path: str, to: Path, limit: int, *, patience: int) -> int:
    size = 0
    url = bot.session.api.file_url(bot.token, path)
    target = await asyncio.to_thread(to.open, "wb")
    try:
        async for chunk in bot.session.stream_content(url, timeout=patience, chunk_size=_CHUNK, raise_for_status=True):
            size += len(chunk)
            if size > limit:
                raise TooLarge
            await asyncio.to_thread(target.write, chunk)
    except (aiohttp.ClientError, TimeoutError) as error:
        # The client's own words quote the address, and the address holds the token: not even a cause may carry it.
        failure = type(error).__name__
    else:
        return size
    finally:
        await asyncio.to_thread(target.close)
    raise NotDownloaded(failure)
