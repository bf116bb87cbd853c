"""What a teacher sends into a lesson, as the domain takes it."""

from aiogram.types import Message

from bot.writing import caption_of, markdown_of
from domain.courses.links import link_of
from domain.courses.materials import Material, Pointer, Upload, Writing, kind_of_document
from domain.courses.model import PartKind


def material_of(message: Message, bot_id: int) -> Material | None:
    """The material that the message carries; None for what no lesson can show (stickers, places, round videos…).

    Files stay where they are: Telegram resends them by their id, whatever their size.
    """
    caption = caption_of(message)
    if message.text:
        link = link_of(message.text)
        return Pointer(link=link) if link is not None else Writing(text=markdown_of(message))
    if message.photo:
        largest = message.photo[-1]
        return Upload(
            kind=PartKind.PHOTO,
            name="",
            mime="image/jpeg",
            size=largest.file_size or 0,
            telegram_file_id=largest.file_id,
            bot_id=bot_id,
            caption=caption,
        )
    if message.video:
        file, kind, mime = message.video, PartKind.VIDEO, "video/mp4"
        return _file(
            file.file_id,
            kind,
            file.file_name,
            file.mime_type or mime,
            file.file_size,
            bot_id,
            caption,
            duration=file.duration,
        )
    if message.audio:
        file = message.audio
        name = file.file_name or " – ".join(word for word in (file.performer, file.title) if word)
        return _file(
            file.file_id,
            PartKind.AUDIO,
            name,
            file.mime_type or "audio/mpeg",
            file.file_size,
            bot_id,
            caption,
            duration=file.duration,
        )
    if message.voice:
        file = message.voice
        return _file(
            file.file_id,
            PartKind.VOICE,
            None,
            file.mime_type or "audio/ogg",
            file.file_size,
            bot_id,
            caption,
            duration=file.duration,
        )
    if message.document and not message.animation:
        file = message.document
        name, mime = file.file_name or "", file.mime_type or "application/octet-stream"
        return _file(file.file_id, kind_of_document(name, mime), name, mime, file.file_size, bot_id, caption)
    return None


def _file(
    file_id: str,
    kind: PartKind,
    name: str | None,
    mime: str,
    size: int | None,
    bot_id: int,
    caption: str | None,
    *,
    duration: int | None = None,
) -> Upload:
    return Upload(
        kind=kind,
        name=name or "",
        mime=mime,
        size=size or 0,
        telegram_file_id=file_id,
        bot_id=bot_id,
        caption=caption,
        duration_seconds=duration,
    )
