"""A lesson's parts on their way into the chat, in order."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import FSInputFile, Message

from bot.i18n import _, escape_markdown
from bot.learning.stored import stored_file
from bot.limits import MAX_CAPTION, cut
from bot.rich import send_rich
from domain.courses.model import LessonPage, MediaId, Part, PartKind, Sale
from domain.files import FileMissing, Storage
from domain.language import Language
from domain.learning.model import SentPart
from domain.users.model import UserId

log = structlog.get_logger()

Remember = Callable[[MediaId, str, int], Awaitable[None]]
"""Keeps the file_id that Telegram gave a file: media id, file_id, bot id."""
Note = Callable[[UserId, Mapping[int, SentPart]], Awaitable[None]]
"""Keeps which messages showed which parts."""


class LessonDelivery:
    """Sends one lesson to one reader. What had to be paid for cannot be forwarded or saved."""

    def __init__(self, bot: Bot, storage: Storage, remember: Remember, note: Note) -> None:
        self._bot = bot
        self._storage = storage
        self._remember = remember
        self._note = note
        self._has_apologised = False

    async def send(self, chat_id: int, page: LessonPage, language: Language) -> None:
        protect = is_paid(page)
        title = f"# {escape_markdown(page.lesson.title.read_in(language))}\n\n"
        shown: dict[int, SentPart] = {}
        for part in page.parts:
            message = None
            if part.kind in (PartKind.TEXT, PartKind.LINK):
                message = await send_rich(self._bot, chat_id, title + _written(part, language), protect_content=protect)
                title = ""
            else:
                message = await self._send_media(chat_id, part, language, protect=protect)
            if message is not None:
                shown[message.message_id] = SentPart(lesson_id=page.lesson.id, part_id=part.id)
        await self._note(UserId(chat_id), shown)

    async def _send_media(self, chat_id: int, part: Part, language: Language, *, protect: bool) -> Message | None:
        media = part.media_in(language)
        if media is None:
            return None
        caption = cut(part.text.read_in(language), MAX_CAPTION) if part.text else None
        if media.telegram_file_id is not None and media.bot_id == self._bot.id:
            try:
                return await self._send(chat_id, part.kind, media.telegram_file_id, caption, protect=protect)
            except TelegramBadRequest as error:
                log.warning("lesson.file_id_refused", media_id=media.id, reason=error.message)
        try:
            async with stored_file(self._storage, media) as source:
                message = await self._send(chat_id, part.kind, source, caption, protect=protect)
        except FileMissing:
            log.exception("lesson.file_missing", media_id=media.id)
            return await self._apologise(chat_id)
        except (TelegramBadRequest, TelegramEntityTooLarge) as error:
            log.error("lesson.file_refused", media_id=media.id, reason=error.message)
            return await self._apologise(chat_id)
        if (file_id := _file_id(message)) is not None:
            await self._remember(media.id, file_id, self._bot.id)
        return message

    async def _apologise(self, chat_id: int) -> None:
        """Once, however many files are missing; the rest of the lesson goes on."""
        if not self._has_apologised:
            self._has_apologised = True
            await self._bot.send_message(
                chat_id, _("📎 A file of this lesson cannot be sent right now. Please open the lesson again later.")
            )

    async def _send(
        self, chat_id: int, kind: PartKind, source: str | FSInputFile, caption: str | None, *, protect: bool
    ) -> Message:
        bot = self._bot
        match kind:
            case PartKind.PHOTO:
                return await bot.send_photo(chat_id, source, caption=caption, protect_content=protect, parse_mode=None)
            case PartKind.VIDEO:
                return await bot.send_video(
                    chat_id, source, caption=caption, protect_content=protect, parse_mode=None, supports_streaming=True
                )
            case PartKind.AUDIO:
                return await bot.send_audio(chat_id, source, caption=caption, protect_content=protect, parse_mode=None)
            case PartKind.VOICE:
                return await bot.send_voice(chat_id, source, caption=caption, protect_content=protect, parse_mode=None)
            case _:
                return await bot.send_document(
                    chat_id, source, caption=caption, protect_content=protect, parse_mode=None
                )


def _written(part: Part, language: Language) -> str:
    """A text, or a link with what its author wrote about it."""
    text = part.text.read_in(language) if part.text else ""
    if part.link is None:
        return text
    link = f"[{escape_markdown(part.link.provider)}](<{part.link.url}>)"
    return f"{text}\n\n🔗 {link}" if text else f"🔗 {link}"


def is_paid(page: LessonPage) -> bool:
    """True for content that somebody had to pay for."""
    if page.lesson.is_preview or page.course.sale is Sale.FREE:
        return False
    return page.course.sale is Sale.COURSE or page.lesson.price is not None


def _file_id(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id
    file = message.video or message.audio or message.voice or message.document or message.animation
    return file.file_id if file else None
