"""How a quiz is taken, line by line."""

from datetime import timedelta

from bot.i18n import N_, _, day_and_time
from domain.quizzes.card_model import PoolLine, SettingsCard
from domain.quizzes.settings import Face, Reveal

REVEALS: dict[Reveal, str] = {
    Reveal.AT_ONCE: N_("After each answer"),
    Reveal.AT_END: N_("At the end of the attempt"),
    Reveal.AFTER_CLOSE: N_("When the quiz has closed for all"),
}
PROMPTS: dict[str, str] = {
    "pass": N_("🎯 Which score passes the quiz, in percent? Choose or type a number, for example 70."),
    "attempts": N_("🔁 How many attempts has each student? Choose or type a number from 1 to 50."),
    "time": N_("⏱ How many minutes is there for the whole attempt? Choose or type a number from 1 to 360."),
    "seconds": N_("⏳ How many seconds is there for each question? Choose or type a number from 5 to 600."),
    "penalty": N_("➖ How much of a question's points does a wrong answer cost, in percent? 0 takes nothing."),
    "versions": N_(
        "🔢 How many versions has the exam? Neighbours in the order of registration get different ones. They differ in"
        " what is drawn from banks; the order of questions and answers is each student's own anyway."
    ),
}
CHOICES: dict[str, tuple[int, ...]] = {
    "pass": (50, 60, 70, 80, 90, 100),
    "attempts": (1, 2, 3, 5),
    "time": (10, 20, 30, 45, 60, 90),
    "seconds": (15, 30, 45, 60, 90, 120),
    "penalty": (0, 25, 33, 50, 100),
    "versions": (1, 2, 3, 4, 6),
}


def pool_line(line: PoolLine) -> str:
    pieces = [line.bank_title]
    if line.pool.topic:
        pieces.append(line.pool.topic)
    if line.pool.difficulty:
        pieces.append(f"📶 {line.pool.difficulty}/5")
    counts = _("{count} of {available}").format(count=line.pool.count, available=line.available)
    return f"{' · '.join(pieces)}: {counts}{' ⚠️' if line.is_short else ''}"


def card_lines(card: SettingsCard, timezone: str) -> str:
    """Plain text."""
    facts, settings = card.facts, card.facts.settings
    on_off = {True: _("yes"), False: _("no")}
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    lines = [_("❓ Own questions: {count}").format(count=facts.own_count)]
    lines += [f"🗂 {pool_line(line)}" for line in card.pools]
    lines += [
        _("🔀 Questions shuffled: {value}").format(value=on_off[settings.shuffles_questions]),
        _("🔀 Answers shuffled: {value}").format(value=on_off[settings.shuffles_options]),
        _("🎯 Pass mark: {value}").format(
            value=f"{facts.pass_percent}%" if facts.pass_percent is not None else _("none")
        ),
        _("🔁 Attempts: {value}").format(value=settings.max_attempts or _("as many as one likes")),
        _("⏱ Time: {value}").format(
            value=_("{minutes} min").format(minutes=settings.time_limit // minute)
            if settings.time_limit
            else _("no limit")
        ),
        _("⏳ Each question: {value}").format(
            value=_("{seconds} s").format(seconds=settings.question_limit // second)
            if settings.question_limit
            else _("no limit")
        ),
        _("➖ A wrong answer costs: {percent}%").format(percent=settings.penalty_percent),
        _("👁 Answers are shown: {value}").format(value=_(REVEALS[settings.reveal])),
        _("📅 Opens: {value}").format(
            value=day_and_time(settings.opens_at, timezone) if settings.opens_at else _("at once")
        ),
        _("🔒 Closes: {value}").format(
            value=day_and_time(settings.closes_at, timezone) if settings.closes_at else _("never")
        ),
        _("📊 Shown as: {value}").format(
            value=_("Telegram's quiz polls") if settings.face is Face.POLLS else _("buttons")
        ),
        _("🎓 Exam: {value}").format(value=on_off[settings.is_exam]),
    ]
    if settings.is_exam:
        lines.append(_("🔢 Versions: {count}").format(count=settings.versions))
    return "\n".join(lines)
