from html import escape

from bot.i18n import _
from bot.outgoing import Outgoing
from bot.services import Services
from domain.notifications.model import Notification
from domain.users.model import User


async def teacher_joined(notification: Notification, user: User, services: Services) -> Outgoing:
    name = escape(str(notification.data["name"]), quote=False)
    return Outgoing(text=_("🎓 {name} has accepted your invitation and can teach now.").format(name=name))
