"""What the learner's screens show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.course_words import course_line
from bot.dialogs import given
from bot.i18n import current_language, money
from bot.services import current_user, services
from domain.courses.model import LessonEntry, LessonId, LockReason
from domain.learning.service import CourseList

BAR = 10


async def my_courses(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = dialog_manager.dialog_data.get("page", 0)
    return course_list(await services(dialog_manager).learning.my_courses(current_user(dialog_manager).id, page))


def course_list(found: CourseList) -> dict[str, Any]:
    return {
        "courses": [course_line(entry) for entry in found.entries],
        "is_empty": not found.entries,
        "page": found.page + 1,
        "page_count": found.page_count,
        "has_pages": found.page_count > 1,
        "has_previous": found.page > 0,
        "has_next": found.page + 1 < found.page_count,
    }


def bar(done: int, total: int) -> str:
    full = BAR * done // total if total else 0
    return "▰" * full + "▱" * (BAR - full)


def lesson_line(number: int, entry: LessonEntry) -> str:
    title = f"{number}. {entry.lesson.title.read_in(current_language())}"
    if entry.is_done:
        return f"✅ {title}"
    if entry.lock is LockReason.LESSON_UNPAID and entry.lesson.price:
        return f"🔒 {title} · {money(entry.lesson.price)}"
    return f"🔒 {title}" if entry.lock else f"▶️ {title}"


async def lesson(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    lesson_id = LessonId(given(dialog_manager, "lesson_id"))
    page = await services(dialog_manager).learning.lesson(current_user(dialog_manager).id, lesson_id)
    language = current_language()
    lock = page.lock
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
        "is_sent": lock is None and given(dialog_manager, "is_sent"),
        "is_locked": lock is not None,
        "needs_lesson": lock is LockReason.LESSON_UNPAID,
        "needs_course": lock is LockReason.COURSE_UNPAID,
        "price": money(price) if price else "",
        "is_done": lock is None and page.finished_at is not None,
        "can_finish": lock is None and page.finished_at is None,
        "has_next": page.next_id is not None,
        "has_previous": page.previous_id is not None,
        "has_quiz": lock is None and page.has_quiz,
        "is_draft": not (page.course.is_published and page.lesson.is_published),
        "is_staff": page.is_staff,
    }
