"""Moments, spans and chances of exams in words."""

from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from bot.i18n import Safe, _, current_language, ngettext, shorten
from bot.question_text import LETTERS
from domain.quizzes.exams.model import AlikeQuestion, Exam, ExamResult, ExamStage
from domain.quizzes.keys import Arranged, Choice, Written

_LONGEST_QUESTION = 90
_LONGEST_CHOICE = 60


def clock(moment: datetime, timezone: str) -> str:
    """Hours and minutes on the person's own clock; seconds where they matter."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def exact(moment: datetime, timezone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(timezone)):%H:%M:%S}"


def span(time: timedelta) -> str:
    """From days to seconds, the two largest of them."""
    seconds = max(round(time.total_seconds()), 0)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    if hours and not minutes:
        return _("{hours} h").format(hours=hours)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes >= 10 or (minutes and not seconds):
        return _("{minutes} min").format(minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds)
    return _("{seconds} s").format(seconds=seconds)


def stage_line(exam: Exam, now: datetime) -> str:
    match exam.stage:
        case ExamStage.CANCELLED:
            return _("✖️ Cancelled")
        case ExamStage.CLOSED:
            return _("🏁 Closed")
        case _ if now < exam.opens_at:
            return _("⏳ Begins in {left}").format(left=span(exam.opens_at - now))
        case _ if now < exam.closes_at:
            return _("✍️ Goes on · {left} left").format(left=span(exam.closes_at - now))
        case _:
            return _("🏁 Time is over, the last answers are being counted")


def skew_lines(exam: Exam, timezone: str) -> str:
    """When the word of the beginning reached the first and the last, and what was done about it."""
    if exam.first_told_at is None or exam.last_told_at is None:
        return ""
    told = _("📣 “Start” reached the first ready student at {first}, the last at {last}.").format(
        first=exact(exam.first_told_at, timezone), last=exact(exam.last_told_at, timezone)
    )
    if not exam.skew:
        return told
    moved = _("So the end is {skew} later for everybody: nobody lost time by being told last.")
    return f"{told}\n{moved.format(skew=span(exam.skew))}"


def odds(chance: float) -> str:
    """One of how many pairs agrees so often by chance, in round numbers."""
    if chance <= 1e-9:
        return _("fewer than one of 1,000,000,000")
    of = 1 / chance
    scale = 10 ** (len(str(int(of))) - 1)
    return _("about one of {count}").format(count=f"{int(of // scale * scale):,}".replace(",", "\u00a0"))


def result_line(result: ExamResult) -> Safe:
    """Place, name, percent and right answers, and the ability with its interval."""
    line = f"<b>{result.place}.</b> {escape(result.name, quote=False)} · <b>{result.score.percent}%</b>"
    line += f" ({result.score.correct}/{result.score.total})"
    if result.ability is not None:
        ability = result.ability
        line += f" · <code>{ability.value:+.2f}</code> [{ability.low:+.2f}; {ability.high:+.2f}]"
    if result.waiting:
        line += " · " + ngettext("{n} to mark", "{n} to mark", result.waiting).format(n=result.waiting)
    return Safe(line)


def alike_line(question: AlikeQuestion) -> Safe:
    language = current_language()
    text = escape(shorten(question.text.read_in(language), _LONGEST_QUESTION), quote=False)
    options = [option.read_in(language) for option in question.options]
    choice = escape(shorten(_chosen(question, options), _LONGEST_CHOICE), quote=False)
    others = ngettext("{n} student in all", "{n} students in all", question.alike).format(n=question.alike)
    return Safe(f"• {text}\n   ❌ {choice} · {others}")


def _chosen(question: AlikeQuestion, options: list[str]) -> str:
    match question.response:
        case Written(text):
            return text
        case Choice(chosen) if options:
            return ", ".join(f"{LETTERS[index]}) {options[index]}" for index in sorted(chosen) if index < len(options))
        case Choice(chosen):
            return _("True") if 0 in chosen else _("False")
        case Arranged(order):
            return " – ".join(str(index + 1) for index in order)
