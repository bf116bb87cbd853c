"""What a search shows."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.course_words import course_line
from bot.i18n import _, current_language, shorten
from bot.search.actions import shelf_shown, shown_words
from bot.services import current_user, services
from domain.notes.model import Note
from domain.search.model import Findings, FoundLesson, Shelf


async def found(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    findings = await services(dialog_manager).search.search(
        current_user(dialog_manager).id, shown_words(dialog_manager)
    )
    return _facts(findings)


async def shelf(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    findings = await shelf_shown(dialog_manager)
    chosen = Shelf(dialog_manager.dialog_data["shelf"])
    return {
        **_facts(findings),
        "is_courses": chosen is Shelf.COURSES,
        "is_lessons": chosen is Shelf.LESSONS,
        "has_previous": bool(dialog_manager.dialog_data.get("places")),
        "has_next": bool(findings.more),
    }


def _facts(findings: Findings) -> dict[str, Any]:
    return {
        "words": findings.words,
        "meant": findings.meant,
        "courses": [course_line(each.entry) for each in findings.courses],
        "lessons": [_lesson_line(each) for each in findings.lessons],
        "notes": [_note_line(each) for each in findings.notes],
        "is_empty": findings.is_empty,
        "more_courses": Shelf.COURSES in findings.more,
        "more_lessons": Shelf.LESSONS in findings.more,
        "more_notes": Shelf.NOTES in findings.more,
    }


def _lesson_line(found: FoundLesson) -> tuple[int, str]:
    language = current_language()
    title = shorten(found.lesson.title.read_in(language), 40)
    return found.lesson.id, f"{'🔒' if found.lock else '📄'} {title} · {found.course.title.read_in(language)}"


def _note_line(note: Note) -> tuple[int, str]:
    return note.id, f"📝 {note.beginning or _('Voice note')}"
