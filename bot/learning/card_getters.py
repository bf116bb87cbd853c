"""What a course's card shows, piece by piece."""

from typing import Any

from aiogram import Bot
from aiogram_dialog import DialogManager

from bot.course_words import LANGUAGES, LEVELS, average, category_title, length_of
from bot.i18n import _, current_language, money, shorten
from bot.learning.card_actions import shown_card
from bot.learning.getters import bar, lesson_line
from bot.services import services
from bot.stored_photo import stored_photo
from domain.courses.model import Course, Sale, Section
from domain.learning.browsing import CardScreen, CourseCard, Outline

SHORT_DESCRIPTION = 250
"""Characters on the card: below a picture Telegram takes 1,024 in all. The rest is a tap away."""


async def course_card(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    screen = await shown_card(dialog_manager)
    bot: Bot = data["bot"]
    cover = screen.card.cover
    learning = services(dialog_manager).learning
    photo = await stored_photo(cover, bot.id, data["storage_of_files"], learning.remember_file_id) if cover else None
    return {**card_facts(screen, (await bot.me()).username or ""), "cover": photo}


async def about(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    course = (await shown_card(dialog_manager)).card.course
    language = current_language()
    return {
        "title": course.title.read_in(language),
        "description": course.description.read_in(language) if course.description else "",
    }


def card_facts(screen: CardScreen, bot_name: str) -> dict[str, Any]:
    card = screen.card
    course = card.course
    return {
        "subject": category_title(card.category),
        "title": course.title.read_in(current_language()),
        **_description(card),
        "level": _(LEVELS[course.level]) if course.level else None,
        "languages": _languages(course),
        "length": length_of(course.duration_seconds) if course.duration_seconds else None,
        "lesson_count": course.lesson_count,
        "student_count": course.student_count,
        "has_students": course.student_count > 0,
        "has_certificate": course.has_certificate,
        "teachers": shorten(", ".join(card.teachers), 90),
        **_price(card),
        **_required(card),
        **_standing(card),
        **_previews(card),
        **_extras(card),
        **outline_lines(screen.outline),
        "link": f"https://t.me/{bot_name}?start=c_{course.slug or course.code}",
        "code": course.code,
        "may_share": course.is_published,
    }


def _languages(course: Course) -> str:
    """Its own first, then those that it is translated into."""
    return ", ".join(LANGUAGES[each] for each in dict.fromkeys((course.language, *course.title.variants)))


def _description(card: CourseCard) -> dict[str, Any]:
    text = card.course.description.read_in(current_language()) if card.course.description else ""
    is_long = len(text) > SHORT_DESCRIPTION
    short = text[:SHORT_DESCRIPTION].rsplit(" ", 1)[0].rstrip() + "…" if is_long else text
    return {"description": short, "has_description": bool(text), "is_long": is_long}


def _price(card: CourseCard) -> dict[str, Any]:
    course, owned = card.course, card.entitlement
    return {
        "price": money(course.price) if course.price else "",
        "is_free": course.sale is Sale.FREE,
        "is_sold_whole": course.sale is Sale.COURSE and not (owned.owns_course or owned.is_staff),
        "is_sold_by_lesson": course.sale is Sale.LESSONS,
        "is_bought": course.sale is Sale.COURSE and owned.owns_course,
    }


def _required(card: CourseCard) -> dict[str, Any]:
    """Courses to know before: named on the card, and those that are still missing as buttons."""
    language = current_language()
    names = [f"{'✅ ' if each.is_completed else ''}{each.title.read_in(language)}" for each in card.required]
    missing = [(each.id, each.title.read_in(language)) for each in card.required if not each.is_completed]
    return {"required": shorten("; ".join(names), 120), "missing": missing}


def _standing(card: CourseCard) -> dict[str, Any]:
    total = card.course.lesson_count
    needs_payment = _price(card)["is_sold_whole"]
    return {
        "is_draft": not card.course.is_published,
        "is_staff": card.entitlement.is_staff,
        "is_enrolled": card.is_enrolled and card.completed_at is None,
        "is_completed": card.completed_at is not None,
        "can_enrol": not card.is_enrolled and not needs_payment and total > 0,
        "is_started": card.is_enrolled and total > 0,
        "can_continue": card.is_enrolled and card.completed_at is None and card.done_count < total,
        "bar": bar(min(card.done_count, total), total),
        "percent": card.percent,
        "is_empty": total == 0,
    }


def _extras(card: CourseCard) -> dict[str, Any]:
    """What the card offers, from what it has read already. Whether one may is asked when one taps."""
    course, is_learner = card.course, not card.entitlement.is_staff
    is_finished = 0 < course.lesson_count <= card.done_count
    return {
        "is_public": course.is_published,
        "can_certify": course.has_certificate and is_learner and is_finished,
        "can_ask_certificate": course.has_certificate and is_learner and card.is_enrolled and not is_finished,
        "average": average(course.rating, course.rating_count),
        "rating_count": course.rating_count,
        "can_rate": is_learner and is_finished,
    }


def _previews(card: CourseCard) -> dict[str, Any]:
    """Free lessons, for those who have not got the course yet."""
    has_it = card.entitlement.owns_course or card.entitlement.is_staff or card.is_enrolled
    language = current_language()
    return {"previews": [] if has_it else [(e.lesson.id, e.lesson.title.read_in(language)) for e in card.previews]}


def outline_lines(outline: Outline) -> dict[str, Any]:
    return {
        "sections": _sections_of(outline),
        "lessons": [(line.entry.lesson.id, lesson_line(line.number, line.entry)) for line in outline.lines],
        "has_previous": outline.has_previous,
        "has_next": outline.has_next,
    }


def _sections_of(outline: Outline) -> str:
    """Which sections the shown lessons belong to: `Asoslar: 1–2 · Grafik: 3–4`; empty while one says nothing new."""
    numbers: dict[int, list[int]] = {}
    sections: dict[int, Section] = {}
    for line in outline.lines:
        sections[line.section.id] = line.section
        numbers.setdefault(line.section.id, []).append(line.number)
    if len(sections) < 2 and not (outline.has_previous or outline.has_next):
        return ""
    language = current_language()
    return "\n".join(
        f"{shorten(section.title.read_in(language), 40)}: {_range(numbers[key])}" for key, section in sections.items()
    )


def _range(numbers: list[int]) -> str:
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
