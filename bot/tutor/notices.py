"""What teachers and students are told about questions that were passed on."""

from html import escape

from bot.i18n import _
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.notifications.model import Notification
from domain.tutor.errors import RequestGone
from domain.tutor.model import MessageId
from domain.tutor.teacher_ports import RequestId
from domain.users.model import User


async def doubt_asked(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None when another teacher was faster, or the student has deleted it."""
    request_id = RequestId(int(notification.data["request_id"] or 0))
    if not await services.teacher_help.waits(user.id, request_id):
        return None
    try:
        request = (await services.teacher_help.thread(user.id, request_id)).request
    except RequestGone:
        return None
    text = _("🙋 <b>{name}</b> asks you for help:\n{title}").format(
        name=escape(request.student_name), title=escape(request.title)
    )
    return Outgoing(text=text, buttons=((go_button(_("💬 Read and answer"), f"dq_{request_id}"),),))


async def doubt_answered(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None when the student has deleted the conversation."""
    message = await services.tutor.message(user.id, MessageId(int(notification.data["message_id"] or 0)))
    if message is None:
        return None
    text = _("👩‍🏫 <b>Your teacher has answered:</b>\n\n{answer}").format(answer=escape(message.text[:3500]))
    return Outgoing(text=text, buttons=((go_button(_("💬 Ask more"), f"dt_{message.session_id}"),),))
