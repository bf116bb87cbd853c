"""What the learner's screens show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import _, current_language, day_and_time, money, ngettext
from bot.learning.rating_words import average
from bot.learning.reading_getters import standing_facts
from bot.services import current_user, services
from domain.courses.model import (
    Barrier,
    Category,
    CategoryId,
    CourseEntry,
    CourseId,
    CoursePage,
    LessonEntry,
    LessonId,
    LockReason,
    Sale,
)
from domain.learning.service import CourseList
from domain.learning.study_model import STEP

BAR = 10


async def catalogue(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    entries = await services(dialog_manager).learning.subjects()
    return {
        "subjects": [
            (entry.category.id, f"{category_title(entry.category)} · {entry.course_count}") for entry in entries
        ],
        "is_empty": not entries,
    }


async def subject(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    category_id = CategoryId(given(dialog_manager, "category_id"))
    page = dialog_manager.dialog_data.get("page", 0)
    found = await services(dialog_manager).learning.courses_of(current_user(dialog_manager).id, category_id, page)
    title = found.category.title.read_in(current_language()) if found.category else ""
    return {"title": title, **course_list(found)}


async def found_courses(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    words = dialog_manager.dialog_data["words"]
    entries = await services(dialog_manager).learning.search(current_user(dialog_manager).id, words)
    return {
        "words": words,
        "courses": [_course_line(entry) for entry in entries],
        "count": len(entries),
        "is_empty": not entries,
    }


def course_list(found: CourseList) -> dict[str, Any]:
    return {
        "courses": [_course_line(entry) for entry in found.entries],
        "is_empty": not found.entries,
        "page": found.page + 1,
        "page_count": found.page_count,
        "has_pages": found.page_count > 1,
        "has_previous": found.page > 0,
        "has_next": found.page + 1 < found.page_count,
    }


def _course_line(entry: CourseEntry) -> tuple[int, str]:
    title = entry.course.title.read_in(current_language())
    if entry.is_enrolled and entry.lesson_count:
        return (
            entry.course.id,
            f"{'✅' if entry.done_count >= entry.lesson_count else '📖'} {title} · {_percent(entry)}",
        )
    rating = average(entry.course.rating, entry.course.rating_count)
    return entry.course.id, " · ".join(filter(None, (title, rating, _price_word(entry))))


def category_title(category: Category) -> str:
    return f"{category.emoji} {category.title.read_in(current_language())}"


def _percent(entry: CourseEntry) -> str:
    return f"{100 * entry.done_count // entry.lesson_count}%"


def _price_word(entry: CourseEntry) -> str:
    match entry.course.sale:
        case Sale.FREE:
            return _("free")
        case Sale.COURSE:
            return money(entry.course.price) if entry.course.price else _("free")
        case Sale.LESSONS:
            return _("pay per lesson")


async def course_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    course_id = CourseId(given(dialog_manager, "course_id"))
    page = await services(dialog_manager).learning.course(current_user(dialog_manager).id, course_id)
    return {**course_facts(page), **extras(page)}


def course_facts(page: CoursePage) -> dict[str, Any]:
    language = current_language()
    course, lessons = page.course, page.lessons
    done, total = page.done_count, len(page.current)
    required = () if page.entitlement.is_staff else page.entitlement.missing
    needs_payment = course.sale is Sale.COURSE and not (page.entitlement.owns_course or page.entitlement.is_staff)
    return {
        "subject": category_title(page.category),
        "category_id": page.category.id,
        "title": course.title.read_in(language),
        "description": course.description.read_in(language) if course.description else "",
        "has_description": course.description is not None,
        "teacher": page.teacher_name,
        "lesson_count": total,
        "price": money(course.price) if course.price else "",
        "is_free": course.sale is Sale.FREE,
        "is_sold_whole": needs_payment,
        "is_sold_by_lesson": course.sale is Sale.LESSONS,
        "is_bought": course.sale is Sale.COURSE and page.entitlement.owns_course,
        "is_draft": not course.is_published,
        "is_staff": page.entitlement.is_staff,
        "is_enrolled": page.is_enrolled and page.completed_at is None,
        "is_completed": page.completed_at is not None,
        "can_enrol": not page.is_enrolled and not needs_payment and total > 0,
        "is_started": page.is_enrolled and total > 0,
        "done": done,
        "bar": bar(done, total),
        "percent": 100 * done // total if total else 0,
        "is_empty": total == 0,
        "required": ", ".join(f"“{one.title.read_in(language)}”" for one in required) or None,
        "first_required": required[0].title.read_in(language) if required else "",
        "lessons": [(entry.lesson.id, lesson_line(number, entry)) for number, entry in enumerate(lessons, start=1)],
    }


def extras(page: CoursePage) -> dict[str, Any]:
    """What the card offers, from what it has read already. Whether one may is asked when one taps."""
    course, total = page.course, len(page.lessons)
    is_finished = total > 0 and page.done_count == total
    is_learner = not page.entitlement.is_staff
    return {
        "is_public": course.is_published,
        "has_certificate": course.has_certificate,
        "can_certify": course.has_certificate and is_learner and is_finished,
        "can_ask_certificate": course.has_certificate and is_learner and page.is_enrolled and not is_finished,
        "average": average(course.rating, course.rating_count),
        "rating_count": course.rating_count,
        "can_rate": is_learner and is_finished,
    }


def bar(done: int, total: int) -> str:
    full = BAR * done // total if total else 0
    return "▰" * full + "▱" * (BAR - full)


def lesson_line(number: int, entry: LessonEntry) -> str:
    title = f"{number}. {entry.lesson.title.read_in(current_language())}"
    if entry.lesson.archived_at is not None:
        return f"🗄 {entry.lesson.title.read_in(current_language())}"
    if entry.is_done:
        return f"✅ {title}"
    if entry.lock is LockReason.LESSON_UNPAID and entry.lesson.price:
        return f"🔒 {title} · {money(entry.lesson.price)}"
    if entry.lock is LockReason.NOT_YET:
        return f"⏳ {title}"
    return f"🔒 {title}" if entry.lock else f"▶️ {title}"


def barrier_line(barrier: Barrier | None, timezone: str) -> str | None:
    """What is asked of the student before the lesson opens, apart from money."""
    if barrier is None:
        return None
    language = current_language()
    match barrier.reason:
        case LockReason.NOT_YET if barrier.opens_at is not None:
            return _("🔒 Opens on {moment}.").format(moment=day_and_time(barrier.opens_at, timezone))
        case LockReason.NOT_YET:
            days = barrier.opens_after_days or 0
            sentence = ngettext(
                "🔒 Opens {count} day after you join the course.",
                "🔒 Opens {count} days after you join the course.",
                days,
            )
            return sentence.format(count=days)
        case LockReason.GATE if barrier.gate is not None:
            return _("🔒 First finish “{title}”: then this opens.").format(title=barrier.gate.title.read_in(language))
        case LockReason.PREREQUISITE:
            titles = ", ".join(f"“{course.title.read_in(language)}”" for course in barrier.courses)
            return _("🔒 First complete {titles}: then this opens.").format(titles=titles)
        case _ if barrier.opens_at is not None:
            return _("⏰ It opens on {moment}.").format(moment=day_and_time(barrier.opens_at, timezone))
        case _:
            return None


async def lesson(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    lesson_id = LessonId(given(dialog_manager, "lesson_id"))
    reading = await services(dialog_manager).learning.reading(current_user(dialog_manager).id, lesson_id)
    page = reading.page
    language = current_language()
    lock, barrier = page.lock, page.barrier
    is_unpaid = lock in (LockReason.LESSON_UNPAID, LockReason.COURSE_UNPAID)
    price = page.lesson.price if lock is LockReason.LESSON_UNPAID else page.course.price
    course, section = page.course.title.read_in(language), page.section.title.read_in(language)
    return {
        "title": page.lesson.title.read_in(language),
        "course": course,
        "section": section if section != course else None,
        "is_flat": section == course,
        "number": page.number,
        "lesson_count": page.lesson_count,
        "is_open": lock is None,
        "is_sent": lock is None and (given(dialog_manager, "is_sent") or len(reading.standing.parts) > STEP),
        "is_unpaid": is_unpaid,
        "barrier": barrier_line(barrier, current_user(dialog_manager).timezone),
        "leads_to_lesson": lock is LockReason.GATE,
        "leads_to_course": lock is LockReason.PREREQUISITE,
        "must_join": lock is LockReason.NOT_YET and barrier is not None and barrier.opens_at is None,
        "file_count": page.file_count,
        "has_files": page.file_count > 0,
        "is_archived": page.lesson.archived_at is not None,
        "needs_lesson": lock is LockReason.LESSON_UNPAID,
        "needs_course": lock is LockReason.COURSE_UNPAID,
        "price": money(price) if price else "",
        "is_done": lock is None and page.finished_at is not None,
        "can_finish": lock is None and page.finished_at is None,
        "has_next": page.next_id is not None,
        "has_previous": page.previous_id is not None,
        "has_quiz": lock is None and page.has_quiz,
        "is_draft": page.is_staff and not (page.course.is_published and page.lesson.is_published),
        "is_staff": page.is_staff,
        **(standing_facts(reading, dialog_manager.dialog_data) if lock is None else {"next_parts": []}),
    }
