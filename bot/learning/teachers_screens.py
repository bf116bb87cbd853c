"""What the screens about teachers show, and where they lead."""

from collections.abc import Sequence
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.course_words import average
from bot.dialogs import given
from bot.i18n import current_language
from bot.learning.states import show_course, show_teacher, show_teachers
from bot.services import services
from domain.courses.model import CourseId
from domain.learning.teachers import TeacherEntry
from domain.users.model import UserId


def _trail(manager: DialogManager) -> list[int]:
    return manager.dialog_data.setdefault("trail", [])


def _origin(manager: DialogManager) -> CourseId | None:
    """The course that the reader came from."""
    data = manager.start_data
    course_id = data.get("course_id") if isinstance(data, dict) else None
    return CourseId(course_id) if isinstance(course_id, int) else None


async def teacher_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    pages = _trail(dialog_manager)
    found = await services(dialog_manager).teachers.teachers(UserId(pages[-1]) if pages else None)
    dialog_manager.dialog_data["following"] = found.following
    return {
        "teachers": _lines(found.teachers),
        "is_empty": not found.teachers and not pages,
        "has_teachers": bool(found.teachers),
        "has_previous": bool(pages),
        "has_next": found.following is not None,
    }


async def course_teachers(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    return {"teachers": _lines(await services(dialog_manager).teachers.of_course(given(dialog_manager, "course_id")))}


async def teacher_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    pages = _trail(dialog_manager)
    card = await services(dialog_manager).teachers.card(
        UserId(given(dialog_manager, "teacher_id")), CourseId(pages[-1]) if pages else None
    )
    dialog_manager.dialog_data["following"] = card.older
    teacher, profile, language = card.teacher, card.profile, current_language()
    username = (await dialog_manager.middleware_data["bot"].me()).username
    return {
        "name": teacher.name,
        "average": average(teacher.rating, teacher.rating_count),
        "course_count": teacher.course_count,
        "student_count": teacher.student_count,
        "bio": profile.bio if profile else None,
        "link": f"https://t.me/{username}?start={profile.link}" if profile and profile.link else None,
        "courses": [
            (course.id, _with_average(course.title.read_in(language), average(course.rating, course.rating_count)))
            for course in card.courses
        ],
        "has_previous": bool(pages),
        "has_next": card.older is not None,
        "came_from_course": _origin(dialog_manager) is not None,
    }


async def open_teacher(query: CallbackQuery, _select: Select[int], manager: DialogManager, teacher_id: int) -> None:
    await show_teacher(manager, teacher_id, _origin(manager))


async def next_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    following: int | None = manager.dialog_data.get("following")
    if following is not None and following not in _trail(manager):
        _trail(manager).append(following)


async def previous_page(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    if _trail(manager):
        _trail(manager).pop()


async def to_teachers(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_teachers(manager)


async def back_to_course(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    course_id = _origin(manager)
    if course_id is not None:
        await show_course(manager, course_id)


def _lines(teachers: Sequence[TeacherEntry]) -> list[tuple[int, str]]:
    return [
        (teacher.id, _with_average(teacher.name, average(teacher.rating, teacher.rating_count))) for teacher in teachers
    ]


def _with_average(words: str, stars: str) -> str:
    return f"{words} · {stars}" if stars else words
