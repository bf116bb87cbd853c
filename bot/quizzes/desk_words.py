"""Results and statistics in words."""

from html import escape

from bot.i18n import N_, _, current_language, ngettext, shorten
from bot.question_text import LETTERS
from domain.quizzes.items import LOW_DISCRIMINATION, Finding, Item, Reason, right_options
from domain.quizzes.keys import QuestionKind
from domain.quizzes.statistics import ResultLine

REASONS: dict[Reason, str] = {
    Reason.KEY_MAY_BE_WRONG: N_("More students chose {option} than the right answer. Is the key right?"),
    Reason.NEGATIVE: N_("Strong students miss it and weak ones do not. Is the key right, is the text clear?"),
    Reason.TOO_HARD: N_("Very hard: fewer than one in five gets it right."),
    Reason.LOW: N_("It hardly tells who knows the subject. The text may be unclear."),
    Reason.TOO_EASY: N_("Very easy: nearly everybody gets it right."),
    Reason.UNUSED_OPTION: N_("Hardly anybody chooses {option}. A more tempting wrong answer would help."),
    Reason.SLOW: N_("It takes three times as long as the others. Can it be shorter?"),
}
_TITLE = 60
_GOOD = 0.4
"""From there on a question discriminates very well (Ebel & Frisbie 1991)."""


def title_of(item: Item, limit: int = _TITLE) -> str:
    return shorten(item.question.text.read_in(current_language()), limit)


def reason_of(finding: Finding) -> str:
    option = LETTERS[finding.option] if finding.option is not None else ""
    return _(REASONS[finding.reason]).format(option=option)


def result_lines(number: int, line: ResultLine) -> str:
    """Two lines of HTML."""
    attempt = line.attempt
    score = attempt.score
    facts = [f"<b>{score.percent}%</b>", f"{score.correct}/{score.total}"]
    if score.points is not None and score.max_points and score.max_points != 100 * score.total:
        most = score.max_points // 100
        facts.append(_("{points} of {max} points").format(points=_hundredths(score.points), max=most))
    if line.scaled is not None:
        half = (line.scaled.interval[1] - line.scaled.interval[0]) / 2
        facts.append(f"⚖️ {line.scaled.value:.0f} ± {half:.0f}")
    if attempt.seconds:
        facts.append(_time(attempt.seconds))
    if attempt.number > 1:
        facts.append(_("attempt {n}").format(n=attempt.number))
    if attempt.waiting:
        facts.append(ngettext("✍️ {n} to mark", "✍️ {n} to mark", attempt.waiting).format(n=attempt.waiting))
    return f"{number}. {escape(shorten(attempt.student, 40), quote=False)}\n{' · '.join(facts)}"


def item_line(item: Item, *, is_doubtful: bool) -> str:
    sign = "⚠️" if is_doubtful else "🗄" if item.is_retired else "▫️"
    return f"{sign} {item.difficulty:.0%} · {title_of(item, 40)}"


def discrimination_words(item: Item) -> str:
    power = item.discrimination
    if power is None:
        return _("Tells students apart: not known yet")
    if power < 0:
        words = _("the wrong way round")
    elif power <= LOW_DISCRIMINATION:
        words = _("hardly")
    else:
        words = _("very well") if power >= _GOOD else _("well")
    return _("Tells students apart: {words} ({value})").format(words=words, value=f"{power:+.2f}")


def time_words(item: Item) -> str:
    return _("Time: {time}").format(time=_time(round(item.seconds))) if item.seconds is not None else ""


def choice_lines(item: Item) -> str:
    """The options with how many chose each, and how the others' questions went for them; HTML."""
    right = right_options(item.question.key)
    if right is None:
        return ""
    counts = {choice.option: choice for choice in item.choices}
    if item.question.kind is QuestionKind.TRUE_FALSE:
        options = [_("True"), _("False")]
    else:
        options = [option.read_in(current_language()) for option in item.question.options]
    lines: list[str] = []
    for index, option in enumerate(options):
        choice = counts.get(index)
        chosen = choice.chosen if choice else 0
        share = chosen / item.sums.answered if item.sums.answered else 0.0
        sign, text = "✅" if index in right else "▫️", escape(shorten(option, 80), quote=False)
        line = f"{sign} {LETTERS[index]}) {text}: {chosen} ({share:.0%})"
        if choice is not None and choice.rest is not None:
            line += " · " + _("the rest {percent}").format(percent=f"{choice.rest:.0%}")
        lines.append(line)
    return "\n".join(lines)


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}"


def _hundredths(points: int) -> str:
    return f"{points / 100:g}"
