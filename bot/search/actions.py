"""Searching, leafing through what was found, and where it leads."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.learning.states import show_catalogue, show_course, show_lesson
from bot.notes.states import show_note, show_notes
from bot.search.states import Search, show_search
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.courses.model import CourseId, LessonId
from domain.notes.model import NoteId
from domain.search.model import Findings, Place, Shelf


def shown_words(manager: DialogManager) -> str:
    return given(manager, "words")


async def shelf_shown(manager: DialogManager) -> Findings:
    shelf, places = Shelf(manager.dialog_data["shelf"]), manager.dialog_data.get("places", [])
    after = Place(*places[-1]) if places else None
    return await services(manager).search.shelf(current_user(manager).id, shown_words(manager), shelf, after)


async def search(message: Message, _input: Any, manager: DialogManager) -> None:
    await show_search(manager, message.text or "")


async def open_course(query: CallbackQuery, _select: Select[int], manager: DialogManager, course_id: int) -> None:
    await show_course(manager, CourseId(course_id))


async def open_lesson(query: CallbackQuery, _select: Select[int], manager: DialogManager, lesson_id: int) -> None:
    """An open lesson is read; a locked one leads to its course, where it can be had."""
    page = await services(manager).learning.lesson(current_user(manager).id, LessonId(lesson_id))
    if page.lock is None:
        await show_lesson(manager, page.lesson.id)
    else:
        await show_course(manager, page.course.id)


async def more_courses(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _open_shelf(manager, Shelf.COURSES)


async def more_lessons(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _open_shelf(manager, Shelf.LESSONS)


async def more_notes(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_notes(manager, shown_words(manager))


async def open_note(query: CallbackQuery, _select: Select[int], manager: DialogManager, note_id: int) -> None:
    await show_note(manager, NoteId(note_id))


async def _open_shelf(manager: DialogManager, shelf: Shelf) -> None:
    manager.dialog_data.update(shelf=shelf, places=[])
    await manager.switch_to(Search.shelf)


async def next_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """What is found is weighed against a query and at most some hundreds: the pages' ends are remembered one by one."""
    findings = await shelf_shown(manager)
    lines = [*findings.courses, *findings.lessons]
    if lines:
        place = lines[-1].place
        manager.dialog_data["places"] = [*manager.dialog_data.get("places", []), [place.score, place.id]]


async def previous_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["places"] = manager.dialog_data.get("places", [])[:-1]


async def to_catalogue(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_catalogue(manager)


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)
