"""A lesson's parts on their way into the chat, in order."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import unescape

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import FSInputFile, Message

from bot.i18n import _, escape_markdown
from bot.learning.stored import stored_file
from bot.limits import MAX_CAPTION, units
from bot.markdown import to_html
from bot.rich import send_rich
from domain.courses.model import LessonPage, Media, MediaId, Part, PartKind, Sale
from domain.files import FileMissing, Storage
from domain.language import Language
from domain.learning.model import SentPart
from domain.users.model import UserId

log = structlog.get_logger()

Remember = Callable[[MediaId, str, int], Awaitable[None]]
"""Keeps the file_id that Telegram gave a file: media id, file_id, bot id."""
Note = Callable[[UserId, Mapping[int, SentPart]], Awaitable[None]]
"""Keeps which messages showed which parts."""
_TAG = re.compile(r"<[^<>]*>")


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
            if part.kind in (PartKind.TEXT, PartKind.LINK):
                written = title + _written(part, language)
                messages = [await send_rich(self._bot, chat_id, written, protect_content=protect)]
                title = ""
            else:
                messages = await self._send_part(chat_id, part, language, protect=protect)
            for message in messages:
                shown[message.message_id] = SentPart(lesson_id=page.lesson.id, part_id=part.id)
        await self._note(UserId(chat_id), shown)

    async def _send_part(self, chat_id: int, part: Part, language: Language, *, protect: bool) -> list[Message]:
        """The file with its caption; a caption that Telegram would cut follows as a text of its own."""
        media = part.media_in(language)
        if media is None:
            return []
        words = part.text.read_in(language) if part.text else None
        caption = Caption.of(words) if words else None
        fits = caption is not None and caption.fits
        sent = await self._send_media(chat_id, part, media, caption if fits else None, protect=protect)
        messages = [sent] if sent is not None else []
        if words and not fits:
            messages.append(await send_rich(self._bot, chat_id, words, protect_content=protect))
        return messages

    async def _send_media(
        self, chat_id: int, part: Part, media: Media, caption: "Caption | None", *, protect: bool
    ) -> Message | None:
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
        self, chat_id: int, kind: PartKind, source: str | FSInputFile, caption: "Caption | None", *, protect: bool
    ) -> Message:
        """Formatted; as plain text where Telegram does not read the formatting."""
        if caption is None:
            return await self._call(chat_id, kind, source, None, None, protect=protect)
        try:
            return await self._call(chat_id, kind, source, caption.html, "HTML", protect=protect)
        except TelegramBadRequest as error:
            if "can't parse entities" not in error.message:
                raise
            log.warning("lesson.caption_refused")
            return await self._call(chat_id, kind, source, caption.plain, None, protect=protect)

    async def _call(
        self,
        chat_id: int,
        kind: PartKind,
        source: str | FSInputFile,
        caption: str | None,
        mode: str | None,
        *,
        protect: bool,
    ) -> Message:
        bot = self._bot
        match kind:
            case PartKind.PHOTO:
                return await bot.send_photo(chat_id, source, caption=caption, protect_content=protect, parse_mode=mode)
            case PartKind.VIDEO:
                return await bot.send_video(
                    chat_id, source, caption=caption, protect_content=protect, parse_mode=mode, supports_streaming=True
                )
            case PartKind.AUDIO:
                return await bot.send_audio(chat_id, source, caption=caption, protect_content=protect, parse_mode=mode)
            case PartKind.VOICE:
                return await bot.send_voice(chat_id, source, caption=caption, protect_content=protect, parse_mode=mode)
            case _:
                return await bot.send_document(
                    chat_id, source, caption=caption, protect_content=protect, parse_mode=mode
                )


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption as Telegram's HTML, and without any formatting."""

    html: str
    plain: str

    @classmethod
    def of(cls, markdown: str) -> "Caption":
        html = to_html(markdown)
        return cls(html, unescape(_TAG.sub("", html)))

    @property
    def fits(self) -> bool:
        """Telegram counts what is left when it has read the formatting."""
        return 0 < units(self.plain) <= MAX_CAPTION


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
