"""What teachers are told without having just asked."""

from html import escape

from bot.courses.errors import missing_sentence
from bot.i18n import _, current_language
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.courses.errors import NotReady, TeachersOnly, WorkGone
from domain.courses.model import CourseId
from domain.courses.workshop import Outline
from domain.errors import Gone, NotAllowed
from domain.notifications.model import Notification
from domain.quizzes.model import AttemptId
from domain.users.model import User


async def co_teacher_joined(notification: Notification, user: User, services: Services) -> Outgoing | None:
    outline = await _outline(notification, user, services)
    if outline is None:
        return None
    text = _("👥 {name} teaches <b>{title}</b> together with you now.")
    name = escape(str(notification.data["name"]), quote=False)
    return Outgoing(text=text.format(name=name, title=_title(outline)))


async def course_published(notification: Notification, user: User, services: Services) -> Outgoing | None:
    outline = await _outline(notification, user, services)
    if outline is None:
        return None
    text = _("🚀 <b>{title}</b> has published itself, as you planned. Students can see it now.")
    button = go_button(_("▶️ Open the course"), f"c_{outline.course.code}")
    return Outgoing(text=text.format(title=_title(outline)), buttons=((button,),))


async def publication_held(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None when it was published by hand meanwhile."""
    outline = await _outline(notification, user, services)
    if outline is None or outline.course.is_published:
        return None
    lines = [_("⏰ <b>{title}</b> was to publish itself now, but something is missing.").format(title=_title(outline))]
    if outline.missing():
        lines.append(missing_sentence(NotReady(outline.missing())))
    lines.append(_("Then publish it, or choose another day."))
    button = go_button(_("✏️ Open the course"), f"c_{outline.course.code}")
    return Outgoing(text="\n".join(lines), buttons=((button,),))


async def attempt_marked(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """To the student; None while an answer waits again. The points are shown by the quiz, which may hold them back."""
    try:
        result = await services.quizzes.result(user.id, AttemptId(int(notification.data["attempt_id"] or 0)))
    except (NotAllowed, Gone):
        return None
    if result.waiting:
        return None
    title = escape(result.lesson_title.read_in(current_language()), quote=False)
    text = _("✍️ Your teacher has marked your written answers in <b>{title}</b>.").format(title=title)
    button = go_button(_("📊 My results"), f"q_{result.lesson_id}")
    return Outgoing(text=text, buttons=((button,),))


async def _outline(notification: Notification, user: User, services: Services) -> Outline | None:
    """None for whoever does not teach the course any more."""
    try:
        return await services.authoring.outline(user.id, CourseId(int(notification.data["course_id"] or 0)))
    except (TeachersOnly, WorkGone):
        return None


def _title(outline: Outline) -> str:
    return escape(outline.course.title.read_in(current_language()), quote=False)
