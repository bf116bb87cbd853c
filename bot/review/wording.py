"""Cards as text: Markdown for rich messages, in which an author's plain text has formulas and code only."""

import re
from collections.abc import Sequence
from datetime import date

from bot.i18n import Safe, _, calendar_day, current_language, escape_markdown, ngettext
from domain.quizzes.keys import Arranged, Choice, QuestionKind, Response, Written
from domain.review.model import AskedAgain, CardNote, Grade

LETTERS = "ABCDEFGHIJKL"
_BAR = 10
_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d)", re.DOTALL)
_CODE = re.compile(r"```([A-Za-z0-9+#-]*)[ \t]*\n(.*?)\n?```", re.DOTALL)


def marked(text: str) -> Safe:
    pieces: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        pieces += [_prose(text[end : code.start()]), f"\n\n```{code[1]}\n{code[2]}\n```\n\n"]
        end = code.end()
    return Safe("".join([*pieces, _prose(text[end:])]))


def option_words(question: AskedAgain) -> list[str]:
    """As they stand on the screen; those of true or false are not the author's."""
    if question.kind is QuestionKind.TRUE_FALSE:
        return [_("True"), _("False")]
    return [option.read_in(current_language()) for option in question.options]


def question_words(question: AskedAgain, signs: Sequence[str] = ()) -> Safe:
    """The question with its options; `signs` before them, one each."""
    lines: list[str] = [marked(question.text.read_in(current_language()))]
    for place, words in enumerate(option_words(question)):
        sign = f"{signs[place]} " if signs else ""
        lines.append(f"{sign}{LETTERS[place]}\\) {marked(words)}")
    if question.rights:
        lines.append("—")
        lines += [
            f"{place}\\) {marked(right.read_in(current_language()))}" for place, right in enumerate(question.rights, 1)
        ]
    return Safe("\n\n".join(lines))


def judged_words(question: AskedAgain, chosen: Response | None, solution: Response | None) -> Safe:
    """The same after the answer: the right options are marked, and the wrong ones that were chosen."""
    if not isinstance(solution, Choice):
        return question_words(question)
    taken = chosen.options if isinstance(chosen, Choice) else frozenset[int]()
    count = len(option_words(question))
    signs = ["✅" if place in solution.options else "❌" if place in taken else "▫️" for place in range(count)]
    return question_words(question, signs)


def solution_words(question: AskedAgain, solution: Response | None) -> Safe:
    """The right answer in words; empty where the options show it, or where there is none."""
    language = current_language()
    match solution:
        case Written(text):
            return marked(text)
        case Arranged(order) if question.kind is QuestionKind.ORDERING:
            return Safe(" → ".join(f"{LETTERS[place]}\\) {marked(option_words(question)[place])}" for place in order))
        case Arranged(order):
            lines = [
                f"{LETTERS[left]} – {right + 1}\\) {marked(question.rights[right].read_in(language))}"
                for left, right in enumerate(order)
            ]
            return Safe("\n\n".join(lines))
        case _:
            return Safe("")


def note_front(note: CardNote) -> Safe:
    """What is asked of a note: its first words."""
    lesson = note.lesson_title.read_in(current_language()) if note.lesson_title else ""
    words = note.beginning or _("Voice note")
    lines = [f"📖 {escape_markdown(lesson)}"] if lesson else []
    return Safe("\n\n".join([*lines, f"**{escape_markdown(words)}**"]))


def progress_bar(done: int, total: int) -> str:
    """At most ten boxes; full only when everything is done."""
    boxes = min(total, _BAR)
    full = done * boxes // total if total else 0
    return "▰" * full + "▱" * (boxes - full)


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


def _prose(text: str) -> str:
    pieces: list[str] = []
    end = 0
    for formula in _FORMULA.finditer(text):
        pieces += [_paragraphs(text[end : formula.start()]), formula[0]]
        end = formula.end()
    return "".join([*pieces, _paragraphs(text[end:])])


def _paragraphs(text: str) -> str:
    return escape_markdown(text).replace("\n", "\n\n")
