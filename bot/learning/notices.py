"""What a student is told about their learning without having just asked."""

from html import escape

from bot.i18n import _, ngettext
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.courses.model import CourseId
from domain.learning.errors import CourseGone
from domain.notifications.model import Notification
from domain.users.model import User


async def course_completed(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None when the course is out of their sight by now."""
    try:
        page = await services.learning.course(user.id, CourseId(int(notification.data["course_id"] or 0)))
    except CourseGone:
        return None
    title = page.course.title.read_in(user.language)
    text = _("🎓 <b>Congratulations, {name}!</b> You have completed the course <b>{title}</b>.")
    lessons = ngettext("{n} lesson is behind you.", "{n} lessons are behind you.", page.course.lesson_count)
    return Outgoing(
        text="\n".join(
            (
                text.format(name=escape(user.full_name, quote=False), title=escape(title, quote=False)),
                lessons.format(n=page.course.lesson_count),
                _("What next: look back at your results, or choose the next course."),
            )
        ),
        buttons=(
            (go_button(_("📊 My progress"), "progress"), go_button(_("📚 Next course"), "catalogue")),
            (go_button(_("⭐ Rate the course"), f"rate_{page.course.id}"),),
            (go_button(_("📖 Open the course"), f"c_{page.course.code}"),),
        ),
    )
