"""The template of a course's workbook: an example that can be imported, and a page that explains it."""

from bot.i18n import N_, _
from domain.courses.exchange.cells import to_cell
from domain.courses.exchange.example import example_course
from domain.courses.exchange.tables import SheetToWrite
from domain.courses.exchange.writing import sheets_of
from domain.language import Language

_HELP: tuple[tuple[str, str, str], ...] = (
    ("course", "key, value", N_("What the course is, a row for each thing. Texts go into uz, ru, en; one is enough.")),
    ("course", "category", N_("The subject's short name. Leave it empty to choose it in the chat.")),
    ("course", "level", N_("beginner, intermediate or advanced")),
    (
        "course",
        "sale, price",
        N_("free, course (then with a price in so'm) or lessons (prices in the sheet “lessons”)"),
    ),
    ("course", "certificate", N_("yes or no; certificate_percent is the average score that it asks for")),
    ("course", "cover", N_("The name of a picture in the folder “files”")),
    ("lessons", "section", N_("Write it at the first lesson of a section; the rows below belong to it, too.")),
    ("lessons", "number", N_("The other sheets name the lesson by it.")),
    ("lessons", "opens", N_("A day and time like 2026-12-01 09:00, or how many days after enrolment")),
    ("lessons", "gate, pass_percent", N_("yes: the next lessons open when this one is passed, with this score")),
    ("lessons", "preview", N_("yes: open to everybody")),
    ("lessons", "price, stars", N_("In so'm and in Telegram Stars, where lessons are sold one by one")),
    ("parts", "kind", N_("text, photo, video, audio, voice, pdf, slides, document, link; empty: I tell it by myself")),
    ("parts", "text", N_("Markdown with $formulas$; for a file its caption. A row with the kind “more” continues it.")),
    ("parts", "file", N_("The name of a file in the folder “files”, for each language that has its own")),
    ("parts", "link", N_("An address of the open web; provider, seconds and picture may stay empty")),
    ("parts", "check, check_right", N_("One question that shows that the part was watched; answers line by line")),
    ("questions", "options, right", N_("Answers line by line, and the number of the right one")),
    ("resources", "file", N_("Files to take along, below the lesson")),
    ("files", "name", N_("Optional: what students see as the file's name")),
    ("", "zip", N_("To send files, too: pack this workbook as course.xlsx with the folder “files” into a .zip.")),
)


def template_sheets(language: Language) -> list[SheetToWrite]:
    columns = (_("sheet"), _("column"), _("what to write"))
    rows = [[to_cell(sheet), to_cell(column), to_cell(_(words))] for sheet, column, words in _HELP]
    return [*sheets_of(example_course(language)), SheetToWrite("help", columns, rows)]
