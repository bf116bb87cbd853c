"""What a course or a lesson costs in Telegram Stars, where the centre takes them."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.words import stars_line
from bot.services import services
from domain.courses.model import Course, Sale
from domain.courses.workshop import LessonWork
from domain.learning.model import ProductKind
from domain.money import Money
from domain.payments.model import Rail


def course_in_stars(manager: DialogManager, course: Course) -> str:
    """` · ⭐ 596` to stand behind the price in so'm; nothing where it is not sold for Stars."""
    return _in_stars(manager, ProductKind.COURSE, sold_whole_for(course), course.stars)


def lesson_in_stars(manager: DialogManager, work: LessonWork) -> str:
    return _in_stars(manager, ProductKind.LESSON, sold_alone_for(work), work.line.lesson.stars)


def sold_whole_for(course: Course) -> Money | None:
    return course.price if course.sale is Sale.COURSE else None


def sold_alone_for(work: LessonWork) -> Money | None:
    is_sold = work.course.sale is Sale.LESSONS and not work.line.lesson.is_preview
    return work.line.lesson.price if is_sold else None


def stars_facts(manager: DialogManager, kind: ProductKind, price: Money | None, own: int | None) -> dict[str, Any]:
    """`price`: None while it is not sold."""
    payments = services(manager).payments
    by_rate = payments.stars_for(price) if price is not None else None
    return {
        "stars": stars_line(own, by_rate),
        "rate": by_rate or 0,
        "takes_stars": price is not None and payments.takes(kind, Rail.STARS),
        "may_follow_rate": own is not None and by_rate is not None,
        "may_stop_stars": own is not None and by_rate is None,
    }


def _in_stars(manager: DialogManager, kind: ProductKind, price: Money | None, own: int | None) -> str:
    payments = services(manager).payments
    stars = payments.stars_for(price, own) if price is not None and payments.takes(kind, Rail.STARS) else None
    return f" · ⭐\N{NO-BREAK SPACE}{stars}" if stars is not None else ""
