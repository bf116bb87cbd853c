"""A reply to a part of a lesson that begins with a time or with 🔖: where one stopped, or a bookmark.

Every other reply is for those who come later: the router stands before the notes, which take any reply, and before the
dialogs, whose screens take any text.
"""

from dataclasses import dataclass
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
from domain.users.model import UserId

router = Router(name="learning_replies")


_SIGN = "🔖"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a reply asks for."""

    second: int | None
    """None for the part as a whole."""
    title: str
    is_bookmark: bool
    """False when it only says where one stopped."""


class MarksPart(ReplyToLesson):
    """A reply with 🔖 to any part, or with a time to one in which one can stop; hands on `sent`, and the `mark`."""

    async def __call__(self, message: Message, **data: Any) -> bool | dict[str, Any]:
        if not message.text or message.reply_to_message is None:
            return False
        has_sign, rest = _without_sign(message.text)
        moment = leading_timecode(rest)
        if moment is None and not has_sign:
            return False
        found = await super().__call__(message, **data)
        if not isinstance(found, dict):
            return False
        sent: SentPart = found["sent"]
        is_recording = sent.part_id is not None and await services(data).study.is_recording(
            current_user(data).id, sent.lesson_id, sent.part_id
        )
        if moment is not None and is_recording:
            second, title = moment
            return {"sent": sent, "mark": Mark(second=second, title=title, is_bookmark=has_sign or bool(title))}
        return {"sent": sent, "mark": Mark(second=None, title=rest, is_bookmark=True)} if has_sign else False


def _without_sign(text: str) -> tuple[bool, str]:
    rest = text.strip().removeprefix(_SIGN)
    return rest != text.strip(), rest.removeprefix("\ufe0f").strip()


@router.message(MarksPart())
async def mark_part(
    message: Message, bot: Bot, sent: SentPart, mark: Mark, dialog_manager: DialogManager, **data: Any
) -> None:
    """The answer is a reply to the part, so that a time in it can be tapped; the screen moves below it."""
    user_id, answered = current_user(data).id, message.reply_to_message
    try:
        text = await _marked(data, user_id, sent, mark)
    except BeyondTheEnd as error:
        text = beyond_the_end(error)
    except InvalidInput:
        text = title_too_long()
    except (PartGone, LessonGone, LessonLocked):
        text = part_gone()
    await bot.send_message(
        message.chat.id,
        text,
        parse_mode=None,
        reply_parameters=ReplyParameters(
            message_id=answered.message_id if answered else message.message_id, allow_sending_without_reply=True
        ),
    )
    if dialog_manager.has_context():
        await dialog_manager.show(ShowMode.DELETE_AND_SEND)


async def _marked(data: dict[str, Any], user_id: UserId, sent: SentPart, mark: Mark) -> str:
    if sent.part_id is None:
        return part_gone()
    if mark.is_bookmark:
        await services(data).bookmarks.add(user_id, sent.lesson_id, sent.part_id, mark.second, mark.title)
        return bookmark_saved(mark.second, mark.title)
    part = await services(data).study.stop_at(user_id, sent.lesson_id, sent.part_id, mark.second or 0)
    return stop_noted(part, mark.second or 0)
