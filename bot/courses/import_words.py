"""What is said about files that are imported: why one is not read, what is wrong in it, what it would make."""

from html import escape

from bot.i18n import N_, _, current_language, ngettext
from domain.courses.exchange.issues import Issue, Problem, Refusal
from domain.courses.exchange.ports import ImportState
from domain.courses.exchange.preview import Preview

SHOWN_ISSUES = 15
MAX_MESSAGE = 3_800
"""Characters of the preview; the rest of the 4,096 is for its buttons' sentences."""

REFUSALS: dict[Refusal, str] = {
    Refusal.EMPTY: N_("There is nothing in this file. Please check it and send it again."),
    Refusal.TOO_LARGE: N_(
        "This file is too large: Telegram gives bots 20 MB at most. Leave the videos out and add them in the chat."
    ),
    Refusal.UNKNOWN: N_("I read .xlsx, .zip and .docx here. Please send one of these."),
    Refusal.BROKEN: N_("This file is damaged. Please save it again and send it once more."),
    Refusal.ENCRYPTED: N_(
        "This file has a password or an old format (.xls, .doc). Save it as .xlsx or .docx without a password."
    ),
    Refusal.UNSAFE: N_("This archive is not safe to open. Pack course.xlsx and the folder “files” anew."),
    Refusal.NO_WORKBOOK: N_("There is no course.xlsx in this archive. Put it at the top, beside the folder “files”."),
    Refusal.TOO_MUCH: N_(
        "That is too much for one course: 5,000 lessons, 20,000 parts, and 50 MB unpacked at most. Please divide it."
    ),
    Refusal.GONE: N_("The file is no longer there. Please send it again."),
    Refusal.NOT_WORD: N_(
        "Into this course I take a Word syllabus (.docx). A workbook or an archive makes a new course: "
        "send it at “Your courses”."
    ),
}

PROBLEMS: dict[Problem, str] = {
    Problem.SHEET_MISSING: N_("The sheet is missing. Take the template as a model."),
    Problem.KEY_UNKNOWN: N_("“{value}” is not known and is left out."),
    Problem.KEY_TWICE: N_("“{value}” is there twice. Delete one of the rows."),
    Problem.COLUMN_UNKNOWN: N_("The column “{value}” is not known and is left out."),
    Problem.FORMAT_NEWER: N_("The format “{value}” is newer than this centre. Write 1."),
    Problem.TITLE_MISSING: N_("A title with at least one letter is needed."),
    Problem.TITLE_TOO_LONG: N_("The title is too long: 120 characters at most."),
    Problem.DESCRIPTION_TOO_LONG: N_("The description is too long: 2,000 characters at most."),
    Problem.TEXT_MISSING: N_("There is no text. Write it, or delete the row."),
    Problem.TEXT_TOO_LONG: N_("The text is too long: 32,000 characters at most. Divide it into two rows."),
    Problem.LANGUAGE_UNKNOWN: N_("The language “{value}” is not known. Write uz, ru or en."),
    Problem.LEVEL_UNKNOWN: N_("The level “{value}” is not known. Write beginner, intermediate or advanced."),
    Problem.SLUG_MALFORMED: N_("“{value}” cannot be a link: small Latin letters, digits and hyphens, 48 at most."),
    Problem.SLUG_TAKEN: N_("The link name “{value}” is taken, so the course gets the next free one."),
    Problem.SALE_UNKNOWN: N_("“{value}” is no way to sell. Write free, course or lessons."),
    Problem.PRICE_MISSING: N_("A course sold as a whole needs a price."),
    Problem.PRICE_WRONG: N_("“{value}” is no price. Write so'm as a number from 1,000 to 1,000,000,000."),
    Problem.PRICE_UNUSED: N_("The course is not sold as a whole, so its price is left out."),
    Problem.STARS_WRONG: N_("“{value}” is no price in Stars. Write a number from 1 to 100,000."),
    Problem.NOT_YES_OR_NO: N_("Write yes or no instead of “{value}”."),
    Problem.PERCENT_WRONG: N_("Write a percentage from 1 to 100 instead of “{value}”."),
    Problem.NUMBER_WRONG: N_("Write the lesson's number instead of “{value}”: 1, 2, 3…"),
    Problem.NUMBER_TWICE: N_("Lesson {value} is there twice. Give each lesson a number of its own."),
    Problem.OPENING_WRONG: N_(
        "Write a day and time like 2026-12-01 09:00, or days from 1 to 365, instead of “{value}”."
    ),
    Problem.DURATION_WRONG: N_("Write seconds, or time like 12:40, instead of “{value}”."),
    Problem.FISCAL_WRONG: N_("These are no fiscal codes: IKPU of 17 digits, package code, VAT."),
    Problem.FISCAL_NOT_YOURS: N_("Fiscal codes are set by the centre's admins, so they are left out."),
    Problem.CATEGORY_UNKNOWN: N_("The subject is not known here. Choose one with the button below."),
    Problem.PREREQUISITE_UNKNOWN: N_("There is no course with the code “{value}” here, so it is left out."),
    Problem.SECTION_MISSING: N_("Write above or beside the first lesson which section it belongs to."),
    Problem.LESSON_UNKNOWN: N_("There is no lesson “{value}”. Write a number from the sheet “lessons”."),
    Problem.KIND_UNKNOWN: N_("“{value}” is no kind. Leave the cell empty: I can tell it by myself."),
    Problem.PART_EMPTY: N_("There is no file here. Write its name, or delete the row."),
    Problem.LINK_WRONG: N_("“{value}” is no address of the open web. Write one that begins with https://."),
    Problem.FILE_NOT_THERE: N_("“{value}” is not in the folder “files”. Put it in, or correct the name."),
    Problem.FILE_EMPTY: N_("“{value}” is empty. Put the right file in."),
    Problem.FILE_PROGRAM: N_("“{value}” is a program and could harm students. Leave it out, or give a link to it."),
    Problem.FILE_OTHER_KIND: N_("“{value}” is something else inside. Save it anew, or correct the kind."),
    Problem.FILE_TOO_LARGE: N_("“{value}” is too large for Telegram: photos 10 MB, other files 50 MB."),
    Problem.FILE_UNUSED: N_("No row names “{value}”, so it is left out."),
    Problem.FILES_LEFT_OUT: N_("Files that are named and not there: {value}. Their parts are left out."),
    Problem.QUESTION_WRONG: N_(
        "A question needs its text, 2 to 12 different answers (one a line, 100 characters) and the same languages."
    ),
    Problem.RIGHT_WRONG: N_("Write the number of the right answer: 1, 2, 3…"),
    Problem.TOO_MANY_QUESTIONS: N_("That is too many questions: 100 for a lesson, 20,000 for a course."),
    Problem.TOO_MANY_SECTIONS: N_("A course has 1,000 sections at most. Please divide it."),
    Problem.TOO_MANY_LESSONS: N_("A course has 5,000 lessons at most. Please divide it."),
    Problem.TOO_MANY_PARTS: N_("A course has 20,000 parts and 5,000 files to take along at most. Please divide it."),
    Problem.TOO_MANY_RESOURCES: N_("A lesson has 50 files to take along at most."),
    Problem.NOTHING_THERE: N_("I found no lessons: make their titles Heading 2, or a numbered list."),
}


