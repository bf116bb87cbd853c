from datetime import timedelta
from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, _, current_language, day, day_and_time, ngettext, shorten
from bot.quizzes.clocks import left_until
from bot.quizzes.pictures import picture_of, trend_chart
from bot.quizzes.place import handed, lesson_shown, page_shown
from bot.services import current_user, services
from domain.clock import utc_now
from domain.quizzes.model import Hindrance, Intro, ResultEntry
from domain.quizzes.settings import QuizSettings, Reveal


async def intro_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    intro = handed(data, Intro) or await services(data).quizzes.intro(user.id, lesson_shown(dialog_manager))
    is_open = intro.answered is not None
    may_begin = intro.hindrance is None
    return {
        "title": intro.lesson_title.read_in(current_language()),
        "question_count": intro.question_count,
        "best": intro.best.percent if intro.best else None,
        "has_best": intro.best is not None,
        "answered": intro.answered,
        "is_open": is_open,
        "is_new": not is_open,
        "may_begin": not is_open and may_begin,
        "rules": _rules(intro, user.timezone),
        "clock": left_until(intro.deadline_at, utc_now(), user.timezone) if intro.deadline_at and is_open else None,
        "tells_at_once": not is_open and may_begin and intro.settings.reveal is Reveal.AT_ONCE,
        "tells_later": not is_open and may_begin and intro.settings.reveal is not Reveal.AT_ONCE,
        "hindrance": _hindrance(intro, user.timezone) if not is_open else None,
    }


def _rules(intro: Intro, timezone: str) -> Safe | None:
    """What is not usual about this quiz, a line each."""
    settings = intro.settings
    lines: list[str] = []
    if settings.time_limit is not None:
        minutes = settings.time_limit // timedelta(minutes=1)
        lines.append(
            ngettext("⏳ {minutes} minute for everything", "⏳ {minutes} minutes for everything", minutes).format(
                minutes=minutes
            )
        )
    if settings.question_limit is not None:
        seconds = settings.question_limit // timedelta(seconds=1)
        lines.append(
            ngettext("⏱ {seconds} second for each question", "⏱ {seconds} seconds for each question", seconds).format(
                seconds=seconds
            )
        )
    if intro.pass_percent is not None:
        lines.append(_("🎯 {percent}% is needed to pass").format(percent=intro.pass_percent))
    if settings.penalty_percent:
        lines.append(
            _("➖ A wrong answer costs {percent}% of its points; an empty one costs nothing").format(
                percent=settings.penalty_percent
            )
        )
    if intro.attempts_left:
        lines.append(
            ngettext("🔁 {left} attempt left", "🔁 {left} attempts left", intro.attempts_left).format(
                left=intro.attempts_left
            )
        )
    return Safe("\n".join([*lines, *_dates(settings, timezone)])) or None


def _dates(settings: QuizSettings, timezone: str) -> list[str]:
    if settings.closes_at is None or settings.closes_at <= utc_now():
        return []
    return [_("📅 Open until {moment}").format(moment=day_and_time(settings.closes_at, timezone))]


def _hindrance(intro: Intro, timezone: str) -> Safe | None:
    match intro.hindrance:
        case Hindrance.NOT_YET if intro.settings.opens_at is not None:
            return Safe(_("🔒 It opens on {moment}.").format(moment=day_and_time(intro.settings.opens_at, timezone)))
        case Hindrance.CLOSED:
            return Safe(_("🔒 This quiz is closed. Your results are in /results."))
        case Hindrance.NO_ATTEMPTS_LEFT:
            return Safe(_("🔒 You have used all your attempts. They are in /results."))
        case _:
            return None


async def history_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    results = await services(data).quizzes.results(user.id, page_shown(dialog_manager))
    trend = trend_chart(await services(data).insights.trend(user.id), user.timezone) if results.entries else None
    return {
        "picture": await picture_of(trend, data),
        "entries": [{"id": str(entry.attempt_id), "label": _label(entry, user.timezone)} for entry in results.entries],
        "is_empty": not results.entries,
        "has_entries": bool(results.entries),
        "page": results.page + 1,
        "page_count": results.page_count,
        "is_paged": results.page_count > 1,
        "has_previous": results.page > 0,
        "has_more": results.page + 1 < results.page_count,
    }


def _label(entry: ResultEntry, timezone: str) -> str:
    title = shorten(entry.lesson_title.read_in(current_language()), 30)
    if entry.finished_at is None:
        return _("▶️ {title} · continue ({answered} / {total})").format(
            title=title, answered=entry.answered, total=entry.score.total
        )
    if entry.is_held or entry.waiting:
        return _("⏳ {title} · result comes later").format(title=title)
    sign = "🏆" if entry.score.percent == 100 else "📊"
    return f"{sign} {entry.score.percent}% · {title} · {day(entry.finished_at, timezone)}"
