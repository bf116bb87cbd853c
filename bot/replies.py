"""Replies to what a lesson showed: the message that is answered says which part is meant."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message

from bot.services import current_user, services
from domain.learning.errors import LessonGone


class ReplyToLesson(Filter):
    """An answer to a message of the bot that showed a part of a lesson; hands on `sent`, the SentPart."""

    async def __call__(self, message: Message, **data: Any) -> bool | dict[str, Any]:
        answered = message.reply_to_message
        if answered is None or "user" not in data:
            return False
        try:
            sent = await services(data).learning.part_shown_by(current_user(data).id, answered.message_id)
        except LessonGone:
            return False
        return {"sent": sent} if sent is not None else False
