"""A reply to a recording of a lesson that begins with a time: where one stopped, or a bookmark.

Every other reply is for those who come later. The router stands before the dialogs, whose screens take any text.
"""

from typing import Any

from aiogram import Bot, Router
from aiogram.types import Message, ReplyParameters
from aiogram_dialog import DialogManager, ShowMode

from bot.learning.reading_actions import beyond_the_end, bookmark_saved, part_gone, stop_noted, title_too_long
from bot.learning.sent import ReplyToLesson
from bot.services import current_user, services
from domain.errors import InvalidInput
from domain.learning.errors import BeyondTheEnd, LessonGone, LessonLocked, PartGone
from domain.learning.model import SentPart
from domain.learning.timecodes import leading_timecode

router = Router(name="learning_replies")


class TimeForRecording(ReplyToLesson):
    """Such a reply to a part in which one can stop; hands on `sent`, and `mark`: the second and the title."""

    async def __call__(self, message: Message, **data: Any) -> bool | dict[str, Any]:
        mark = leading_timecode(message.text) if message.text and message.reply_to_message else None
        if mark is None:
            return False
        found = await super().__call__(message, **data)
        if not isinstance(found, dict):
            return False
        sent: SentPart = found["sent"]
        if sent.part_id is None or not await services(data).study.is_recording(
            current_user(data).id, sent.lesson_id, sent.part_id
        ):
            return False
        return {"sent": sent, "mark": mark}


@router.message(TimeForRecording())
async def mark_moment(
    message: Message, bot: Bot, sent: SentPart, mark: tuple[int, str], dialog_manager: DialogManager, **data: Any
) -> None:
    """The answer is a reply to the recording, so that its time can be tapped; the screen moves below it."""
    user, (second, title) = current_user(data), mark
    if sent.part_id is None:
        return
    text, recording = "", message.reply_to_message
    try:
        if title:
            await services(data).bookmarks.add(user.id, sent.lesson_id, sent.part_id, second, title)
            text = bookmark_saved(second, title)
        else:
            part = await services(data).study.stop_at(user.id, sent.lesson_id, sent.part_id, second)
            text = stop_noted(part, second)
    except BeyondTheEnd as error:
        text = beyond_the_end(error)
    except InvalidInput:
        text = title_too_long()
    except (PartGone, LessonGone, LessonLocked):
        text = part_gone()
    answered = recording.message_id if recording else message.message_id
    await bot.send_message(
        message.chat.id,
        text,
        parse_mode=None,
        reply_parameters=ReplyParameters(message_id=answered, allow_sending_without_reply=True),
    )
    if dialog_manager.has_context():
        await dialog_manager.show(ShowMode.DELETE_AND_SEND)
