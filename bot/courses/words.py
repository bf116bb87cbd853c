"""How courses, lessons and their parts are called on a teacher's screens."""

from bot.i18n import N_, _, day_and_time, money, ngettext, shorten
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
    name = (media.name if media else "") or words or (part.link.url if part.link else "") or _(KINDS[part.kind])
    return f"{ICONS[part.kind]} {shorten(name, limit)}"


def seconds_words(seconds: int) -> str:
    """`12:40`, `1:02:03`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


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


def lesson_status(lesson: Lesson) -> str:
    if lesson.archived_at is not None:
        return _("🗄 Archived, only who paid for it sees it")
    return _("🟢 Published") if lesson.is_published else _("✏️ Draft, only you see it")


def opening_line(lesson: Lesson, timezone: str) -> str | None:
    """When the lesson opens; None when it waits for nothing."""
    if lesson.opens_at is not None:
        return _("⏰ Opens on {moment}").format(moment=day_and_time(lesson.opens_at, timezone))
    if lesson.opens_after_days is not None:
        return ngettext(
            "⏳ Opens {count} day after joining the course",
            "⏳ Opens {count} days after joining the course",
            lesson.opens_after_days,
        ).format(count=lesson.opens_after_days)
    return None


def rules_line(lesson: Lesson, timezone: str) -> str | None:
    """All that closes the lesson or what is behind it."""
    gate = _("🚧 Gate") if lesson.is_gate else None
    passing = f"🎯 {lesson.pass_percent}%" if lesson.pass_percent is not None else None
    return " · ".join(filter(None, (opening_line(lesson, timezone), gate, passing))) or None
