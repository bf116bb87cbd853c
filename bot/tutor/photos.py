"""A photo of a task: read beside everything else, shown as text, then asked like any question."""

from typing import Any

from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode

from bot.background import Background
from bot.errors import sentence_for
from bot.i18n import _, shorten, speaking
from bot.services import current_user, services
from bot.telegram_files import NotDownloaded, download
from bot.tutor.answers import delivery
from bot.tutor.errors import SENTENCES
from bot.tutor.states import shown_lesson, shown_session
from domain.courses.model import LessonId
from domain.errors import DomainError
from domain.tutor.model import SessionId
from domain.tutor.photos import MAX_PHOTO

MAX_SHOWN = 3500
"""Characters of what was read; a message holds 4,096."""


async def take_photo(message: Message, _widget: Any, manager: DialogManager) -> None:
    """The photo, in the conversation and about the lesson that are shown."""
    manager.show_mode = ShowMode.NO_UPDATE
    if not services(manager).tutor.has_model:
        await message.answer(_("No model is connected, so I cannot look at photos. Please type the task."))
        return
    waiting = await message.answer(_("👀 I am reading the photo…"))
    background: Background = manager.middleware_data["background"]
    background.spawn(
        _read_and_ask(message, waiting, manager.middleware_data, shown_lesson(manager), shown_session(manager)),
        name="tutor_photo",
    )


async def _read_and_ask(
    message: Message, waiting: Message, data: dict[str, Any], lesson_id: LessonId | None, session_id: SessionId | None
) -> None:
    user, bot = current_user(data), data["bot"]
    with speaking(user.language):
        try:
            text = await _read(message, data, lesson_id, session_id)
            running = await services(data).tutor.ask(user.id, text, lesson_id=lesson_id, session_id=session_id)
        except (DomainError, NotDownloaded) as error:
            sentence = (
                sentence_for(error, SENTENCES)
                if isinstance(error, DomainError)
                else _("Telegram did not give me the photo. Please send it once more.")
            )
            await bot.edit_message_text(sentence, chat_id=user.id, message_id=waiting.message_id)
            return
        read = _("👀 I read:\n\n{task}\n\nIs something wrong? Just write what is right.").format(
            task=shorten(text, MAX_SHOWN)
        )
        await bot.edit_message_text(read, chat_id=user.id, message_id=waiting.message_id, parse_mode=None)
    await delivery(data).deliver(running, user.language)


async def _read(
    message: Message, data: dict[str, Any], lesson_id: LessonId | None, session_id: SessionId | None
) -> str:
    picture = message.photo[-1] if message.photo else None
    content = await download(data["bot"], picture.file_id, at_most=MAX_PHOTO) if picture else None
    if content is None:
        raise NotDownloaded
    return await services(data).photo_reader.read_task(
        current_user(data).id,
        content,
        "image/jpeg",
        caption=message.caption or "",
        lesson_id=lesson_id,
        session_id=session_id,
    )
