"""How courses, lessons and their parts are called on a teacher's screens."""

from bot.i18n import N_, _, money, ngettext, shorten
from domain.courses.model import Course, CourseStatus, Lesson, Part, PartKind, Sale
from domain.fiscal import FiscalCodes
from domain.language import Language

ICONS: dict[PartKind, str] = {
    PartKind.TEXT: "📝",
    PartKind.PHOTO: "🖼",
    PartKind.VIDEO: "🎬",
    PartKind.AUDIO: "🎵",
    PartKind.VOICE: "🎙",
    PartKind.PDF: "📄",
    PartKind.SLIDES: "📊",
    PartKind.DOCUMENT: "📎",
    PartKind.LINK: "🔗",
}
KINDS: dict[PartKind, str] = {
    PartKind.TEXT: N_("Text"),
    PartKind.PHOTO: N_("Photo"),
    PartKind.VIDEO: N_("Video"),
    PartKind.AUDIO: N_("Audio"),
    PartKind.VOICE: N_("Voice message"),
    PartKind.PDF: N_("PDF"),
    PartKind.SLIDES: N_("Slides"),
    PartKind.DOCUMENT: N_("File"),
    PartKind.LINK: N_("Link"),
}
STATUSES: dict[CourseStatus, str] = {
    CourseStatus.DRAFT: N_("✏️ Draft, only you see it"),
    CourseStatus.PUBLISHED: N_("🟢 Published"),
    CourseStatus.ARCHIVED: N_("🗄 Archived, out of the catalogue"),
}
STATUS_ICONS: dict[CourseStatus, str] = {
    CourseStatus.DRAFT: "✏️",
    CourseStatus.PUBLISHED: "🟢",
    CourseStatus.ARCHIVED: "🗄",
}


def part_line(part: Part, language: Language, limit: int = 48) -> str:
    """`📄 plan.pdf`, `📝 The first words of the text…`."""
    media = part.media_in(language)
    words = " ".join(part.text.read_in(language).split()) if part.text else ""
    name = (media.name if media else "") or words or _(KINDS[part.kind])
    return f"{ICONS[part.kind]} {shorten(name, limit)}"


def sale_line(course: Course) -> str:
    match course.sale:
        case Sale.FREE:
            return _("Free")
        case Sale.COURSE:
            return money(course.price) if course.price else _("Free")
        case Sale.LESSONS:
            return _("Sold lesson by lesson")


def stars_line(own: int | None, by_rate: int | None) -> str:
    """What a product costs in Stars, and why: its own price, else the centre's rate."""
    if own is not None:
        return ngettext("{count} Star", "{count} Stars", own).format(count=own)
    if by_rate is not None:
        return ngettext("{count} Star, by the rate", "{count} Stars, by the rate", by_rate).format(count=by_rate)
    return _("not sold for Stars")


def fiscal_line(codes: FiscalCodes | None) -> str:
    if codes is None:
        return _("the usual codes of the centre")
    return _("IKPU {ikpu}, package {package}, VAT {vat}%").format(
        ikpu=codes.ikpu, package=codes.package_code, vat=codes.vat_percent
    )


def lesson_price(course: Course, lesson: Lesson) -> str:
    """What the lesson costs a student who has bought nothing."""
    if lesson.is_preview:
        return _("Open to everybody")
    match course.sale:
        case Sale.FREE:
            return _("Free")
        case Sale.COURSE:
            return _("In the price of the course")
        case Sale.LESSONS:
            return money(lesson.price) if lesson.price else _("Free")
