"""Recordings: sent again to whoever made them, and kept outside of Telegram by a job."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile

from bot.i18n import _
from bot.services import Services
from bot.telegram_files import download
from domain.files import FileMissing, Storage
from domain.jobs import JobPayload
from domain.notes.model import MAX_VOICE_BYTES, NoteId, Voice
from domain.users.model import UserId

log = structlog.get_logger()


async def send_voice(bot: Bot, storage: Storage, user_id: UserId, voice: Voice) -> None:
    """From Telegram, as long as this bot may; else the original that was kept."""
    if voice.bot_id == bot.id:
        try:
            await bot.send_voice(user_id, voice.file_id)
        except TelegramBadRequest as error:
            log.warning("note.file_id_refused", reason=error.message)
        else:
            return
    try:
        if voice.sha256 is None:
            raise FileMissing("this recording was only ever known to another bot")
        content = await storage.get(voice.sha256)
    except FileMissing:
        await bot.send_message(user_id, _("🎤 This recording cannot be played right now. Please try again later."))
        return
    await bot.send_voice(user_id, BufferedInputFile(content, "note.ogg"))


class Recordings:
    """The job that keeps the originals of recordings."""

    def __init__(self, services: Services, bot: Bot, storage: Storage) -> None:
        self._notes = services.notes
        self._bot = bot
        self._storage = storage

    async def keep(self, payload: JobPayload) -> None:
        """`note_id`: download the recording and keep it. What Telegram does not have (any more) is given up."""
        note_id = NoteId(int(payload["note_id"] or 0))
        voice = await self._notes.unkept_voice(note_id)
        if voice is None or voice.bot_id != self._bot.id:
            return
        content = await download(self._bot, voice.file_id, at_most=MAX_VOICE_BYTES)
        if content is not None:
            await self._notes.note_kept(note_id, await self._storage.put(content))
            log.info("note.voice_kept", note_id=note_id)
