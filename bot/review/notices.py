"""The reminder, once a day at most."""

from datetime import date

from bot.i18n import _, ngettext
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.review.commands import LINK
from bot.services import Services
from domain.notifications.model import Notification
from domain.users.model import User


async def review_due(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None when the set is done by now, or its day is over."""
    day = date.fromisoformat(str(notification.data["day"]))
    count = await services.review_reminders.count_left(user.id, day)
    if not count:
        return None
    text = ngettext(
        "🔁 {count} card is ready to be reviewed. It takes a minute.",
        "🔁 {count} cards are ready to be reviewed. It takes a few minutes.",
        count,
    )
    return Outgoing(
        text=text.format(count=count),
        buttons=((go_button(_("🔁 Review now"), LINK),),),
    )
