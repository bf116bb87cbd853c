"""How a course is told about in a line, wherever it is listed: in the catalogue, in a search, in other chats."""

from babel.numbers import format_decimal

from bot.i18n import N_, _, current_language, money, ngettext
from domain.courses.model import Category, Course, CourseEntry, Level, Sale
from domain.language import Language
from domain.learning.browsing import Order, Price

LEVELS = {
    Level.BEGINNER: N_("🟢 Beginner"),
    Level.INTERMEDIATE: N_("🟡 Intermediate"),
    Level.ADVANCED: N_("🔴 Advanced"),
}
PRICES = {Price.FREE: N_("💚 Free"), Price.PAID: N_("💳 Paid")}
ORDERS = {Order.POPULAR: N_("🔥 Popular first"), Order.NEWEST: N_("🆕 New first")}
LANGUAGES = {Language.UZ: "🇺🇿 O‘zbekcha", Language.RU: "🇷🇺 Русский", Language.EN: "🇬🇧 English"}
"""Each in itself."""


def category_title(category: Category) -> str:
    return f"{category.emoji} {category.title.read_in(current_language())}"


def course_line(entry: CourseEntry) -> tuple[int, str]:
    """A button of a list: how far the reader is, else what it costs."""
    title = entry.course.title.read_in(current_language())
    if entry.is_enrolled and entry.lesson_count:
        return (
            entry.course.id,
            f"{'✅' if entry.done_count >= entry.lesson_count else '📖'} {title} · {percent(entry)}",
        )
    rating = average(entry.course.rating, entry.course.rating_count)
    return entry.course.id, " · ".join(filter(None, (title, rating, price_word(entry.course))))


def percent(entry: CourseEntry) -> str:
    return f"{100 * entry.done_count // entry.lesson_count}%"


def average(rating: float | None, count: int) -> str:
    """Empty without any rating."""
    if rating is None:
        return ""
    return f"★ {format_decimal(round(rating, 1), format='0.0', locale=str(current_language()))} ({count})"


def price_word(course: Course) -> str:
    match course.sale:
        case Sale.FREE:
            return _("free")
        case Sale.COURSE:
            return money(course.price) if course.price else _("free")
        case Sale.LESSONS:
            return _("pay per lesson")


def length_of(seconds: int) -> str:
    """`≈ 3 h 20 min`, to five minutes from an hour on."""
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return _("≈ {minutes} min").format(minutes=minutes)
    hours, minutes = divmod(5 * round(minutes / 5), 60)
    if not minutes:
        return _("≈ {hours} h").format(hours=hours)
    return _("≈ {hours} h {minutes} min").format(hours=hours, minutes=minutes)


def lessons_word(count: int) -> str:
    return ngettext("{lesson_count} lesson", "{lesson_count} lessons", count).format(lesson_count=count)


def facts_line(course: Course) -> str:
    """`🟢 Beginner · 4 lessons · ≈ 1 h · free`."""
    facts = [
        _(LEVELS[course.level]) if course.level else "",
        lessons_word(course.lesson_count),
        length_of(course.duration_seconds) if course.duration_seconds else "",
        price_word(course),
    ]
    return " · ".join(fact for fact in facts if fact)
