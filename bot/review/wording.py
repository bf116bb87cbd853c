"""Cards as text: Markdown for rich messages, in which an author's plain text has formulas and code only."""

from datetime import date

from bot.i18n import Safe, _, calendar_day, current_language, escape_markdown, ngettext
from bot.question_text import LETTERS, judged_choice, lines, marked, option, option_list
from domain.quizzes.keys import Arranged, Choice, QuestionKind, Response, Written
from domain.review.model import AskedAgain, CardNote, Grade


def option_words(question: AskedAgain) -> list[str]:
    """As they stand on the screen; those of true or false are not the author's."""
    if question.kind is QuestionKind.TRUE_FALSE:
        return [_("True"), _("False")]
    return [each.read_in(current_language()) for each in question.options]


def question_words(question: AskedAgain, options: Safe | None = None) -> Safe:
    """The question with its options as they are, or as `options` says."""
    language = current_language()
    shown = [marked(question.text.read_in(language), is_rich=True)]
    words = option_words(question)
    if words:
        shown.append(options or option_list(words, is_rich=True))
    if question.rights:
        shown.append(Safe("—"))
        shown += [
            Safe(f"{place}\\) {marked(right.read_in(language), is_rich=True)}")
            for place, right in enumerate(question.rights, 1)
        ]
    return lines(shown, is_rich=True)


def judged_words(question: AskedAgain, chosen: Response | None, solution: Response | None) -> Safe:
    """The same after the answer: the right options are marked, and the wrong ones that were chosen."""
    if not isinstance(solution, Choice):
        return question_words(question)
    return question_words(question, judged_choice(option_words(question), chosen, solution, is_rich=True))


def solution_words(question: AskedAgain, solution: Response | None) -> Safe:
    """The right answer in words; empty where the options show it, or where there is none."""
    match solution:
        case Written(text):
            return marked(text, is_rich=True)
        case Arranged(order) if question.kind is QuestionKind.ORDERING:
            words = option_words(question)
            return Safe(" → ".join(option(place, words[place], is_rich=True) for place in order))
        case Arranged(order):
            rights = [marked(right.read_in(current_language()), is_rich=True) for right in question.rights]
            shown = [f"{LETTERS[left]} – {right + 1}\\) {rights[right]}" for left, right in enumerate(order)]
            return lines(shown, is_rich=True)
        case _:
            return Safe("")


def note_front(note: CardNote) -> Safe:
    """What is asked of a note: its first words."""
    lesson = note.lesson_title.read_in(current_language()) if note.lesson_title else ""
    words = note.beginning or _("Voice note")
    title = [f"📖 {escape_markdown(lesson)}"] if lesson else []
    return lines([*title, f"**{escape_markdown(words)}**"], is_rich=True)


def days_words(days: int) -> str:
    """How long until then, as short as a button needs it."""
    if days >= 60:
        months = round(days / 30)
        return ngettext("{n} mo", "{n} mo", months).format(n=months)
    return ngettext("{n} d", "{n} d", days).format(n=days)


def due_words(due_on: date, days: int) -> str:
    if days <= 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in {n} day, on {date}", "in {n} days, on {date}", days).format(n=days, date=calendar_day(due_on))


def grade_words(grade: Grade) -> str:
    return {
        Grade.AGAIN: _("❌ Again"),
        Grade.HARD: _("😅 Hard"),
        Grade.GOOD: _("👍 Good"),
        Grade.EASY: _("⚡ Easy"),
    }[grade]


def weekday_words(weekday: int) -> str:
    """ISO: Monday is 1."""
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )[weekday - 1]


def hour_words(hour: int) -> str:
    return f"{hour:02}:00"


def minutes_words(seconds: int) -> str:
    minutes = max(round(seconds / 60), 1)
    return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