def issue_words(issue: Issue) -> str:
    """What is wrong and what to do, without markup."""
    return _(PROBLEMS[issue.problem]).format(value=issue.value)


def issue_place(issue: Issue) -> str:
    """`parts, row 7, link`."""
    if not issue.sheet:
        return ""
    if issue.row == 0:
        return issue.sheet
    place = _("{sheet}, row {row}").format(sheet=issue.sheet, row=issue.row)
    return f"{place}, {issue.column}" if issue.column else place


def result_text(preview: Preview) -> str:
    """In HTML: what was read, in three lines; the screen behind its button has the rest."""
    lines = [_heading(preview), *_counts(preview)]
    count = len(preview.errors)
    if count:
        lines.append(_mistakes(count))
    elif preview.needs_category:
        lines.append(_("📂 One thing is missing: its subject. Choose it on the next screen."))
    else:
        lines.append(_("✅ It can be saved. Look at it, and confirm."))
    return "\n".join(lines)


def _mistakes(count: int) -> str:
    return ngettext(
        "❌ {n} mistake. Nothing can be saved yet.", "❌ {n} mistakes. Nothing can be saved yet.", count
    ).format(n=count)


def preview_text(preview: Preview) -> str:
    """In HTML: title, counts, and the first things that are wrong."""
    lines = [_heading(preview), *_counts(preview)]
    if preview.imported.state is ImportState.IMPORTED:
        return "\n".join([*lines, "", _("✅ It is saved.")])
    errors = preview.errors
    if errors:
        lines += ["", _mistakes(len(errors))]
    elif preview.issues:
        lines += ["", _("⚠️ Please note:") if preview.needs_category else _("⚠️ It can be saved. Please note:")]
    shown = 0
    for issue in preview.issues[:SHOWN_ISSUES]:
        place = issue_place(issue)
        line = escape(f"• {place}: {issue_words(issue)}" if place else f"• {issue_words(issue)}", quote=False)
        if sum(map(len, lines)) + len(line) > MAX_MESSAGE:
            break
        lines.append(line)
        shown += 1
    rest = len(preview.issues) - shown
    if rest:
        lines.append(ngettext("…and {n} more.", "…and {n} more.", rest).format(n=rest))
    return "\n".join(lines)


def _heading(preview: Preview) -> str:
    draft = preview.draft
    title = draft.title.read_in(current_language()) if draft is not None else preview.imported.arrival.name
    if preview.course is not None:
        into = preview.course.title.read_in(current_language())
        return _("📥 New lessons for <b>{title}</b>").format(title=escape(into, quote=False))
    return f"📥 <b>{escape(title, quote=False)}</b>"


def _counts(preview: Preview) -> list[str]:
    if preview.draft is None:
        return []
    counts = preview.draft.counts
    # What there is none of is not worth a word.
    words = [
        sentence.format(n=number)
        for number, sentence in (
            (counts.sections, ngettext("{n} section", "{n} sections", counts.sections)),
            (counts.lessons, ngettext("{n} lesson", "{n} lessons", counts.lessons)),
            (counts.parts, ngettext("{n} part", "{n} parts", counts.parts)),
            (counts.questions, ngettext("{n} question", "{n} questions", counts.questions)),
            (counts.files, ngettext("{n} file", "{n} files", counts.files)),
        )
        if number
    ]
    lines = [" · ".join(words)]
    if preview.category is not None:
        category = preview.category
        lines.append(escape(f"{category.emoji} {category.title.read_in(current_language())}", quote=False))
    if preview.slug is not None:
        lines.append(f"🔗 {escape(preview.slug, quote=False)}")
    return lines
