"""What is said about tests that are sent: why one is not read, what is wrong in it, what it would add."""

from collections.abc import Sequence
from html import escape

from bot.i18n import N_, _, ngettext, shorten
from bot.question_text import LETTERS
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.imports import ImportRefusal, ImportSource, QuestionImport
from domain.quizzes.importing.model import Mistake, ReadQuestion
from domain.quizzes.importing.previewing import ImportPreview, most_of, shown_options
from domain.quizzes.keys import Essay, Matching, Number, Ordering, Short, TrueFalse

PAGE = 3
"""Questions on one page of the preview."""
MISTAKES_PAGE = 8
_QUESTION = 300
_OPTION = 70

WAYS = N_("Send it as a Word or Excel file, CSV, TXT, PDF or GIFT, as a text, or forward quiz polls one after another.")

REFUSALS: dict[ImportRefusal, str] = {
    ImportRefusal.EMPTY: N_("There is nothing in it. Please check the file and send it again."),
    ImportRefusal.UNKNOWN: N_("Tests come as .docx, .xlsx, .csv, .txt, .gift or .pdf. Please send one of these."),
    ImportRefusal.BROKEN: N_("This file is damaged. Please save it again and send it once more."),
    ImportRefusal.ENCRYPTED: N_(
        "This file has a password or an old format (.xls, .doc). Save it as .xlsx or .docx without a password."
    ),
    ImportRefusal.UNSAFE: N_("Something is hidden in this file. Save it anew on your computer and send that."),
    ImportRefusal.TOO_LARGE: N_("This file is too large: Telegram gives bots 20 MB at most. Leave the pictures out."),
    ImportRefusal.TOO_HEAVY: N_("There is too much in this file. Please divide it into two or three."),
    ImportRefusal.NO_TEXT: N_(
        "There are only pictures in this file, no text that I could read. Send the Word file that it was made of."
    ),
    ImportRefusal.NO_QUESTIONS: N_(
        "I found no questions in it. Begin each question with ?, its right answer with + and each wrong one with -, "
        "every one on its own line."
    ),
    ImportRefusal.GONE: N_("The file is no longer there. Please send it again."),
    ImportRefusal.MODEL_FAILED: N_(
        "I could not read the questions off this photo. Take it straight from above in good light, or send the test "
        "as a file."
    ),
}

_MISTAKES: dict[tuple[str, str], str] = {
    ("question", "empty"): N_("the question itself is missing"),
    ("question", "too_long"): N_("the question is too long: 3,000 characters at most"),
    ("options", "missing"): N_("there are no answers below it"),
    ("options", "too_few"): N_("it needs at least two answers"),
    ("options", "too_many"): N_("it has too many answers: 12 at most"),
    ("options", "empty"): N_("one of the answers is empty"),
    ("options", "too_long"): N_("one of the answers is too long: 500 characters at most"),
    ("options", "duplicate"): N_("two of its answers are the same"),
    ("options", "unexpected"): N_("this kind of question has no answers to choose from"),
    ("correct", "missing"): N_("no answer is marked as right"),
    ("correct", "several"): N_("several answers are marked as right"),
    ("correct", "unknown"): N_("its key names an answer that is not there"),
    ("accepted", "empty"): N_("the right answer is empty"),
    ("accepted", "too_many"): N_("it accepts too many answers: 30 at most"),
    ("accepted", "too_long"): N_("one of the accepted answers is too long: 200 characters at most"),
    ("number", "not_a_number"): N_("its answer is not a number"),
    ("number", "negative_tolerance"): N_("the tolerance is below zero"),
    ("rights", "too_few"): N_("not every left side has its right side"),
    ("rights", "too_many"): N_("it has too many right sides: 12 at most"),
    ("rights", "empty"): N_("one of the right sides is empty"),
    ("rights", "duplicate"): N_("two of the right sides are the same"),
    ("explanation", "too_long"): N_("the explanation is too long: 2,000 characters at most"),
    ("topic", "too_long"): N_("the topic is too long: 60 characters at most"),
    ("difficulty", "out_of_range"): N_("the difficulty goes from 1 to 5"),
    ("points", "out_of_range"): N_("the points go from 1 to 100"),
}
_ANY_MISTAKE = N_("I do not understand this one")


def import_name(imported: QuestionImport) -> str:
    """How its sender knows it; plain text."""
    match imported.sent.source:
        case ImportSource.FILE:
            return imported.sent.name or _("your file")
        case ImportSource.PHOTO:
            return _("your photo")
        case ImportSource.POLLS:
            return _("your polls")
        case ImportSource.TEXT:
            return _("your text")


def mistake_words(mistake: Mistake) -> str:
    return _(_MISTAKES.get((mistake.field, mistake.reason), _ANY_MISTAKE))


def found_words(count: int) -> str:
    """`30 questions`."""
    return ngettext("{n} question", "{n} questions", count).format(n=count)


