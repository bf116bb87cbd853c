"""A photo of a task: read, shown as text, then asked like any question."""

from typing import Any

from aiogram import Bot
from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode

from bot.errors import sentence_for
from bot.i18n import _, shorten
from bot.services import current_user, services
from bot.telegram_files import NotDownloaded, download
from bot.tutor.actions import ask
from bot.tutor.errors import SENTENCES
from bot.tutor.states import shown_lesson, shown_session, talk_in
from domain.errors import DomainError
from domain.tutor.photos import MAX_PHOTO

MAX_SHOWN = 3500
"""Characters of what was read; a message holds 4,096."""


async def take_photo(message: Message, _widget: Any, manager: DialogManager) -> None:
    """In the conversation and about the lesson that are shown.

    The photo is read before the student's next message is taken: whoever sends ten has them read one by one.
    """
    manager.show_mode = ShowMode.NO_UPDATE
    if not services(manager).tutor.has_model:
        await message.answer(_("No model is connected, so I cannot look at photos. Please type the task."))
        return
    waiting = await message.answer(_("👀 I am reading the photo…"))
    bot: Bot = manager.middleware_data["bot"]
    try:
        text = await _read(message, bot, manager)
    except DomainError as error:
        await bot.edit_message_text(
            sentence_for(error, SENTENCES), chat_id=message.chat.id, message_id=waiting.message_id
        )
        return
    except NotDownloaded:
        sentence = _("Telegram did not give me the photo. Please send it once more.")
        await bot.edit_message_text(sentence, chat_id=message.chat.id, message_id=waiting.message_id)
        return
    read = _("👀 I read:\n\n{task}\n\nIs something wrong? Just write what is right.")
    await bot.edit_message_text(
        read.format(task=shorten(text, MAX_SHOWN)),
        chat_id=message.chat.id,
        message_id=waiting.message_id,
        parse_mode=None,
    )
    session_id = await ask(message, text, manager, shown_lesson(manager), shown_session(manager))
    if session_id is not None:
        talk_in(manager, session_id)


async def _read(message: Message, bot: Bot, manager: DialogManager) -> str:
    picture = message.photo[-1] if message.photo else None
    content = await download(bot, picture.file_id, at_most=MAX_PHOTO) if picture else None
    if content is None:
        raise NotDownloaded
    return await services(manager).photo_reader.read_task(
        current_user(manager).id,
        content,
        "image/jpeg",
        caption=message.caption or "",
        lesson_id=shown_lesson(manager),
        session_id=shown_session(manager),
    )
