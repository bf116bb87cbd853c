"""What a teacher's screens show."""

from typing import Any

from aiogram import Bot
from aiogram_dialog import DialogManager

from bot.courses.at_hand import shown_course, shown_lesson
from bot.courses.category_getters import picked_place
from bot.courses.in_stars import course_in_stars, lesson_in_stars
from bot.courses.question_words import answers, explanation
from bot.courses.settings_getters import plan_facts
from bot.courses.words import (
    STATUSES,
    lesson_price,
    lesson_status,
    part_line,
    rules_line,
    sale_line,
)
from bot.dialogs import given
from bot.i18n import _, current_language, shorten
from bot.services import current_user, services
from domain.courses.model import Course, CourseStatus, Sale
from domain.courses.workshop import LessonLine, LessonWork

SHOWN_PARTS = 25
"""Parts listed in a lesson's message; the screen of all parts has the rest."""


async def lessons_to_pick(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    outline = await services(dialog_manager).authoring.outline(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    return {
        "title": outline.course.title.read_in(current_language()),
        "lessons": [(line.lesson.id, _lesson_line(line)) for line in outline.lessons],
        "is_empty": not outline.lessons,
    }


async def course_desk(dialog_manager: DialogManager, bot: Bot, **_data: Any) -> dict[str, Any]:
    outline = await services(dialog_manager).authoring.outline(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    course, language = outline.course, current_language()
    ready = len(outline.ready_lessons)
    return {
        **course_facts(course),
        "price": sale_line(course) + course_in_stars(dialog_manager, course),
        "may_set_codes": current_user(dialog_manager).is_admin and course.sale is not Sale.FREE,
        "subject": f"{outline.category.emoji} {outline.category.title.read_in(language)}",
        "lesson_count": len(outline.lessons),
        "has_lessons": bool(outline.lessons),
        "is_empty": not outline.lessons,
        "lessons": [(line.lesson.id, _lesson_line(line)) for line in outline.lessons],
        "can_publish": course.status is CourseStatus.DRAFT,
        "ready_count": ready,
        "can_publish_new": course.is_published and ready > 0,
        "is_published": course.is_published,
        "is_archived": course.status is CourseStatus.ARCHIVED,
        "can_archive": course.status is not CourseStatus.ARCHIVED,
        # An empty course says the same at more length.
        "takes_material": course.status is not CourseStatus.ARCHIVED and bool(outline.lessons),
        **plan_facts(dialog_manager, course),
        "link": f"https://t.me/{(await bot.me()).username}?start=c_{course.slug or course.code}",
    }


async def course_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What the screens share that change one thing of a course. A new text answers to the version that is shown."""
    outline = await services(dialog_manager).authoring.outline(
        current_user(dialog_manager).id, shown_course(dialog_manager)
    )
    dialog_manager.dialog_data["version"] = outline.course.version
    return {**course_facts(outline.course), "next_number": len(outline.lessons) + 1}


async def lesson_desk(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    work = await shown_work(dialog_manager)
    course, lesson, language = work.course, work.line.lesson, current_language()
    lines = [f"{number}. {part_line(part, language)}" for number, part in enumerate(work.parts, start=1)]
    return {
        **lesson_facts(work),
        "course": course.title.read_in(language),
        "status": lesson_status(lesson),
        "rules": rules_line(lesson, current_user(dialog_manager).timezone),
        "is_archived": lesson.archived_at is not None,
        "can_archive": lesson.archived_at is None,
        "price": lesson_price(course, lesson) + lesson_in_stars(dialog_manager, work),
        "parts": "\n".join(lines[:SHOWN_PARTS]),
        "has_parts": bool(lines),
        "more_parts": max(len(lines) - SHOWN_PARTS, 0),
        "question_count": work.line.question_count,
        "has_questions": work.line.question_count > 0,
        "is_blank": not work.line.has_content,
        "has_content": work.line.has_content,
        "can_publish": can_publish(course, work.line),
        "waits_for_course": not course.is_published and work.line.has_content and lesson.archived_at is None,
        "can_hide": lesson.is_published,
        "is_sold_alone": course.sale is Sale.LESSONS and not lesson.is_preview,
        "can_open": course.sale is not Sale.FREE and not lesson.is_preview,
        "can_close": course.sale is not Sale.FREE and lesson.is_preview,
        **_just_done(dialog_manager),
    }


async def lesson_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What the screens share that change one thing of a lesson."""
    work = await shown_work(dialog_manager)
    return {
        **lesson_facts(work),
        "price": lesson_price(work.course, work.line.lesson),
        "question_count": work.line.question_count,
        "has_questions": work.line.question_count > 0,
        "has_model": services(dialog_manager).generations.is_connected,
        **_just_done(dialog_manager),
    }


async def part_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    work = await shown_work(dialog_manager)
    language = current_language()
    lines = [(part.id, f"{number}. {part_line(part, language)}") for number, part in enumerate(work.parts, start=1)]
    removed = dialog_manager.dialog_data.get("removed")
    return {
        **lesson_facts(work),
        "parts": lines,
        "is_empty": not lines,
        "has_parts": bool(lines),
        "removed": removed["line"] if removed else None,
    }


async def title_conflict(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    work = await shown_work(dialog_manager)
    return {**lesson_facts(work), "mine": dialog_manager.dialog_data.get("mine", "")}


async def right_answer(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    poll = dialog_manager.dialog_data["poll"]
    return {
        "question": poll["question"],
        "options": list(enumerate(poll["options"])),
    }


async def question_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    questions = await services(dialog_manager).questions.questions(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    language = current_language()
    added = dialog_manager.dialog_data.get("added")
    return {
        **_just_done(dialog_manager),
        "waits": bool(added) and added.get("waits", False),
        "questions": [
            (question.id, f"{number}. {shorten(question.text.read_in(language), 48)}")
            for number, question in enumerate(questions, start=1)
        ],
        "question_count": len(questions),
        "is_empty": not questions,
        "has_model": services(dialog_manager).generations.is_connected,
    }


async def question_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    questions = await services(dialog_manager).questions.questions(
        current_user(dialog_manager).id, shown_lesson(dialog_manager)
    )
    chosen = dialog_manager.dialog_data["question_id"]
    found = next((question for question in questions if question.id == chosen), None)
    if found is None:
        return {"question": None, "is_gone": True, "options": "", "explanation": None}
    draft = found.draft
    return {
        "question": found.text.read_in(current_language()),
        "options": answers(draft),
        "explanation": explanation(draft),
        "is_gone": False,
    }


async def new_course(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The answers so far."""
    data = dialog_manager.dialog_data
    return {"title": data.get("title", ""), "subject": data.get("subject", "")}


async def subject_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    subjects = await services(dialog_manager).authoring.subjects(user.id)
    language = current_language()
    return {
        "title": dialog_manager.dialog_data.get("title", ""),
        "subjects": [(subject.id, f"{subject.emoji} {subject.title.read_in(language)}") for subject in subjects],
        "has_subjects": bool(subjects),
        "can_add": bool(subjects) and user.is_admin,
        "is_first": not subjects and user.is_admin,
        "must_ask": not subjects and not user.is_admin,
    }


async def branch_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return {"title": dialog_manager.dialog_data.get("title", ""), **await picked_place(dialog_manager)}


async def shown_work(manager: DialogManager) -> LessonWork:
    return await services(manager).authoring.lesson_work(current_user(manager).id, given(manager, "lesson_id"))


def can_publish(course: Course, line: LessonLine) -> bool:
    lesson = line.lesson
    return course.is_published and not lesson.is_published and lesson.archived_at is None and line.has_content


def course_facts(course: Course) -> dict[str, Any]:
    language = current_language()
    return {
        "title": course.title.read_in(language),
        "status": _(STATUSES[course.status]),
        "price": sale_line(course),
        "description": course.description.read_in(language) if course.description else None,
        "has_description": course.description is not None,
        "is_sold_by_lesson": course.sale is Sale.LESSONS,
    }


def lesson_facts(work: LessonWork) -> dict[str, Any]:
    return {"number": work.line.number, "title": work.line.lesson.title.read_in(current_language())}


def _just_done(manager: DialogManager) -> dict[str, Any]:
    """What was added last on this screen, as long as it can be undone."""
    added = manager.dialog_data.get("added")
    return {
        "added": added["line"] if added else None,
        "unkept": added.get("unkept") if added else None,
        "can_undo": bool(added),
    }


def _lesson_line(line: LessonLine) -> str:
    counts = [f"{line.part_count} 📎"] if line.part_count else []
    if line.question_count:
        counts.append(f"{line.question_count} ❓")
    mark = "" if line.lesson.is_published else "✏️ "
    title = shorten(line.lesson.title.read_in(current_language()), 40)
    return f"{mark}{line.number}. {title}{' · ' if counts else ''}{' '.join(counts)}"