def result_text(preview: ImportPreview) -> str:
    """In HTML: what was found, in a few lines; the screen behind its button has the rest."""
    heading = f"📥 <b>{escape(import_name(preview.imported), quote=False)}</b>"
    return "\n".join([heading, *summary_lines(preview)])


def summary_lines(preview: ImportPreview) -> list[str]:
    heaps = preview.heaps
    wrong, repeated, asked = len(heaps.wrong), len(heaps.repeated), len(preview.open_questions)
    lines: list[str] = []
    if heaps.new:
        added = ngettext("✅ {n} question can be added.", "✅ {n} questions can be added.", preview.count)
        lines.append(added.format(n=preview.count))
    elif not asked:
        lines.append(_("None of its questions can be added."))
    if asked:
        hidden = ngettext(
            "🔑 {n} has no right answer yet. Please choose it.",
            "🔑 {n} have no right answers yet. Please choose them.",
            asked,
        )
        lines.append(hidden.format(n=asked))
    if wrong:
        faulty = ngettext("❌ {n} cannot: it has a mistake.", "❌ {n} cannot: they have mistakes.", wrong)
        lines.append(faulty.format(n=wrong))
    if repeated:
        there = ngettext("♻️ {n} is there already.", "♻️ {n} are there already.", repeated)
        lines.append(there.format(n=repeated))
    if preview.left_out:
        most = f"{most_of(preview.imported.target):,}".replace(",", "\u00a0")
        full = ngettext(
            "⚠️ For {n} more there is no room: {most} questions at most.",
            "⚠️ For {n} more there is no room: {most} questions at most.",
            preview.left_out,
        )
        lines.append(full.format(n=preview.left_out, most=most))
    if preview.mixes_answers:
        lines.append(_("🔀 The right answer always has the same place, so I mix the answers for each student."))
    return lines


def collected_text(imported: QuestionImport) -> str:
    """How many polls there are so far."""
    count = len(imported.polls)
    lines = [ngettext("📥 <b>{n} poll is here.</b>", "📥 <b>{n} polls are here.</b>", count).format(n=count)]
    if any(poll.is_open for poll in imported.polls):
        lines.append(_("Telegram hides the right answers of forwarded polls, so I ask you for them."))
    lines.append(_("Forward more, or go on:"))
    return "\n".join(lines)


def question_text(number: int, draft: QuestionDraft, language: Language) -> str:
    """In HTML: as students will see it, and its key."""
    lines = [f"<b>{number}. {_cut(draft.text.read_in(language), _QUESTION)}</b>"]
    for index, (option, is_right) in enumerate(shown_options(draft)):
        words = _cut(option.read_in(language), _OPTION)
        lines.append(f"{'✅' if is_right else '▫️'} {LETTERS[index]}) {words}")
    key = _key_words(draft, language)
    return "\n".join([*lines, key] if key else lines)


def left_out_lines(wrong: Sequence[ReadQuestion], repeated: Sequence[ReadQuestion]) -> list[str]:
    """In HTML, in the order of the test: which questions are not added, where they are, and why."""
    lines = [(question.line, _wrong_line(question)) for question in wrong]
    lines += [(question.line, _line(question, question.line, _("it is there already"))) for question in repeated]
    return [line for _number, line in sorted(lines, key=lambda each: each[0])]


def _wrong_line(question: ReadQuestion) -> str:
    mistake = question.mistakes[0] if question.mistakes else Mistake(question.line, "", "")
    reasons = "; ".join(dict.fromkeys(mistake_words(each) for each in question.mistakes)) or _(_ANY_MISTAKE)
    return _line(question, mistake.line, reasons)


def _line(question: ReadQuestion, line: int, reason: str) -> str:
    excerpt = _cut(" ".join(question.excerpt.split()), 60)
    return _("• Line {line}, “{excerpt}”: {reason}.").format(line=line, excerpt=excerpt, reason=escape(reason))


def _key_words(draft: QuestionDraft, language: Language) -> str:
    match draft.key:
        case TrueFalse(is_true):
            return f"✅ {_('True') if is_true else _('False')}"
        case Short(accepted):
            return f"✅ {_cut(' / '.join(accepted), 150)}"
        case Number(value, tolerance):
            return f"✅ {value:f}" + (f" ± {tolerance:f}" if tolerance else "")
        case Matching(rights):
            pairs = zip(draft.options, rights, strict=False)
            shown = [
                f"{_cut(left.read_in(language), 30)} → {_cut(right.read_in(language), 30)}" for left, right in pairs
            ]
            return "✅ " + "; ".join(shown)
        case Ordering():
            return _("✅ In this order.")
        case Essay():
            return _("✍️ A text that you mark.")
        case _:
            return ""


def _cut(text: str, limit: int) -> str:
    return escape(shorten(text, limit), quote=False)
