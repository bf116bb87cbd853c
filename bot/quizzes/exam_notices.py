"""What people are told about exams without having just asked. A notice of a plan that has changed is not told."""

from collections.abc import Awaitable, Callable
from html import escape

from bot.i18n import _, current_language, day_and_time, ngettext
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.quizzes.exam_words import clock, skew_lines, span
from bot.services import Services
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.learning.errors import LessonGone, LessonLocked
from domain.notifications.model import NoticeKind, Notification
from domain.quizzes.errors import QuizGone
from domain.quizzes.exams.errors import ExamGone
from domain.quizzes.exams.model import Board, Exam, ExamStage, Room
from domain.quizzes.model import QuizId
from domain.users.model import User


async def exam_planned(notification: Notification, user: User, services: Services) -> Outgoing | None:
    room = await _room(notification, user, services)
    if room is None or not await _is_current(notification, services) or room.is_open or room.is_over:
        return None
    if notification.data.get("is_moved"):
        first = _("🗓 <b>The exam has moved: {title}</b>\nNow it begins on {opens}.")
    else:
        first = _("🗓 <b>An exam is planned: {title}</b>\nIt begins on {opens}.")
    lines = [
        first.format(title=_title(room), opens=day_and_time(room.opens_at, user.timezone)),
        _("You have {time}. All begin together, and the results come when it closes.").format(
            time=span(room.full_time())
        ),
    ]
    return _with_room(lines, notification, _("📝 Open the waiting room"))


async def exam_cancelled(notification: Notification, user: User, services: Services) -> Outgoing | None:
    exam = await _exam(notification, services)
    if exam is None or exam.stage is not ExamStage.CANCELLED:
        return None
    title = escape(exam.lesson_title.read_in(user.language), quote=False)
    text = _("✖️ The exam <b>{title}</b> is cancelled. Your teacher will tell you what comes instead.")
    return Outgoing(text=text.format(title=title))


async def exam_soon(notification: Notification, user: User, services: Services) -> Outgoing | None:
    room = await _room(notification, user, services)
    if room is None or not await _is_current(notification, services) or room.is_open or room.is_over:
        return None
    left = span(room.opens_at - utc_now())
    text = _("⏰ The exam <b>{title}</b> begins in {left}, at {opens}.").format(
        title=_title(room), left=left, opens=clock(room.opens_at, user.timezone)
    )
    if room.is_ready:
        return _with_room([text, _("You are ready: a message with “Start” comes here.")], notification, _("📝 Open it"))
    return _with_room(
        [text, _("Find a quiet place, open the waiting room and tap “I am ready”.")],
        notification,
        _("🙋 To the waiting room"),
    )


async def exam_begins(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None for whoever has started by themselves."""
    room = await _room(notification, user, services)
    if room is None or room.has_begun or not room.is_open:
        return None
    text = _("▶️ <b>The exam has begun: {title}</b>\nYou have {time}. Good luck!")
    time = span(min(room.full_time(), room.closes_at - utc_now()))
    button = go_button(_("▶️ Start"), f"q_{notification.data['lesson_id']}")
    return Outgoing(text=text.format(title=_title(room), time=time), buttons=((button,),))


async def exam_time(notification: Notification, user: User, services: Services) -> Outgoing | None:
    room = await _room(notification, user, services)
    if room is None or not room.is_open:
        return None
    minutes = int(notification.data["minutes"] or 0)
    text = ngettext(
        "➕ Your teacher gives everybody {n} more minute. The exam <b>{title}</b> ends at {closes}.",
        "➕ Your teacher gives everybody {n} more minutes. The exam <b>{title}</b> ends at {closes}.",
        minutes,
    )
    return Outgoing(
        text=text.format(n=minutes, title=_title(room), closes=clock(room.closes_at, user.timezone)),
        buttons=((go_button(_("▶️ Go on"), f"q_{notification.data['lesson_id']}"),),),
    )


async def exam_results(notification: Notification, user: User, services: Services) -> Outgoing | None:
    room = await _room(notification, user, services)
    if room is None or not room.is_over:
        return None
    text = _("🏁 The exam <b>{title}</b> is closed. Your result is here, with every question to look back at.")
    button = go_button(_("📊 See the result"), f"q_{notification.data['lesson_id']}")
    return Outgoing(text=text.format(title=_title(room)), buttons=((button,),))


async def exam_report(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None for whoever does not teach the course any more."""
    lesson_id = LessonId(int(notification.data["lesson_id"] or 0))
    try:
        board = await services.exam_desk.board(user.id, lesson_id)
    except ExamGone:
        return None
    title = escape(board.exam.lesson_title.read_in(user.language), quote=False)
    lines = [
        _("🏁 <b>The exam is closed: {title}</b>").format(title=title),
        ngettext("{n} student sat it.", "{n} students sat it.", board.finished).format(n=board.finished),
        skew_lines(board.exam, user.timezone),
        _pairs_line(board),
    ]
    return Outgoing(
        text="\n".join(filter(None, lines)),
        buttons=((go_button(_("📊 Open the results"), f"xb_{lesson_id}"),),),
    )


EXAM_NOTICES: dict[NoticeKind, Callable[[Notification, User, Services], Awaitable[Outgoing | None]]] = {
    NoticeKind.EXAM_PLANNED: exam_planned,
    NoticeKind.EXAM_CANCELLED: exam_cancelled,
    NoticeKind.EXAM_SOON: exam_soon,
    NoticeKind.EXAM_BEGINS: exam_begins,
    NoticeKind.EXAM_TIME: exam_time,
    NoticeKind.EXAM_RESULTS: exam_results,
    NoticeKind.EXAM_REPORT: exam_report,
}


def _pairs_line(board: Board) -> str:
    if not board.lookalikes:
        return ""
    text = ngettext(
        "👀 {n} pair has the same mistakes more often than chance explains: please look at it.",
        "👀 {n} pairs have the same mistakes more often than chance explains: please look at them.",
        board.lookalikes,
    )
    return text.format(n=board.lookalikes)


async def _room(notification: Notification, user: User, services: Services) -> Room | None:
    """The exam as the recipient may see it; None when it is out of their sight by now."""
    try:
        return await services.exam_rooms.room(user.id, LessonId(int(notification.data["lesson_id"] or 0)))
    except (LessonGone, LessonLocked, QuizGone, ExamGone):
        return None


async def _exam(notification: Notification, services: Services) -> Exam | None:
    return await services.exam_keeper.exam(QuizId(int(notification.data["quiz_id"] or 0)))


async def _is_current(notification: Notification, services: Services) -> bool:
    """Whether the exam still begins as it was planned when this was written."""
    exam = await _exam(notification, services)
    return exam is not None and exam.plan == notification.data["plan"]


def _with_room(lines: list[str], notification: Notification, label: str) -> Outgoing:
    return Outgoing(text="\n".join(lines), buttons=((go_button(label, f"x_{notification.data['lesson_id']}"),),))


def _title(room: Room) -> str:
    return escape(room.lesson_title.read_in(current_language()), quote=False)
