"""Words about files of questions: what they are for, and what they do not hold."""

from bot.i18n import N_, _, current_language, ngettext, speaking
from domain.language import Language
from domain.quizzes.exporting.service import ExportFormat, ExportOffer
from domain.quizzes.exporting.sheets import MAX_PRINTED, SheetLabels

_LANGUAGES = {Language.UZ: "O‘zbekcha", Language.RU: "Русский", Language.EN: "English"}
NEXT: dict[ExportFormat, str] = {
    ExportFormat.XLSX: N_("Change it as you like and send it to me at 📥 From a file or polls."),
    ExportFormat.GIFT: N_("In Moodle: Question bank → Import → GIFT. It can be sent to me, too."),
    ExportFormat.PDF: N_("🖨 For the class: print as many as you need. The key is in a file of its own."),
}
"""What to do with the file."""


def losses(offer: ExportOffer, *forms: ExportFormat) -> list[str]:
    """What files of these forms do not hold, a sentence each, with how many questions it is about."""
    contents = offer.contents
    lines: list[str] = []
    if contents.pictures:
        lines.append(
            ngettext(
                "🖼 {n} picture is not in the file: it holds texts only.",
                "🖼 {n} pictures are not in the file: it holds texts only.",
                contents.pictures,
            ).format(n=contents.pictures)
        )
    if contents.translated:
        lines.append(
            ngettext(
                "🌐 {n} question is in several languages: the file has it in one, {language}.",
                "🌐 {n} questions are in several languages: the file has them in one, {language}.",
                contents.translated,
            ).format(n=contents.translated, language=_LANGUAGES[offer.language])
        )
    if contents.drawn:
        lines.append(
            ngettext(
                "🗂 {n} question is drawn from a bank. Download it from the bank itself.",
                "🗂 {n} questions are drawn from banks. Download them from the banks themselves.",
                contents.drawn,
            ).format(n=contents.drawn)
        )
    if contents.orderings and ExportFormat.GIFT in forms:
        lines.append(
            ngettext(
                "🧩 Moodle has no questions to put in order: {n} question becomes pairs there.",
                "🧩 Moodle has no questions to put in order: {n} questions become pairs there.",
                contents.orderings,
            ).format(n=contents.orderings)
        )
    if contents.count > MAX_PRINTED and ExportFormat.PDF in forms:
        lines.append(_("🖨 The PDF has the first {n} questions.").format(n=MAX_PRINTED))
    return lines


def caption(offer: ExportOffer, form: ExportFormat, count: int) -> str:
    title = offer.title.read_in(current_language())
    heading = ngettext("📤 {title}: {n} question", "📤 {title}: {n} questions", count).format(title=title, n=count)
    return "\n".join([heading, *losses(offer, form), _(NEXT[form])])


def sheet_labels(language: Language) -> SheetLabels:
    """For a sheet in this language, whoever prints it."""
    with speaking(language):
        return SheetLabels(
            name=_("Name"),
            group=_("Group"),
            date=_("Date"),
            key=_("Answer key"),
            is_true=_("True"),
            is_false=_("False"),
            essay=_("Marked by the teacher"),
            points=_("points"),
        )
