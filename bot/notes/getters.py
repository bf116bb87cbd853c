"""What the screens of the notebook show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, current_language, day_and_time, shorten
from bot.notes.words import length_words, lesson_words, note_line
from bot.services import current_user, services
from domain.courses.model import CourseId
from domain.notes.model import BEGINNING, NoteId

_CHIP = 28


def shown_note(manager: DialogManager) -> NoteId:
    return NoteId(manager.dialog_data["note_id"])


def shown_course(manager: DialogManager) -> CourseId | None:
    course_id: int | None = manager.dialog_data.get("course_id")
    return None if course_id is None else CourseId(course_id)


def shown_words(manager: DialogManager) -> str:
    return manager.dialog_data.get("words", "")


def places(manager: DialogManager) -> list[int]:
    """The last notes of the pages before this one."""
    return manager.dialog_data.setdefault("places", [])


async def note_list(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """Two statements, a third when a search finds nothing."""
    words, before = shown_words(dialog_manager), places(dialog_manager)
    course_title: str = dialog_manager.dialog_data.get("course_title", "")
    page = await services(data).notes.page(
        current_user(data).id,
        course_id=shown_course(dialog_manager),
        words=words,
        before=NoteId(before[-1]) if before else None,
    )
    is_filtered = bool(words or course_title)
    return {
        "total": page.total,
        "has_any": page.total > 0,
        "is_empty": page.total == 0,
        "is_not_found": page.total > 0 and not page.notes and is_filtered,
        "is_near": page.is_near and bool(page.notes),
        "notes": [(note.id, note_line(note)) for note in page.notes],
        "words": words,
        "words_chip": shorten(words, _CHIP),
        "course": course_title,
        "course_chip": shorten(course_title, _CHIP),
        "may_choose_course": page.total > 0 and not course_title,
        "has_older": page.has_more,
        "has_newer": bool(before),
        "is_deleted": "deleted" in dialog_manager.dialog_data,
    }


async def course_list(**data: Any) -> dict[str, Any]:
    language = current_language()
    courses = await services(data).notes.courses(current_user(data).id)
    return {
        "courses": [(course.id, course.title.read_in(language)) for course in courses],
        "is_empty": not courses,
    }


async def note_card(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    opened = await services(data).notes.open(user.id, shown_note(dialog_manager))
    note = opened.note
    return {
        "when": day_and_time(note.created_at, user.timezone),
        "edited": day_and_time(note.edited_at, user.timezone) if note.edited_at else "",
        "lesson": lesson_words(note),
        "is_free": note.place is None,
        "length": length_words(note.voice.duration_seconds) if note.voice else "",
        "text": Safe(note.markdown),
        "has_text": bool(note.markdown),
        "may_open": opened.may_open_lesson,
        "is_closed": note.place is not None and not opened.may_open_lesson,
    }


async def note_to_rewrite(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    note = await services(data).notes.note(current_user(data).id, shown_note(dialog_manager))
    beginning = f"{note.beginning}…" if len(note.beginning) >= BEGINNING - 1 else note.beginning
    return {"beginning": beginning, "has_voice": note.voice is not None}


async def export_choice(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    course: str = dialog_manager.dialog_data.get("course_title", "")
    return {"course": course, "is_whole": not course}
