"""What is left of an attempt's time and of a question's, in words, as it is when a screen is drawn."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import _, day_and_time, ngettext
from domain.quizzes.model import AttemptView

_DAY = timedelta(days=1)


def clock_line(attempt: AttemptView, now: datetime, timezone: str) -> str | None:
    """The nearer of the two ends; None without any."""
    until = attempt.question.until if attempt.question else None
    if until is not None and (attempt.deadline_at is None or until < attempt.deadline_at):
        seconds = max(round((until - now).total_seconds()), 0)
        return ngettext(
            "⏱ {seconds} second for this question", "⏱ {seconds} seconds for this question", seconds
        ).format(seconds=seconds)
    if attempt.deadline_at is None:
        return None
    return left_until(attempt.deadline_at, now, timezone)


def left_until(deadline: datetime, now: datetime, timezone: str) -> str:
    left = deadline - now
    if left > _DAY:
        return _("⏳ Until {moment}").format(moment=day_and_time(deadline, timezone))
    at = deadline.astimezone(ZoneInfo(timezone)).strftime("%H:%M")
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return _("⏳ Less than a minute left, until {time}").format(time=at)
    return ngettext(
        "⏳ {minutes} minute left, until {time}", "⏳ {minutes} minutes left, until {time}", minutes
    ).format(minutes=minutes, time=at)
