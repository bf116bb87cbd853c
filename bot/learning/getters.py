"""What the learner's screens show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import _, current_language, day_and_time, money, ngettext
from bot.learning.reading_getters import standing_facts
from bot.services import current_user, services
from domain.courses.model import (
    Barrier,
    LessonEntry,
    LessonId,
    LockReason,
)
from domain.learning.study_model import STEP

BAR = 10


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
            titles = ", ".join(
                _("“{title}”").format(title=course.title.read_in(language)) for course in barrier.courses
            )
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
        "can_practise": lock is None and services(dialog_manager).practice.is_connected,
        "is_draft": page.is_staff and not (page.course.is_published and page.lesson.is_published),
        "is_staff": page.is_staff,
        **(standing_facts(reading, dialog_manager.dialog_data) if lock is None else {"next_parts": []}),
    }
